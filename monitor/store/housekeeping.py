"""Retention: delete old entries and hits, release unused pages of the file, and keep the write-ahead log small.

Nothing that is still needed is deleted. An entry stays as long as its feed lists it (``entries.record_listed``): if it
were deleted earlier, the next poll would take it for new and alert a second time. A hit stays as long as a delivery
that contains it is open, pending or in flight. A hit and its entry are deleted together, with their texts, mentions,
decisions and attempts, with deliveries that contain nothing else, and with a story that becomes empty.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.errors import StoreError
from monitor.store import hash_chain
from monitor.store.db.statements import Reader, Row, Writer, change, explain_errors, rows, stored

ENTRIES_PER_STEP = 1000  # examined in one transaction; deleting them all takes less than 0.1 s
PAGES_PER_STEP = 1000  # returned in one transaction
SPARE = 0.1  # share of the file that may stay free for what is written next
LARGE_LOG = 64 * 1024 * 1024  # bytes; the write-ahead log grows as long as a reader stays open
CLOCK_TOLERANCE = timedelta(minutes=1)  # smaller differences come from work in progress, not from a wrong clock
TRUNCATE_WAIT_MS = 200  # how long to wait for readers before the log is truncated

_OLDEST = """
SELECT id, last_seen_at FROM entries
WHERE last_seen_at < :before AND (last_seen_at, id) > (:seen_at, :id)
ORDER BY last_seen_at, id LIMIT :limit
"""

_PRUNABLE = """
SELECT e.id, e.story_id FROM entries e JOIN feeds f ON f.key = e.feed
WHERE e.id IN (SELECT value FROM json_each(:ids)) AND e.last_seen_at < f.gone_before
  AND CASE WHEN EXISTS (SELECT 1 FROM hits h WHERE h.entry_id = e.id)
      THEN e.last_seen_at < :hits_before
           AND NOT EXISTS (SELECT 1 FROM hits h WHERE h.entry_id = e.id AND h.seen_at >= :hits_before)
           AND NOT EXISTS (
               SELECT 1 FROM hits h JOIN delivery_hits c ON c.hit_id = h.id JOIN deliveries d ON d.id = c.delivery_id
               WHERE h.entry_id = e.id AND d.state IN ('open', 'pending', 'in flight'))
      ELSE e.last_seen_at < :entries_before END
"""

_DELIVERIES_OF = """
SELECT DISTINCT c.delivery_id AS id FROM delivery_hits c JOIN hits h ON h.id = c.hit_id
WHERE h.entry_id IN (SELECT value FROM json_each(:ids))
"""

_DELETE_HITS = "DELETE FROM hits WHERE entry_id IN (SELECT value FROM json_each(:ids))"
_DELETE_ENTRIES = "DELETE FROM entries WHERE id IN (SELECT value FROM json_each(:ids))"

_DELETE_STORIES = """
DELETE FROM stories WHERE id IN (SELECT value FROM json_each(:ids))
  AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.story_id = stories.id)
  AND NOT EXISTS (SELECT 1 FROM stories later WHERE later.follows = stories.id)
"""

_IS_EMPTY = """
NOT EXISTS (SELECT 1 FROM delivery_hits c WHERE c.delivery_id = d.id)
  AND NOT EXISTS (SELECT 1 FROM decisions s WHERE s.delivery_id = d.id)
"""

_DELETE_DELIVERIES = f"""
DELETE FROM deliveries AS d WHERE id IN (SELECT value FROM json_each(:ids))
  AND state IN ('sent', 'dead', 'dropped') AND {_IS_EMPTY}
"""  # noqa: S608 - a constant

# messages without a hit: health, canary, an empty digest
_DELETE_EMPTY_DELIVERIES = f"""
DELETE FROM deliveries WHERE id IN (
    SELECT d.id FROM deliveries d
    WHERE d.state IN ('sent', 'dead', 'dropped') AND d.created_at < :before AND {_IS_EMPTY} LIMIT :limit)
"""  # noqa: S608 - a constant

# a past event with a timestamp in the future was recorded while the clock was ahead
_BRING_FORWARD_FEEDS = """
UPDATE feeds SET due_at = :now
WHERE configured = 1 AND due_at > :now AND last_poll_at > :soon
"""

_BRING_FORWARD_DELIVERIES = """
UPDATE deliveries SET due_at = :now
WHERE state IN ('open', 'pending') AND due_at > :now
  AND (created_at > :soon
       OR EXISTS (SELECT 1 FROM attempts a WHERE a.delivery_id = deliveries.id AND a.started_at > :soon))
"""

_BRING_FORWARD_TIMERS = "UPDATE timers SET due_at = :now WHERE due_at > :now AND set_at > :soon"

_PAGES = "SELECT (SELECT * FROM pragma_freelist_count) AS free, (SELECT * FROM pragma_page_count) AS pages"


@dataclass(frozen=True, slots=True)
class PruneCursor:
    """The position in the entries where the next step of ``prune`` starts."""

    seen_at: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows ``prune`` deleted, and where its next step starts; ``resume_at`` is None after the last step."""

    entries: int = 0
    hits: int = 0
    deliveries: int = 0
    stories: int = 0
    resume_at: PruneCursor | None = None

    def __add__(self, later: Pruned) -> Pruned:
        """Return the total of this result and that of the *later* step; ``resume_at`` is that of *later*."""
        return Pruned(
            self.entries + later.entries,
            self.hits + later.hits,
            self.deliveries + later.deliveries,
            self.stories + later.stories,
            later.resume_at,
        )


def prune(
    db: Writer,
    now: datetime,
    *,
    keep_entries_s: float,
    keep_hits_s: float,
    start: PruneCursor = PruneCursor(),
    limit: int = ENTRIES_PER_STEP,
) -> Pruned:
    """Examine the next *limit* entries and delete those that are too old, with their hits.

    A step examines a bounded number of entries so that the commit of a poll never waits for long. Call it again with
    ``resume_at`` as *start* until that is None.

    Args:
        db: The writing connection, in a transaction.
        now: The current time; ages count back from it.
        keep_entries_s: Seconds to keep an entry without a hit, from when its feed last listed it.
        keep_hits_s: Seconds to keep a hit from when it was found, and its entry from when its feed last listed it.
        start: Where to start; the default is the oldest entry.
        limit: How many entries to examine.

    Returns:
        How many rows were deleted, and where the next step starts.
    """
    entries_before = stored(now - timedelta(seconds=keep_entries_s))
    hits_before = stored(now - timedelta(seconds=keep_hits_s))
    before = max(entries_before, hits_before)
    examined = rows(db, _OLDEST, {"before": before, "seen_at": start.seen_at, "id": start.id, "limit": limit})
    old = {"ids": _ids(examined), "entries_before": entries_before, "hits_before": hits_before}
    pruned = _delete(db, rows(db, _PRUNABLE, old), now)
    if len(examined) == limit:
        return pruned + Pruned(resume_at=PruneCursor(examined[-1]["last_seen_at"], examined[-1]["id"]))
    # if there are more rows, the next round deletes them
    return pruned + Pruned(deliveries=change(db, _DELETE_EMPTY_DELIVERIES, {"before": hits_before, "limit": limit}))


def _delete(db: Writer, entries: list[Row], now: datetime) -> Pruned:
    ids = {"ids": _ids(entries)}
    deliveries = {"ids": _ids(rows(db, _DELIVERIES_OF, ids))}
    stories = {"ids": json.dumps(list({entry["story_id"] for entry in entries}))}
    hash_chain.mark_deleted(db, ids["ids"], now)
    pruned = Pruned(
        hits=change(db, _DELETE_HITS, ids),  # these first, because they refer to the others
        deliveries=change(db, _DELETE_DELIVERIES, deliveries),
        entries=change(db, _DELETE_ENTRIES, ids),
        stories=change(db, _DELETE_STORIES, stories),
    )
    if pruned.hits:
        hash_chain.trim(db)
    return pruned


def _ids(found: Iterable[Row]) -> str:
    return json.dumps([row["id"] for row in found])


def bring_forward(db: Writer, now: datetime) -> int:
    """Make feeds, deliveries and timers due now that were scheduled while the clock was wrongly ahead; return how many.

    Without this, no feed would be polled and no alert sent for a day after the clock was set back by a day.
    """
    moments = {"now": stored(now), "soon": stored(now + CLOCK_TOLERANCE)}
    return sum(
        change(db, sql, moments) for sql in (_BRING_FORWARD_FEEDS, _BRING_FORWARD_DELIVERIES, _BRING_FORWARD_TIMERS)
    )


def release_pages(db: Writer, pages: int = PAGES_PER_STEP) -> bool:
    """Give at most *pages* unused pages of the file back to the file system; return whether too many are left.

    A tenth of the file stays free for what is written next. Call it outside a transaction: it runs in one of its own.
    """
    if not _too_many_free(db):
        return False
    with explain_errors(db.path):
        # a script, because each step of the statement frees one page, and execute() makes only one step
        db.conn.executescript(f"PRAGMA incremental_vacuum({int(pages)})")
    return _too_many_free(db)


def _too_many_free(db: Reader) -> bool:
    found = rows(db, _PAGES)[0]
    return bool(found["free"] > SPARE * found["pages"])


def checkpoint(db: Writer) -> bool:
    """Copy the write-ahead log into the database file, and truncate a large log; return whether it holds little now.

    Call it outside a transaction. While another connection is reading, the log cannot be truncated; the next call tries
    again. What counts is the part of the log that is in use: while Litestream replicates the database, it reads all the
    time, and a log that was large once remains a large file, but SQLite writes it again from the beginning.
    """
    large = wal_size(db.path) > LARGE_LOG
    with explain_errors(db.path):
        before = _pragma(db, "busy_timeout")
        _pragma(db, f"busy_timeout = {TRUNCATE_WAIT_MS}")  # no write can happen meanwhile
        try:
            _, frames, _ = db.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if large else 'PASSIVE'})").fetchone()
        finally:
            _pragma(db, f"busy_timeout = {before}")
    return bool(frames * _pragma(db, "page_size") <= LARGE_LOG)


def empty_log(db: Writer, consequence: str) -> None:
    """Copy the write-ahead log into the database file and truncate it; call it outside a transaction.

    Raises:
        StoreError: Another process reads the database. *consequence* says what the log still contains therefore.
    """
    with explain_errors(db.path):
        busy = _pragma(db, "wal_checkpoint(TRUNCATE)")
    if busy:
        raise StoreError(
            f"{db.path}: another process reads the database, so that {consequence};"
            " end that process (monitor web? litestream?), then run: monitor db vacuum"
        )


def wal_size(path: Path) -> int:
    """Return the size in bytes of the write-ahead log of the database at *path*; 0 if there is none."""
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size
    except OSError:
        return 0


def _pragma(db: Reader, words: str) -> Any:
    return db.execute(f"PRAGMA {words}").fetchone()[0]
