"""A feed: what is configured, what its documents say, and what is remembered between polls."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from monitor.errors import FeedState

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


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
class UpdateHints:
    """How often a document wishes to be read, in its own words."""

    refresh_s: float | None = None  # the longer of RSS ttl and sy:updatePeriod; None: it has neither
    skip_hours: frozenset[int] = frozenset()  # 0 to 23, GMT
    skip_days: frozenset[int] = frozenset()  # Monday is 0, GMT


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
    due_reason: str = ""  # why ``due_at`` is later than the interval says; empty: it is not
    update_hints: UpdateHints = UpdateHints()
    rhythm: Rhythm | None = None  # None: too few dated entries
    settings: bytes = b""  # what tells that the feed's lines in the file were edited
    moved_to: str = ""  # where permanent redirects lead; empty: nowhere
    moved_since: datetime | None = None  # since when they agree; None: they lead nowhere
    moved_answers: int = 0  # how many agree, in a row
    taken_url: str = ""  # the address that was taken over from them and is polled; empty: ``url`` is
    state: FeedState = FeedState.NEW
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
