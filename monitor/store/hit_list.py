"""List hits with the fields that ``monitor hits`` prints.

This module imports little, because ``monitor hits`` is run often and should answer at once.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model.severity import Severity
from monitor.store.db.statements import Reader, Row, explain_errors, rows, stored

# what ``monitor hits --json``, ``--ndjson`` and ``--csv`` print of a hit, in this order
HIT_FIELDS = (
    *("id", "seen_at", "published_at", "severity", "title", "link", "feed", "outlet"),
    *("actors", "keywords", "rules", "story", "triage"),
)
TEXT_FIELDS = ("summary", "content")  # of --ndjson, after the others

BATCH = 500  # hits

_LIST = """
SELECT h.id, h.seen_at, e.published_at, h.severity, coalesce(v.title, e.title) AS title, e.link, e.feed,
       e.outlet,
       (SELECT json_group_array(actor) FROM (
            SELECT m.actor FROM mentions m
            WHERE m.entry_id = h.entry_id AND m.version = h.version AND m.actor IS NOT NULL
            GROUP BY m.actor ORDER BY min(m.id))) AS actors,
       (SELECT json_group_array(keyword) FROM (
            SELECT m.keyword FROM mentions m
            WHERE m.entry_id = h.entry_id AND m.version = h.version AND m.keyword IS NOT NULL
            GROUP BY m.keyword ORDER BY min(m.id))) AS keywords,
       (SELECT json_group_array(rule) FROM (
            SELECT rule FROM hit_rules r WHERE r.hit_id = h.id ORDER BY position)) AS rules,
       e.story_id AS story, h.triage{texts}
FROM hits h
JOIN entries e ON e.id = h.entry_id
LEFT JOIN entry_versions v ON v.entry_id = h.entry_id AND v.version = h.version
"""

_WANTED = """
WHERE (:since IS NULL OR h.seen_at >= :since)
  AND (:until IS NULL OR h.seen_at <= :until)
  AND (:feed IS NULL OR e.feed = :feed)
  AND (:severity IS NULL OR h.severity >= :severity)
  AND (:actor IS NULL OR EXISTS (
        SELECT 1 FROM mentions m
        WHERE m.entry_id = h.entry_id AND m.version = h.version AND m.actor = :actor))
  AND (:rule IS NULL OR EXISTS (SELECT 1 FROM hit_rules r WHERE r.hit_id = h.id AND r.rule = :rule))
  AND (:triage IS NULL OR coalesce(h.triage, 'none') = :triage)
  AND (:canaries OR h.canary = 0)
ORDER BY h.seen_at DESC, h.id DESC
LIMIT :limit
"""

_IDS = "SELECT h.id FROM hits h JOIN entries e ON e.id = h.entry_id"

_NUMBERED = """
WHERE h.id IN (SELECT value FROM json_each(:ids))
ORDER BY h.seen_at DESC, h.id DESC
"""

_TEXTS = """,
       coalesce(v.summary, e.summary) AS summary, coalesce(v.content, e.content) AS content"""


@dataclass(frozen=True, slots=True)
class HitQuery:
    """Which hits to list: those that meet every condition; a condition of None is not applied."""

    since: datetime | None = None  # seen then or later
    until: datetime | None = None  # seen then or earlier
    actor: str | None = None
    feed: str | None = None
    rule: str | None = None
    min_severity: Severity | None = None
    triage: str | None = None  # relevant, noise or ack; "none": not triaged
    canaries: bool = False  # include canaries
    limit: int | None = 1000  # None: all

    @property
    def values(self) -> Row:
        """Return the conditions of this query as the parameters of an SQL statement."""
        return {
            "since": stored(self.since),
            "until": stored(self.until),
            "actor": self.actor,
            "feed": self.feed,
            "rule": self.rule,
            "severity": self.min_severity,
            "triage": self.triage,
            "canaries": self.canaries,
            "limit": -1 if self.limit is None else self.limit,  # SQLite: a negative limit is none
        }


def list_hits(db: Reader, query: HitQuery, *, with_texts: bool = False) -> list[Row]:
    """Return the hits that meet *query*, the newest first, as dictionaries for JSON.

    Keys: id, seen_at, published_at, severity (its name), title, link, feed, outlet, actors, keywords, rules (lists;
    mentions in reading order, rules in the order of the watchlist), story, triage. Times are text; published_at and
    triage may be None.

    Args:
        db: Any connection to the database.
        query: The conditions that the hits must meet.
        with_texts: Also return summary and content.
    """
    sql = _LIST.format(texts=_TEXTS if with_texts else "") + _WANTED
    return [_summary(row) for row in rows(db, sql, query.values)]


def hit_ids(db: Reader, query: HitQuery) -> Sequence[int]:
    """Return the ids of the hits that meet *query*, the newest first."""
    with explain_errors(db.path):
        return array("q", (number for (number,) in db.execute(_IDS + _WANTED, query.values)))


def hit_batches(db: Reader, ids: Sequence[int], *, with_texts: bool = False) -> Iterator[Row]:
    """Yield the hits with the given *ids* as ``list_hits`` returns them; at most ``BATCH`` of them are in memory.

    No query stays open between two batches, so that a running daemon can write.

    Args:
        db: Any connection to the database.
        ids: The ids of the hits, the newest first; ids of hits that do not exist are skipped.
        with_texts: Also return summary and content.
    """
    for at in range(0, len(ids), BATCH):
        yield from hits_with_ids(db, ids[at : at + BATCH], with_texts=with_texts)


def hits_with_ids(db: Reader, ids: Iterable[int], *, with_texts: bool = False) -> list[Row]:
    """Return the hits with the given *ids*, the newest first, as ``list_hits`` returns them.

    Args:
        db: Any connection to the database.
        ids: The ids of the hits; ids of hits that do not exist are skipped.
        with_texts: Also return summary and content.
    """
    sql = _LIST.format(texts=_TEXTS if with_texts else "") + _NUMBERED
    return [_summary(row) for row in rows(db, sql, {"ids": json.dumps(list(ids))})]


def _summary(row: Row) -> Row:
    lists = {name: json.loads(row[name]) for name in ("actors", "keywords", "rules")}
    return row | lists | {"severity": Severity(row["severity"]).word}
