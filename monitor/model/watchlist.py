"""What people configure: actors, keywords, rules, destinations and when they are notified."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """How much something matters; ordered, so that ``max`` of several is the highest."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """Return the name used in files, tables and output: ``critical``."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Severity:
        """Return the severity called *word*; ValueError when there is none."""
        try:
            return cls[word.upper()]
        except KeyError:
            raise ValueError(f"no severity called {word!r}: low, medium, high or critical") from None


class Scope(StrEnum):
    """How near two mentions must be when it is not a number of words."""

    SENTENCE = "sentence"
    ANYWHERE = "anywhere"


Within = int | Scope  # a number of words, or a scope


@dataclass(frozen=True, slots=True)
class Combination:
    """A description of an actor: one term of each group, in any order, is one mention that covers them all."""

    all: tuple[tuple[str, ...], ...]  # at least two groups; terms are spellings as written in the file
    within: Within  # how far apart the first and the last of these terms may be
    needs_context: bool = False  # True: weak, counts only when the actor's context is within reach


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, group or service that is tracked. Spellings are as written in the file, marks included."""

    id: str
    name: str
    aliases: tuple[str, ...]  # each is enough by itself
    weak: tuple[str, ...] = ()  # these count only with a word of ``context`` within reach
    context: tuple[str, ...] = ()
    context_generic: tuple[str, ...] = ()  # words that count as context only when two different ones are within reach
    combine: tuple[Combination, ...] = ()  # descriptions that count beside the spellings
    within: Within = 15
    exclude: tuple[str, ...] = ()  # a phrase that takes away the mention it overlaps
    fuzzy: int | None = None  # edits allowed at most; None: by the length of the token; 0: none
    severity: Severity = Severity.MEDIUM
    severity_given: bool = False
    tags: frozenset[str] = frozenset()
    yields_to: frozenset[str] = frozenset()  # ids of actors, tags resolved
    note: str = ""
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Keyword:
    """A named list of terms that is not an actor."""

    id: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """One of a rule's smallest amounts, as ``$1M`` or ``500 BTC``."""

    value: Decimal
    currency: str  # ISO 4217 or the coin's ticker, upper case
    written: str  # as it stands in the file


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told when nobody acknowledged a hit, and when."""

    after_s: float  # counted from when the hit is told
    to: tuple[str, ...]  # names of destinations


@dataclass(frozen=True, slots=True)
class Rule:
    """Which mentions together matter, how much, and who hears of it. All its lines must hold."""

    id: str
    send_to: tuple[str, ...]
    actors: frozenset[str] = frozenset()  # ids, tags and "*" resolved; empty: the rule asks for no actor
    keywords: frozenset[str] = frozenset()  # empty: the rule asks for no keyword
    within: Within = Scope.ANYWHERE
    min_amount: tuple[Threshold, ...] = ()
    unless: tuple[str, ...] = ()
    feeds: frozenset[str] | None = None  # keys, tags resolved; None: any feed
    severity: Severity | None = None  # None: the highest among the actors that satisfied it, else medium
    escalate: Escalation | None = None  # None: nobody else is told
    surge: bool = False  # True: an actor counts only while it is mentioned far above its own baseline


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A time of the day on some days of the week, as ``Mon-Fri 08:00``, by the clock on the wall."""

    days: frozenset[int]  # Monday is 0
    minute: int  # of the day
    written: str  # as it stands in the file


@dataclass(frozen=True, slots=True)
class QuietWindow:
    """A span of some days of the week, as ``18:00-08:00`` or ``Sat``, by the clock on the wall."""

    days: frozenset[int]  # on which it begins; Monday is 0
    start: int  # minute of the day
    end: int  # minute of that day, at most 1440; not after ``start``: of the day after
    written: str  # as it stands in the file


@dataclass(frozen=True, slots=True)
class Destination:
    """One place alerts go to: a name, which is all that is ever shown, and one Apprise URL."""

    name: str
    url: str = field(repr=False)
    min_severity: Severity = Severity.LOW
    max_per_hour: int | None = None  # messages; None: as many as there are
    digest: tuple[Recurrence, ...] = ()  # when what was collected goes out as one; empty: nothing is collected
    quiet_hours: tuple[QuietWindow, ...] = ()  # in which alerts are held back
    break_quiet: Severity | None = None  # from this severity on at once, digest or not; None: never
    canary: bool = False  # takes part in the proof that the whole line works
