"""What the watchlist finds in an entry: mentions, amounts, indicators, matching rules, hits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from monitor.model.entry import Entry
from monitor.model.severity import Severity


class MatchKind(StrEnum):
    """How a span of text matches an alias."""

    EXACT = "exact"
    FOLDED = "folded"  # equal but for case, marks, width, look-alike letters, separators, plural
    FUZZY = "fuzzy"
    ENDING = "ending"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of an entry's text that names an actor or a keyword: ``text == field_text[start:end]``."""

    actor: str | None  # exactly one of actor and keyword is set
    keyword: str | None
    alias: str  # as written in the watchlist
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
        """Return the id of the actor or keyword."""
        return self.actor or self.keyword or ""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money in a text; a range gives two, with the same span."""

    value: Decimal
    currency: str  # as written: USDT stays USDT
    text: str
    field: str
    start: int
    end: int
    may_be_loss: bool = True  # False: the size of something, such as a valuation, an endowment or revenue


class IndicatorKind(StrEnum):
    """What an indicator identifies."""

    ADDRESS = "address"
    TRANSACTION = "transaction"
    CVE = "cve"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What can be looked up elsewhere: an address or a transaction of a chain, a CVE id."""

    kind: IndicatorKind
    chain: str  # the ticker of the chain; ETH for all that write addresses alike; empty: CVE
    value: str  # ``text`` without invisible characters; a CVE id in capitals with hyphens
    text: str
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule that an entry satisfied, with the sentence that says why."""

    rule: str
    severity: Severity
    why: str  # holds text of the feed: neutralise it like any other
    send_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result of matching one text against the watchlist; a hit if at least one rule matched."""

    mentions: tuple[Mention, ...]  # only mentions that count, in reading order
    amounts: tuple[Amount, ...]
    rules: tuple[RuleMatch, ...]
    indicators: tuple[Indicator, ...] = ()  # each once, in reading order

    @property
    def severity(self) -> Severity | None:
        """Return the highest severity of the rules that matched, None when none did."""
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
        """Return the names of all destinations that a matching rule names, each once."""
        return tuple(dict.fromkeys(name for r in self.rules for name in r.send_to))


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that satisfied at least one rule, as the database keeps it."""

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
    changes: tuple[str, ...] = ()  # what an update says that the text before did not, one line each; quotes the feed
    canary: bool = False  # a canary: an invented entry that tests the pipeline
