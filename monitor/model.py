"""The words of this product, as frozen values.

Every other room speaks in these. Moments are aware datetimes in UTC and end in ``_at``; durations are seconds and
end in ``_s``; positions count characters of the cleaned text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
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


# ------------------------------------------------------------------ what is watched


class Scope(StrEnum):
    """How near two mentions must be when it is not a number of words."""

    SENTENCE = "sentence"
    ANYWHERE = "anywhere"


Within = int | Scope  # a number of words, or a scope


@dataclass(frozen=True, slots=True)
class Feed:
    """A URL that is polled. Its key is its identity; a changed URL keeps the entries."""

    key: str
    url: str  # without a login: that is in ``auth``
    every_s: float  # of an adaptive feed the shortest interval
    outlet: str = ""  # empty: the title that the feed gives itself
    language: str = ""  # empty: what the feed says, which may be nothing
    tags: frozenset[str] = frozenset()
    auth: tuple[str, str] | None = field(default=None, repr=False)  # user, password
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    adaptive: bool = False  # polled in the rhythm in which it publishes
    full_text: bool = False  # the whole articles behind its new entries are read
    own_every: bool = False  # ``every_s`` was written for this very feed: it outranks what the document wishes
    weight: int = 1  # as how many outlets it counts when a story is corroborated


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, group or service that is tracked. Spellings are as written in the file, marks included."""

    id: str
    name: str
    aliases: tuple[str, ...]  # each is enough by itself
    weak: tuple[str, ...] = ()  # these count only with a word of ``context`` within reach
    context: tuple[str, ...] = ()
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


# ------------------------------------------------------------------ what feeds bring


@dataclass(frozen=True, slots=True)
class Text:
    """The three cleaned fields of an entry, as they are matched, stored and shown."""

    title: str
    summary: str = ""
    content: str = ""

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield the name and text of every field that is not empty, in reading order."""
        for name in ("title", "summary", "content"):
            if text := getattr(self, name):
                yield name, text


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One item of a document, cleaned, before anybody asked whether it is known."""

    id: str  # guid or atom:id; empty when the document gives none
    link: str  # absolute http(s), or empty
    text: Text
    author: str
    published_at: datetime | None
    updated_at: datetime | None
    raw_hash: bytes  # SHA-256 of the item as the document wrote it
    article: str = ""  # the text of the page it links to; empty: that was not read


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a document wishes to be read, in its own words."""

    refresh_s: float | None = None  # the longer of RSS ttl and sy:updatePeriod; None: it has neither
    skip_hours: frozenset[int] = frozenset()  # 0 to 23, GMT
    skip_days: frozenset[int] = frozenset()  # Monday is 0, GMT


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document, read."""

    title: str
    language: str  # lower case, as "en" or "pt-br"; empty when the document does not say
    format: str  # as feedparser names it: rss20, atom10, rss10, json11, ...
    entries: tuple[ParsedEntry, ...]  # in the document's order, doubled ids included
    pace: Pace = Pace()
    # entries that are in it as they were, not read again: how many of ``entries`` stand before it, and its raw hash
    unchanged: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What is needed to know an entry again when its feed shows it, under another id too."""

    id: int
    key: str
    version: int
    raw_hash: bytes  # equal: the item is the same, byte for byte
    text_hash: bytes  # equal to that of the text: nothing a reader sees has changed
    link: str
    title: str
    summary: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, with its identity and the moment we first saw it."""

    feed: str  # key of the feed
    key: str  # stable within the feed
    outlet: str
    link: str
    text: Text
    author: str
    published_at: datetime | None
    updated_at: datetime | None
    first_seen_at: datetime
    raw_hash: bytes
    version: int = 1  # counts the texts that this entry has had
    as_fed: Text | None = None  # the text in the feed, when ``text`` holds more than that; None: it is the same


@dataclass(frozen=True, slots=True)
class Validators:
    """What a conditional GET sends back, byte for byte (RFC 9110 section 8.8); None: the server gave none."""

    etag: bytes | None = None
    last_modified: bytes | None = None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a feed publishes, learned from the publication times of its entries."""

    oldest_at: datetime  # of the publications that were counted
    newest_at: datetime
    per_hour: tuple[int, ...]  # publications in each of the 24 hours of the day, UTC
    longest_s: float  # the longest pause between two


@dataclass(frozen=True, slots=True)
class FeedRecord:
    """What is remembered of a feed between polls."""

    key: str
    url: str  # the address the rest was learned from; another one drops the validators
    due_at: datetime
    validators: Validators = Validators()
    body_hash: bytes | None = None  # SHA-256 of the last body that was read
    title: str = ""
    language: str = ""
    answered_by: str = ""  # the address that gave the validators; empty: the one that is polled
    full_at: datetime | None = None  # when a whole document last came; None: never
    fresh_s: float | None = None  # how long an answer is fresh, as the server says; None: it does not
    not_before: datetime | None = None  # the server asked to be left alone until then; None: it did not
    due_why: str = ""  # why ``due_at`` is later than the interval says; empty: it is not
    pace: Pace = Pace()
    rhythm: Rhythm | None = None  # None: too few dated entries
    settings: bytes = b""  # what tells that the feed's lines in the file were edited
    moved_to: str = ""  # where permanent redirects lead; empty: nowhere
    moved_since: datetime | None = None  # since when they agree; None: they lead nowhere
    moved_answers: int = 0  # how many agree, in a row
    taken_url: str = ""  # the address that was taken over from them and is polled; empty: ``url`` is
    state: str = "new"  # a FeedState
    cause: str = ""
    remedy: str = ""
    failures: int = 0  # in a row
    first_success_at: datetime | None = None  # None: the next success is the baseline
    last_success_at: datetime | None = None
    last_poll_at: datetime | None = None
    last_new_at: datetime | None = None  # when a poll last brought a new entry
    renumbered: str = ""  # what was seen when known entries last came back under new ids
    renumbered_at: datetime | None = None  # None: never
    latency_s: float | None = None  # of the last poll that succeeded

    @property
    def address(self) -> str:
        """Return the address that is polled."""
        return self.taken_url or self.url


# ------------------------------------------------------------------ what was found


class MatchKind(StrEnum):
    """How a span came to be taken for an alias."""

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
    """A sum of money read out of a text; a range gives two, with the same span."""

    value: Decimal
    currency: str  # as written: USDT stays USDT
    text: str
    field: str
    start: int
    end: int


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
    """All that the watchlist says of one text. It is a hit when at least one rule matched."""

    mentions: tuple[Mention, ...]  # those that count, in reading order
    amounts: tuple[Amount, ...]
    rules: tuple[RuleMatch, ...]
    indicators: tuple[Indicator, ...] = ()  # each once, in reading order

    @property
    def severity(self) -> Severity | None:
        """Return the highest severity of the rules that matched, None when none did."""
        return max((r.severity for r in self.rules), default=None)

    @property
    def actors(self) -> tuple[str, ...]:
        """Return the ids of the actors truly mentioned, each once, in reading order."""
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
    is_update: bool = False  # an earlier text of the entry was seen before
    changes: tuple[str, ...] = ()  # what an update says that the text before did not, one line each; quotes the feed
    canary: bool = False  # invented, to prove that the whole line works


# ------------------------------------------------------------------ what is done about it


class Verdict(StrEnum):
    """What is decided for one hit and one destination."""

    NOW = "now"
    JOIN = "join"  # goes out with a delivery that is open already
    HOLD = "hold"  # until a moment
    NO = "no"


@dataclass(frozen=True, slots=True)
class Decision:
    """For one hit and one destination: what, and why. "Not sent" exists only here."""

    destination: str
    verdict: Verdict
    reason: str
    due_at: datetime | None = None  # None with NO


class DeliveryKind(StrEnum):
    """What a delivery is for."""

    ALERT = "alert"
    FOLLOW_UP = "follow-up"
    SUMMARY = "summary"
    DIGEST = "digest"
    ESCALATION = "escalation"
    HEALTH = "health"
    CANARY = "canary"


class DeliveryState(StrEnum):
    """Where a delivery stands in the outbox."""

    OPEN = "open"  # hits may still join
    PENDING = "pending"  # was tried, will be tried again
    IN_FLIGHT = "in flight"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message for one destination, of one or many hits: a row of the outbox."""

    id: int
    destination: str
    kind: DeliveryKind
    group_key: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime
    first_attempt_at: datetime | None = None
    sent_at: datetime | None = None
    possible_repeat: bool = False  # an attempt before this one may have been accepted
    late: bool = False  # its moment was missed, because the daemon was down
    reason: str = ""  # of the last failure, or why it is dead or dropped


@dataclass(frozen=True, slots=True)
class Told:
    """What a destination has been told of a story, or will be by a delivery that is still open."""

    hit: int  # the first that was told
    severity: Severity  # the highest that was told
    outlets: int  # how many carried it when it was told last, as their feeds' weights count them
    kind: DeliveryKind = DeliveryKind.ALERT  # of the delivery that told it last, as are the rest
    group_key: str = ""
    due_at: datetime | None = None  # None with a delivery that is not open any more
    is_open: bool = False  # hits may still join it


@dataclass(frozen=True, slots=True)
class Silence:
    """Somebody's wish to hear nothing of an actor or a rule for a while."""

    id: int
    subject: str  # "actor" or "rule"
    name: str  # its id
    author: str
    why: str
    created_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who reports the story that a hit belongs to."""

    story: int
    outlets: tuple[str, ...]  # each once, in the order in which they reported it; the hit's own is among them
    goes_on_from: str = ""  # the headline of the story that this one follows; empty: it stands alone


@dataclass(frozen=True, slots=True)
class Remark:
    """What a delivery says beside its hits, or in place of them.

    It may quote a feed: neutralise it like any other text.
    """

    title: str = ""  # of a message that has no hits
    why: str = ""  # what called for a follow-up, an escalation, a summary or a digest
    lines: tuple[str, ...] = ()  # one fact each


@dataclass(frozen=True, slots=True)
class Message:
    """All that a delivery says, before it is rendered for its destination."""

    delivery: Delivery
    hits: tuple[Hit, ...] = ()  # oldest first; empty: the remark is all there is
    coverage: tuple[Coverage, ...] = ()  # of the stories of the hits, each story once
    remark: Remark = Remark()


@dataclass(frozen=True, slots=True)
class Notification:
    """A delivery as rendered, at the moment it is sent."""

    title: str
    body: str  # plain text
    html: str = ""  # what is sent in place of the body where HTML is shown; empty: the body is
    document: Mapping[str, object] = field(default_factory=dict)  # the message in the service's own form; JSON
    headers: tuple[tuple[str, str], ...] = ()  # of a mail, name and value


# ------------------------------------------------------------------ how the monitor itself stands


class TroubleKind(StrEnum):
    """What kind of thing is wrong."""

    FEED = "feed"  # one fails
    SILENCE = "silence"  # a feed has been silent for longer than its habit
    RENUMBERED = "renumbered"  # a feed gave new ids to entries that it had shown
    FEEDS = "feeds"  # so many fail that it is hardly their fault
    DESTINATION = "destination"  # one does not take what it is sent
    GIVEN_UP = "given up"  # a delivery is dead
    CONFIGURATION = "configuration"  # the one on disk is refused
    DISK = "disk"
    BACKUP = "backup"
    CANARY = "canary"  # it was not found, or has not arrived


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong with the monitor or its surroundings; told once, and once more when it is over."""

    topic: str  # its identity: ``feed wire``
    kind: TroubleKind
    subject: str  # the feed or the destination; empty: there is but one
    title: str  # ``feed wire cannot be read``
    over: str  # ``feed wire is read again``
    cause: str
    remedy: str  # empty when waiting is all there is to do
    since: datetime
    told_at: datetime | None = None  # None: nobody was told
    ended_at: datetime | None = None  # None: it goes on; else that is to be told still
    covered: bool = False  # told with many others, and not by its name
