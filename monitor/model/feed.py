"""A feed: its configuration, what its documents say about it, and what is stored between polls."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from monitor.errors import FeedState

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # the due time of a feed that is not polled again


@dataclass(frozen=True, slots=True)
class PageSelectors:
    """The CSS selectors by which the entries of a web page are found.

    ``a@href`` selects the attribute ``href`` of the element ``a``; an empty selector selects the entry's own element.
    All selectors but *entry* are applied within an entry.
    """

    entry: str
    title: str = "a"
    link: str = "a@href"
    date: str = ""  # empty: the page has no dates
    summary: str = ""  # empty: there is none
    language: str = ""  # in which its dates are written; empty: the language that the page states


@dataclass(frozen=True, slots=True)
class Feed:
    """A configured feed; its key identifies it, so a feed whose URL is changed keeps its entries."""

    key: str
    url: str  # without a login: that is in ``auth``
    every_s: float  # the interval; if ``adaptive``, the shortest interval
    outlet: str = ""  # empty: the title that the feed gives itself
    language: str = ""  # empty: the language that the document states, if any
    tags: frozenset[str] = frozenset()
    auth: tuple[str, str] | None = field(default=None, repr=False)  # user, password
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    adaptive: bool = False  # the interval follows the times at which the feed publishes
    full_text: bool = False  # fetch the articles behind its new entries
    own_every: bool = False  # ``every_s`` was set for this feed: it takes precedence over the server's and document's
    max_wait_s: float = 3600.0  # the longest interval that headers and documents can cause
    page: PageSelectors | None = None  # how to read a web page; None: it is a feed or a sitemap
    weight: int = 1  # the feed counts as so many outlets when a story is corroborated


class DueReason(StrEnum):
    """The rule or setting that determined when a feed is polled next."""

    NEW = "new"  # the first poll
    HTTP_EVERY = "http every"  # ``every`` in [http]
    FEED_EVERY = "feed every"  # ``every`` of the feed
    ADAPTIVE = "adaptive"
    CACHE_CONTROL = "cache-control"
    EXPIRES = "expires"
    TTL = "ttl"
    UPDATE_PERIOD = "update period"  # sy:updatePeriod and sy:updateFrequency
    SKIP = "skip"  # skipHours and skipDays
    RETRY_AFTER = "retry-after"
    HOST_PAUSED = "host paused"  # no request was made, since the host asked for a pause
    BACK_OFF = "back-off"  # after failures
    GONE = "gone"  # not polled again


@dataclass(frozen=True, slots=True)
class Freshness:
    """For how long the headers of a response allow it to be reused (RFC 9111), and which header says so."""

    seconds: float
    source: DueReason  # CACHE_CONTROL or EXPIRES


@dataclass(frozen=True, slots=True)
class UpdateHints:
    """What a feed document says about how often, and when, the feed should be polled."""

    ttl_s: float | None = None  # RSS ttl
    update_period_s: float | None = None  # sy:updatePeriod divided by sy:updateFrequency
    skip_hours: frozenset[int] = frozenset()  # 0 to 23, GMT
    skip_days: frozenset[int] = frozenset()  # Monday is 0, GMT


@dataclass(frozen=True, slots=True)
class Validators:
    """The ETag and Last-Modified of a response, which the next conditional GET sends back unchanged (RFC 9110, 8.8).

    None means that the server sent no such header.
    """

    etag: bytes | None = None
    last_modified: bytes | None = None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a feed publishes, learned from the publication times of its entries."""

    oldest_at: datetime  # time of the oldest publication that was counted
    newest_at: datetime
    per_hour: tuple[int, ...]  # publications in each of the 24 hours of the day, UTC
    longest_s: float  # the longest pause between two publications


@dataclass(frozen=True, slots=True)
class FeedRecord:
    """The stored state of a feed, which each poll reads and updates."""

    key: str
    url: str  # the configured address at the time of the last poll
    due_at: datetime
    validators: Validators = Validators()
    body_hash: bytes | None = None  # SHA-256 of the last body that was parsed
    title: str = ""
    language: str = ""
    answered_by: str = ""  # the address that gave the validators; empty: the one that is polled
    full_at: datetime | None = None  # when a whole document was last received; None: never
    freshness: Freshness | None = None  # of the last response; None: its headers do not say
    not_before: datetime | None = None  # the end of the last Retry-After; None: there was none
    due_reason: DueReason = DueReason.NEW  # what determined ``due_at``
    update_hints: UpdateHints = UpdateHints()
    rhythm: Rhythm | None = None  # None: too few dated entries
    settings: bytes = b""  # fingerprint of the settings that affect polling
    moved_to: str = ""  # the target of permanent redirects; empty: there are none
    moved_since: datetime | None = None  # since when they name that target; None: there are none
    moved_answers: int = 0  # redirects in a row that name it
    taken_url: str = ""  # the redirect target that is polled instead of ``url``; empty: ``url`` is polled
    state: FeedState = FeedState.NEW
    cause: str = ""
    remedy: str = ""
    failures: int = 0  # how many in a row
    first_success_at: datetime | None = None  # None: the entries of the next success are the backlog
    last_success_at: datetime | None = None
    last_poll_at: datetime | None = None
    last_new_at: datetime | None = None  # when a poll last found a new entry
    renumbered: str = ""  # a description of the last time known entries returned under new ids
    renumbered_at: datetime | None = None  # None: never
    latency_s: float | None = None  # of the last successful poll
    left_out: int = 0  # entries of the last document that were not read because there are too many
    cut_off: bool = False  # the last document ended within an entry
    page_entries: int = 0  # how many entries the last document of a web page had; 0: not a web page
    usual_entries: int = 0  # how many entries the web page usually has; 0: unknown, or not a web page

    @property
    def address(self) -> str:
        """Return the URL that is polled: the accepted redirect target, or else the configured URL."""
        return self.taken_url or self.url
