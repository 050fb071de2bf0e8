"""Pages of hits for the web page: filters, and counts by actor, feed, rule and day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.severity import Severity
from monitor.store.db.statements import Reader, Row, moment, rows, stored
from monitor.store.search import SearchQuery, query_conditions

PAGE = 25
MAX_COUNTED = 20_000  # only so many of the newest hits are counted, so that counting takes a bounded time
MAX_FACETED = 2_000  # only of so many of the newest hits, actors, rules, feeds and triage are counted
MAX_VALUES = 15  # the most values that are listed of one facet

# CROSS makes SQLite read hits from the newest until there are enough, instead of sorting all entries of a feed
_FOUND = """
SELECT h.id, h.entry_id, h.version, h.severity, h.triage, h.seen_at, e.feed, e.story_id
FROM hits h CROSS JOIN entries e ON e.id = h.entry_id
WHERE h.canary = 0{conditions}
ORDER BY h.seen_at DESC, h.id DESC
LIMIT :limit
"""

_COUNTS = """
WITH found AS MATERIALIZED ({found})
SELECT 'severity' AS facet, severity AS value, count(*) AS number FROM found GROUP BY severity
UNION ALL SELECT 'triage', coalesce(triage, 'none'), count(*) FROM found GROUP BY 2
UNION ALL SELECT 'feed', feed, count(*) FROM found GROUP BY feed
UNION ALL SELECT 'rule', r.rule, count(*) FROM found f JOIN hit_rules r ON r.hit_id = f.id GROUP BY r.rule
UNION ALL SELECT 'actor', actor, count(*) FROM (
    SELECT DISTINCT f.id, m.actor FROM found f JOIN mentions m ON m.entry_id = f.entry_id AND m.version = f.version
    WHERE m.actor IS NOT NULL) GROUP BY actor
"""
_DAYS = "SELECT substr(seen_at, 1, 10) AS day, severity, count(*) AS number FROM ({found}) GROUP BY 1, 2"

_FILTERS = {
    "actor": (
        "EXISTS (SELECT 1 FROM mentions m WHERE m.entry_id = h.entry_id AND m.version = h.version AND m.actor = :actor)"
    ),
    "feed": "e.feed = :feed",
    "rule": "EXISTS (SELECT 1 FROM hit_rules r WHERE r.hit_id = h.id AND r.rule = :rule)",
    "triage": "coalesce(h.triage, 'none') = :triage",
    "story": "e.story_id = :story",
}


@dataclass(frozen=True, slots=True)
class HitFilter:
    """Which hits to show: those that meet every condition; a condition of None is not applied."""

    query: SearchQuery | None = None
    since: datetime | None = None  # seen then or later
    until: datetime | None = None  # seen then or earlier
    severities: tuple[Severity, ...] = ()  # one of these; empty: any
    actor: str | None = None
    feed: str | None = None
    rule: str | None = None
    triage: str | None = None  # relevant, noise or ack; "none": not triaged
    story: int | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The position after which the next page starts: time and number of the last hit of a page."""

    seen_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class FoundHit:
    """A hit on a page of hits."""

    id: int
    severity: Severity
    seen_at: datetime
    story: int
    triage: str | None

    @property
    def cursor(self) -> Cursor:
        """Return the position of this hit, after which the next page starts."""
        return Cursor(self.seen_at, self.id)


@dataclass(frozen=True, slots=True)
class HitCounts:
    """How many hits a filter selects: in total, by facet and by day; at most ``MAX_COUNTED`` are counted."""

    total: int
    # by facet: value and number of hits, largest first; counted in the newest MAX_FACETED hits
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    days: dict[str, dict[Severity, int]] = field(default_factory=dict)  # by day of UTC, 2026-11-27

    @property
    def is_complete(self) -> bool:
        """Return whether all hits that the filter selects were counted."""
        return self.total < MAX_COUNTED

    @property
    def has_all_facets(self) -> bool:
        """Return whether the counts by facet (actor, feed, rule, triage) cover all hits that the filter selects."""
        return self.total <= MAX_FACETED


def hit_page(db: Reader, wanted: HitFilter, *, before: Cursor | None = None, limit: int = PAGE) -> list[FoundHit]:
    """Return one page of the hits that *wanted* selects, the newest first.

    Args:
        db: Any connection to the database.
        wanted: The filter.
        before: Return only hits older than this position; None: start with the newest.
        limit: The maximum number of hits to return.
    """
    sql, values = _found(wanted, limit, before)
    return [
        FoundHit(row["id"], Severity(row["severity"]), moment(row["seen_at"]), row["story_id"], row["triage"])
        for row in rows(db, sql, values)
    ]


def count_hits(db: Reader, wanted: HitFilter) -> HitCounts:
    """Return counts of the newest hits that the filter *wanted* selects."""
    sql, values = _found(wanted, MAX_FACETED, None)
    by_facet: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in rows(db, _COUNTS.format(found=sql), values):
        by_facet[row["facet"]].append((str(row["value"]), row["number"]))
    days: dict[str, dict[Severity, int]] = defaultdict(dict)
    for row in rows(db, _DAYS.format(found=sql), values | {"limit": MAX_COUNTED}):
        days[row["day"]][Severity(row["severity"])] = row["number"]
    total = sum(sum(numbers.values()) for numbers in days.values())
    severities = sorted(by_facet.pop("severity", []), reverse=True)
    facets = {
        name: sorted(found, key=lambda item: (-item[1], item[0]))[:MAX_VALUES] for name, found in by_facet.items()
    }
    return HitCounts(total, {"severity": [(Severity(int(s)).word, n) for s, n in severities]} | facets, dict(days))


def _found(wanted: HitFilter, limit: int, before: Cursor | None) -> tuple[str, Row]:
    """Return the SQL statement that selects the newest hits of the filter *wanted*, and its parameters."""
    values: Row = {"limit": limit}
    conditions = []
    for name, sql in _FILTERS.items():
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(sql)
            values[name] = value
    query = wanted.query
    since = max(filter(None, (wanted.since, query.since if query else None)), default=None)
    until = min(filter(None, (wanted.until, query.until if query else None)), default=None)
    for name, limit_at, sql in (("since", since, "h.seen_at >= :since"), ("until", until, "h.seen_at <= :until")):
        if limit_at is not None:
            conditions.append(sql)
            values[name] = stored(limit_at)
    if wanted.severities:
        conditions.append(f"h.severity IN ({', '.join(str(int(s)) for s in wanted.severities)})")
    if query is not None:
        conditions += query_conditions(query, values)
    if before is not None:
        conditions.append("(h.seen_at, h.id) < (:before_at, :before_id)")
        values |= {"before_at": stored(before.seen_at), "before_id": before.id}
    return _FOUND.format(conditions="".join(f"\n  AND {condition}" for condition in conditions)), values
