"""Hits in pages, as a person looks through them: filters, counts by actor, feed, rule and day."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.model.severity import Severity
from monitor.store.db.statements import Reader, Row, moment, rows
from monitor.store.hit_filter import Cursor, HitFilter, Window, conditions
from monitor.store.hit_windows import is_complete, windows

PAGE = 25
MAX_WINDOWS = 4  # that are looked at for a page
MAX_COUNTED = 20_000  # hits that are counted, the newest: so that counting takes a bounded time
MAX_FACETED = 2_000  # hits whose actors, rules, feeds and triage are counted, the newest
MAX_VALUES = 15  # of one facet

# CROSS: in this order, so that the hits are walked from the newest until there are enough, or only those of the driver
_WALKED = "hits h{entry}"
_DRIVEN = "({driver}) d CROSS JOIN hits h ON h.id = d.id{entry}"
_ENTRY = " CROSS JOIN entries e ON e.id = h.entry_id"
_FOUND = """
SELECT h.id, h.entry_id, h.version, h.severity, h.triage, h.seen_at FROM {tables}
WHERE h.canary = 0{conditions}
ORDER BY h.seen_at DESC, h.id DESC
LIMIT :limit
"""
# the entries are read of the hits that are shown only
_OF_PAGE = """
SELECT f.id, f.severity, f.triage, f.seen_at, e.story_id
FROM ({found}) f CROSS JOIN entries e ON e.id = f.entry_id
ORDER BY f.seen_at DESC, f.id DESC
"""

_COUNTS = """
WITH found AS MATERIALIZED ({found}),
     newest AS MATERIALIZED (SELECT * FROM found LIMIT :faceted)
SELECT 'day' AS facet, substr(seen_at, 1, 10) || severity AS value, count(*) AS number FROM found GROUP BY 2
UNION ALL SELECT 'severity', severity, count(*) FROM newest GROUP BY severity
UNION ALL SELECT 'triage', coalesce(triage, 'none'), count(*) FROM newest GROUP BY 2
UNION ALL SELECT 'feed', e.feed, count(*) FROM newest n JOIN entries e ON e.id = n.entry_id GROUP BY e.feed
UNION ALL SELECT 'rule', r.rule, count(*) FROM newest n CROSS JOIN hit_rules r ON r.hit_id = n.id GROUP BY r.rule
UNION ALL SELECT 'actor', actor, count(*) FROM (
    SELECT DISTINCT n.id, m.actor FROM newest n JOIN mentions m ON m.entry_id = n.entry_id AND m.version = n.version
    WHERE m.actor IS NOT NULL) GROUP BY actor
"""


@dataclass(frozen=True, slots=True)
class FoundHit:
    """A hit of a page."""

    id: int
    severity: Severity
    seen_at: datetime
    story: int
    triage: str | None

    @property
    def cursor(self) -> Cursor:
        """Return the position of this hit."""
        return Cursor(self.seen_at, self.id)


@dataclass(frozen=True, slots=True)
class HitPage:
    """Hits, the newest first, and how far back was looked."""

    hits: list[FoundHit]
    searched_to: Cursor | None = None  # older hits were not looked at; None: all were, or the page is full


@dataclass(frozen=True, slots=True)
class HitCounts:
    """How many hits there are, of those that were looked at."""

    total: int
    # by facet: value and number of hits, largest first; counted in the newest MAX_FACETED hits
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    days: dict[str, dict[Severity, int]] = field(default_factory=dict)  # by day of UTC, 2026-11-27
    after: datetime | None = None  # hits of then and before were not looked at; None: all were
    is_complete: bool = True  # whether all hits of the filter were counted

    @property
    def has_all_facets(self) -> bool:
        """Whether the facets count all hits of the filter."""
        return self.total <= MAX_FACETED and self.is_complete


def find_hits(
    db: Reader,
    wanted: HitFilter,
    *,
    before: Cursor | None = None,
    limit: int = PAGE,
    most_windows: int | None = MAX_WINDOWS,
) -> HitPage:
    """Return hits, the newest first, as far as they are found in a bounded time.

    Args:
        db: A reader.
        wanted: Which hits.
        before: Only hits older than this one; None: from the newest.
        limit: At most this many.
        most_windows: How many windows to look at; None: as many as it takes.
    """
    found: list[FoundHit] = []
    for number, window in enumerate(windows(db, wanted, before), 1):
        sql, values = _statement(wanted, window)
        for row in rows(db, _OF_PAGE.format(found=sql), values | {"limit": limit - len(found)}):
            severity, seen_at = Severity(row["severity"]), moment(row["seen_at"])
            found.append(FoundHit(row["id"], severity, seen_at, row["story_id"], row["triage"]))
        if len(found) >= limit or is_complete(wanted, window):
            break
        if number == most_windows:
            return HitPage(found, window.end)
    return HitPage(found)


def hit_page(db: Reader, wanted: HitFilter, *, before: Cursor | None = None, limit: int = PAGE) -> list[FoundHit]:
    """Return hits, the newest first, however long it takes.

    Args:
        db: A reader.
        wanted: Which hits.
        before: Only hits older than this one; None: from the newest.
        limit: At most this many.
    """
    return find_hits(db, wanted, before=before, limit=limit, most_windows=None).hits


def count_hits(db: Reader, wanted: HitFilter) -> HitCounts:
    """Return the counts of the newest hits that *wanted* describes."""
    (window,) = itertools.islice(windows(db, wanted), 1)
    sql, values = _statement(wanted, window)
    by_facet: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in rows(db, _COUNTS.format(found=sql), values | {"limit": MAX_COUNTED, "faceted": MAX_FACETED}):
        by_facet[row["facet"]].append((str(row["value"]), row["number"]))
    days: dict[str, dict[Severity, int]] = defaultdict(dict)
    for value, number in by_facet.pop("day", []):
        days[value[:10]][Severity(int(value[10:]))] = number
    total = sum(sum(numbers.values()) for numbers in days.values())
    severities = sorted(by_facet.pop("severity", []), reverse=True)
    facets = {
        name: sorted(found, key=lambda item: (-item[1], item[0]))[:MAX_VALUES] for name, found in by_facet.items()
    }
    return HitCounts(
        total,
        {"severity": [(Severity(int(s)).word, n) for s, n in severities]} | facets,
        dict(days),
        None if is_complete(wanted, window) else window.after,
        total < MAX_COUNTED and is_complete(wanted, window),
    )


def _statement(wanted: HitFilter, window: Window) -> tuple[str, Row]:
    """Return the statement for the newest hits of *wanted* in *window*, and its parameters but for the limit."""
    asked = replace(wanted, feed=None) if window.driver_of == "feed" else wanted  # it lists only hits of the feed
    sql, values = conditions(asked, window)
    if window.driver_of:
        values[window.driver_of] = getattr(wanted, window.driver_of)
    entry = _ENTRY if asked.needs_entry else ""
    tables = (_DRIVEN if window.driver else _WALKED).format(driver=window.driver, entry=entry)
    return _FOUND.format(tables=tables, conditions=sql), values
