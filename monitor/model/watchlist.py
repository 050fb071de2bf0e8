"""The watchlist as configured: actors, keywords, rules and destinations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from monitor.model.severity import Severity


class Scope(StrEnum):
    """How close two mentions must be to each other, if the configuration gives no number of words."""

    SENTENCE = "sentence"
    ANYWHERE = "anywhere"


Within = int | Scope  # a number of words, or a scope


@dataclass(frozen=True, slots=True)
class Combination:
    """A description of an actor by several terms: it matches where one term of each group occurs, in any order.

    A match is one mention, from the first term to the last.
    """

    all: tuple[tuple[str, ...], ...]  # at least two groups; terms are spellings as written in the file
    within: Within  # how far apart the first and the last of these terms may be
    needs_context: bool = False  # True: weak, counts only when the actor's context is within reach


@dataclass(frozen=True, slots=True)
class SourceList:
    """A published list that actors come from, such as a list of sanctioned persons."""

    id: str
    title: str  # as alerts name it: "OFAC SDN list"
    date: date  # date of the edition that the actors were taken from
    url: str = ""
    sanctions: bool = False  # True: alerts say that a name match is no identification


@dataclass(frozen=True, slots=True)
class Actor:
    """A tracked person, group or service; its names are spelled as in the configuration file, with their accents."""

    id: str
    name: str
    aliases: tuple[str, ...]  # each is sufficient evidence
    weak: tuple[str, ...] = ()  # these count only with a context word in reach
    context: tuple[str, ...] = ()
    context_generic: tuple[str, ...] = ()  # words that count as context only when two different ones are within reach
    combine: tuple[Combination, ...] = ()  # descriptions that count beside the spellings
    within: Within = 15
    exclude: tuple[str, ...] = ()  # phrases; a mention that overlaps one does not count
    fuzzy: int | None = None  # maximum edit distance; None: depends on the length of the word; 0: no typos
    severity: Severity = Severity.MEDIUM
    severity_given: bool = False  # whether the file sets the severity
    tags: frozenset[str] = frozenset()
    yields_to: frozenset[str] = frozenset()  # ids of actors; if one of these is mentioned, this actor does not count
    note: str = ""
    refs: tuple[str, ...] = ()
    list_id: str = ""  # of the published list that the actor comes from; empty: none
    addresses: tuple[str, ...] = ()  # of blockchains; an entry that names one mentions the actor


@dataclass(frozen=True, slots=True)
class Keyword:
    """A named list of terms that rules can require, such as "hack" and "exploit"; it is not an actor."""

    id: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The minimum amount of money that a rule requires, for example ``$1M`` or ``500 BTC``."""

    value: Decimal
    currency: str  # ISO 4217 code or ticker of the coin, upper case
    written: str  # as written in the file


@dataclass(frozen=True, slots=True)
class Escalation:
    """Which destinations to notify if no operator acknowledges a hit in time."""

    after_s: float  # counted from the notification of the hit
    to: tuple[str, ...]  # names of destinations


@dataclass(frozen=True, slots=True)
class Rule:
    """Under which conditions an entry is a hit (all must be met), its severity, and which destinations are notified."""

    id: str
    send_to: tuple[str, ...]
    actors: frozenset[str] = frozenset()  # ids, tags and "*" resolved; empty: no actor required
    keywords: frozenset[str] = frozenset()  # empty: no keyword required
    within: Within = Scope.ANYWHERE
    min_amount: tuple[Threshold, ...] = ()
    unless: tuple[str, ...] = ()
    feeds: frozenset[str] | None = None  # keys, tags resolved; None: all feeds
    severity: Severity | None = None  # None: the highest severity of the actors that satisfied the rule, else medium
    escalate: Escalation | None = None  # None: no escalation
    surge: bool = False  # True: an actor counts only while its mentions are far above its own baseline
    first_in_s: float | None = None  # an actor counts only if no story has mentioned it for so long; None: always


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A local time of day on some days of the week, for example ``Mon-Fri 08:00``."""

    days: frozenset[int]  # Monday is 0
    minute: int  # minute of the day
    written: str  # as written in the file


@dataclass(frozen=True, slots=True)
class QuietWindow:
    """A period of local time on some days of the week, for example ``18:00-08:00`` or ``Sat``."""

    days: frozenset[int]  # the days on which it begins; Monday is 0
    start: int  # minute of the day
    end: int  # minute of that day, at most 1440; of the next day when it is not after ``start``
    written: str  # as written in the file


@dataclass(frozen=True, slots=True)
class Destination:
    """A recipient of alerts: an Apprise URL, and the name under which the monitor shows and logs it."""

    name: str
    url: str = field(repr=False)
    min_severity: Severity = Severity.LOW
    max_severity: Severity | None = None  # more severe hits are not sent here; None: no limit
    max_per_hour: int | None = None  # messages; None: no limit
    digest: tuple[Recurrence, ...] = ()  # when the collected alerts are sent as one; empty: no digest
    quiet_hours: tuple[QuietWindow, ...] = ()  # alerts are delayed until these end
    break_quiet: Severity | None = None  # from this severity on, digest and quiet hours are skipped; None: never
    canary: bool = False  # whether it receives the canary, which proves that the pipeline works
