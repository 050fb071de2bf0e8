"""Measure the time from the publication of an entry to the acceptance of its alert by a destination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.store.db.statements import Reader, rows, stored

# the first accepted message of each hit; an entry without a date counts from when it was first seen
_LATENCIES = """
SELECT (julianday(min(d.sent_at)) - julianday(coalesce(e.published_at, e.first_seen_at))) * 86400.0 AS seconds
FROM deliveries d INDEXED BY deliveries_created
CROSS JOIN delivery_hits c ON c.delivery_id = d.id
JOIN hits h ON h.id = c.hit_id
JOIN entries e ON e.id = h.entry_id
WHERE d.state = 'sent' AND d.created_at >= :since AND d.kind = 'alert' AND h.canary = 0
GROUP BY h.id
LIMIT 20000
"""


def latency_counts(db: Reader, since: datetime, bounds_s: Sequence[float]) -> tuple[list[int], float]:
    """Return how many hits a destination received within each number of seconds, and the sum of all latencies.

    The last count is the number of all hits that a destination received. A latency is the time from the publication of
    the entry to the acceptance of the first message with the hit.

    Args:
        db: Any connection to the database.
        since: Only messages that were created at this time or later are counted.
        bounds_s: Upper bounds in seconds, in rising order.
    """
    seconds = [max(0.0, row["seconds"]) for row in rows(db, _LATENCIES, {"since": stored(since)})]
    return [*(sum(s <= bound for s in seconds) for bound in bounds_s), len(seconds)], sum(seconds)


@dataclass(frozen=True, slots=True)
class LatencySummary:
    """How long it took from the publication of entries to the acceptance of their alerts."""

    number: int  # of notified hits
    median_s: float
    p95_s: float


def latency_summary(db: Reader, since: datetime) -> LatencySummary | None:
    """Return the median and the 95th percentile of the latencies; None if no hit was notified.

    Args:
        db: Any connection to the database.
        since: Only messages that were created at this time or later count.
    """
    seconds = sorted(max(0.0, row["seconds"]) for row in rows(db, _LATENCIES, {"since": stored(since)}))
    if not seconds:
        return None
    return LatencySummary(len(seconds), seconds[len(seconds) // 2], seconds[int(0.95 * (len(seconds) - 1))])
