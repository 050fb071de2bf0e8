"""Which hits are looked at, as SQL conditions on a row ``h`` of hits and a row ``e`` of entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.severity import Severity
from monitor.store.db.statements import Row, stored
from monitor.store.search import SearchQuery, query_conditions

_CONDITIONS = {
    "actor": (
        "EXISTS (SELECT 1 FROM mentions m WHERE m.entry_id = h.entry_id AND m.version = h.version AND m.actor = :actor)"
    ),
    "feed": "e.feed = :feed",
    "rule": "EXISTS (SELECT 1 FROM hit_rules r WHERE r.hit_id = h.id AND r.rule = :rule)",
    "triage": "coalesce(h.triage, 'none') = :triage",
    "story": "e.story_id = :story",
}


LAST_ID = 10**18 - 1  # above that of every row


@dataclass(frozen=True, slots=True)
class HitFilter:
    """The conditions that hits must meet in a search; a condition that is None always holds."""

    query: SearchQuery | None = None
    since: datetime | None = None  # seen then or later
    until: datetime | None = None  # seen then or earlier
    severities: tuple[Severity, ...] = ()  # one of these; empty: any
    actor: str | None = None
    feed: str | None = None
    rule: str | None = None
    triage: str | None = None  # relevant, noise or ack; "none": not triaged
    story: int | None = None

    @property
    def first_at(self) -> datetime | None:
        """Return the time from which on hits meet this filter; None if it has no such limit."""
        return max(filter(None, (self.since, self.query.since if self.query else None)), default=None)

    @property
    def last_at(self) -> datetime | None:
        """Return the latest moment; None without a limit."""
        return min(filter(None, (self.until, self.query.until if self.query else None)), default=None)

    @property
    def needs_entry(self) -> bool:
        """Whether a condition is about the entry, not only about the hit."""
        return self.feed is not None or self.story is not None or bool(self.query and self.query.groups)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position among the hits, which are ordered by moment and id."""

    seen_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Window:
    """A period to search for hits, with bounds on the ids of the entries that the hits may belong to.

    The bounds keep the full-text search from listing all entries; ``hit_windows`` computes them.
    """

    after: datetime | None = None  # seen later than then; None: from the first
    before: Cursor | None = None  # older than this; None: to the newest
    low: int = 0  # words are looked for in entries with a higher id
    high: int | None = None  # and at most this one; None: any
    driver: str = ""  # a SELECT of the ids of the few hits that may meet the filter; empty: there are many
    driver_of: str = ""  # the condition of the filter that the driver selects by, "feed"; empty: by words, or none

    @property
    def end(self) -> Cursor | None:
        """Return where the next window begins; None if there is nothing older."""
        return Cursor(self.after, LAST_ID) if self.after else None


EVERYTHING = Window()


def conditions(wanted: HitFilter, window: Window = EVERYTHING) -> tuple[str, Row]:
    """Return the conditions of *wanted* in *window*, each beginning with AND, and their parameters."""
    values: Row = {}
    found = []
    for name, sql in _CONDITIONS.items():
        value = getattr(wanted, name)
        if value is not None:
            found.append(sql)
            values[name] = value
    for name, limit_at, sql in (
        ("since", wanted.first_at, "h.seen_at >= :since"),
        ("until", wanted.last_at, "h.seen_at <= :until"),
        ("after", window.after, "h.seen_at > :after"),
    ):
        if limit_at is not None:
            found.append(sql)
            values[name] = stored(limit_at)
    if wanted.severities:
        found.append(f"h.severity IN ({', '.join(str(int(s)) for s in wanted.severities)})")
    if wanted.query is not None:
        found += query_conditions(wanted.query, values, low=window.low, high=window.high)
    if window.before is not None:
        found.append("(h.seen_at, h.id) < (:before_at, :before_id)")
        values |= {"before_at": stored(window.before.seen_at), "before_id": window.before.id}
    return "".join(f"\n  AND {condition}" for condition in found), values
