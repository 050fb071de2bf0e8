"""The results of matching an entry against the watchlist: mentions, amounts, indicators, matched rules, hits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from monitor.model.entry import Entry
from monitor.model.severity import Severity

_CASH = "bitcoincash:"  # often left out
_WITHOUT_CASE = ("0x", "bc1", "ltc1")  # how the addresses of the EVM and of segregated witness (BIP-173) begin


class MatchKind(StrEnum):
    """How a span of text corresponds to an alias of the watchlist: exactly, folded, with typos, or by a pattern."""

    EXACT = "exact"
    FOLDED = "folded"  # equal but for case, marks, width, look-alike letters, separators, plural
    FUZZY = "fuzzy"
    ENDING = "ending"
    REGEX = "regex"
    ADDRESS = "address"  # a blockchain address of the actor


@dataclass(frozen=True, slots=True)
class Mention:
    """A span in a field of an entry that names an actor or a keyword; ``text`` is ``field_text[start:end]``."""

    actor: str | None  # exactly one of actor and keyword is set
    keyword: str | None
    alias: str  # as written in the watchlist; an address if ``kind`` is
    text: str
    field: str  # title, summary or content
    start: int
    end: int
    edits: int
    kind: MatchKind
    word: int  # number of its first word, counted across all fields
    words: int  # how many words it spans
    sentence: int  # number of its sentence, counted across all fields

    @property
    def subject(self) -> str:
        """Return the id of the actor or keyword that is mentioned."""
        return self.actor or self.keyword or ""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money in the text of an entry; a range such as "$5-6M" is two amounts with the same span."""

    value: Decimal
    currency: str  # as written: USDT stays USDT
    text: str
    field: str
    start: int
    end: int
    may_be_loss: bool = True  # False: the size of something, such as a valuation, an endowment or revenue


class IndicatorKind(StrEnum):
    """The kind of thing that an indicator identifies."""

    ADDRESS = "address"
    TRANSACTION = "transaction"
    CVE = "cve"


@dataclass(frozen=True, slots=True)
class Indicator:
    """An identifier that can be looked up elsewhere: an address or a transaction of a blockchain, or a CVE id."""

    kind: IndicatorKind
    chain: str  # ticker of the blockchain; ETH for all that share its address format; empty: a CVE id
    value: str  # ``text`` without invisible characters; a CVE id in capitals with hyphens
    text: str
    field: str
    start: int
    end: int


def comparable_address(address: str) -> str:
    """Return *address* in a form in which equal blockchain addresses are equal texts.

    It is in lower case if upper and lower case mean the same in its format, as in hexadecimal, but not in base58.
    """
    address = address.strip()
    lower = address.lower()
    if lower.startswith(_CASH):
        return lower.removeprefix(_CASH)
    return lower if lower.startswith(_WITHOUT_CASE) else address


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule that matched an entry, and a sentence that explains why."""

    rule: str
    severity: Severity
    why: str  # may quote the feed, so it must be neutralised when it is rendered
    send_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedActor:
    """An actor from a published list, such as a sanctions list, that a text mentions; with the edition of the list."""

    actor: str  # id of the actor
    list_id: str
    title: str  # title of the list
    date: date  # date of the edition of the list
    sanctions: bool
    by_name: bool  # whether the text names the actor
    by_address: bool  # whether the text names one of its addresses


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result of matching one text against the watchlist; the entry is a hit if at least one rule matched."""

    mentions: tuple[Mention, ...]  # only mentions that count, in reading order
    amounts: tuple[Amount, ...]
    rules: tuple[RuleMatch, ...]
    indicators: tuple[Indicator, ...] = ()  # each once, in reading order
    lists: tuple[ListedActor, ...] = ()  # the actors that come from published lists, in reading order

    @property
    def severity(self) -> Severity | None:
        """Return the highest severity of the rules that matched; None if no rule matched."""
        return max((r.severity for r in self.rules), default=None)

    @property
    def actors(self) -> tuple[str, ...]:
        """Return the ids of the actors mentioned, each once, in reading order."""
        return tuple(dict.fromkeys(m.actor for m in self.mentions if m.actor))

    @property
    def keywords(self) -> tuple[str, ...]:
        """Return the ids of the keywords mentioned, each once, in reading order."""
        return tuple(dict.fromkeys(m.keyword for m in self.mentions if m.keyword))

    @property
    def send_to(self) -> tuple[str, ...]:
        """Return the names of all destinations in the ``send_to`` of the rules that matched, each once."""
        return tuple(dict.fromkeys(name for r in self.rules for name in r.send_to))


@dataclass(frozen=True, slots=True)
class Hit:
    """A stored hit: an entry that at least one rule matched, with what was known when the rule matched."""

    id: int
    entry: Entry
    entry_id: int
    judgement: Judgement
    severity: Severity
    seen_at: datetime
    story: int
    watchlist_version: int
    names: tuple[tuple[str, str], ...] = ()  # actor id, name to show
    notes: tuple[str, ...] = ()  # the actors' notes
    is_update: bool = False  # an edit: an earlier text of the entry was stored before
    changes: tuple[str, ...] = ()  # what an edit added to or removed from the text, one line each; quotes the feed
    canary: bool = False  # a canary: an invented entry that tests the pipeline
