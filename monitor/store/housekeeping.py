"""What keeps the file from growing for ever: old entries and hits go, free pages and the log are given back.

Nothing goes that somebody may still need. An entry stays while its feed shows it (``entries.record_listed``), since
one that is forgotten and still shown would come back as new and alert a second time. A hit stays while a delivery
that carries it is open, pending or in flight, and it stays and goes together with its entry: with the texts,
mentions, decisions, attempts and deliveries that are about it alone, and with a story that is left empty.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.store import hash_chain
from monitor.store.db.statements import Reader, Row, Writer, change, in_words, rows
from monitor.store.db.timestamps import stored

LOOKED_AT = 1000  # entries in one transaction; deleting so many takes less than a tenth of a second
PAGES = 1000  # given back in one transaction
SPARE = 0.1  # of the file may be free: what goes at night is needed again by day
LARGE_LOG = 64 * 1024 * 1024  # bytes; a reader that stays open lets the write-ahead log grow
AHEAD = timedelta(minutes=1)  # less than that is no clock that was wrong, but work that goes on meanwhile
PATIENCE_MS = 200  # for readers to finish, when the log is cut

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

# messages that carry no hit: health, canary, an empty digest
_DELETE_EMPTY_DELIVERIES = f"""
DELETE FROM deliveries WHERE id IN (
    SELECT d.id FROM deliveries d
    WHERE d.state IN ('sent', 'dead', 'dropped') AND d.created_at < :before AND {_IS_EMPTY} LIMIT :limit)
"""  # noqa: S608 - a constant

# a moment that is yet to come, in what has happened already, was written while the clock was ahead
_HASTEN_FEEDS = """
UPDATE feeds SET due_at = :now
WHERE configured = 1 AND due_at > :now AND last_poll_at > :soon
"""

_HASTEN_DELIVERIES = """
UPDATE deliveries SET due_at = :now
WHERE state IN ('open', 'pending') AND due_at > :now
  AND (created_at > :soon
       OR EXISTS (SELECT 1 FROM attempts a WHERE a.delivery_id = deliveries.id AND a.started_at > :soon))
"""

_HASTEN_TIMERS = "UPDATE timers SET due_at = :now WHERE due_at > :now AND set_at > :soon"

_PAGES = "SELECT (SELECT * FROM pragma_freelist_count) AS free, (SELECT * FROM pragma_page_count) AS pages"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one round of ``prune`` has come."""

    seen_at: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went; *go_on* is where the next transaction begins, None when the round is over."""

    entries: int = 0
    hits: int = 0
    deliveries: int = 0
    stories: int = 0
    go_on: Mark | None = None

    def __add__(self, later: Pruned) -> Pruned:
        """Return the sum, which goes on where *later* does."""
        return Pruned(
            self.entries + later.entries,
            self.hits + later.hits,
            self.deliveries + later.deliveries,
            self.stories + later.stories,
            later.go_on,
        )


def prune(
    db: Writer,
    now: datetime,
    *,
    keep_entries_s: float,
    keep_hits_s: float,
    begin: Mark = Mark(),
    limit: int = LOOKED_AT,
) -> Pruned:
    """Delete what is old among the next *limit* entries, and return what that was and where to go on.

    One transaction looks at a bounded number of entries, so that a poll's commit never waits for long; call it with
    *begin* as ``go_on`` says until that is None.

    Args:
        db: The writer, in a transaction.
        now: The ages count up to this moment.
        keep_entries_s: How long an entry without a hit is kept, from when its feed last showed it.
        keep_hits_s: How long a hit is kept, and from when its feed last showed it the entry of one.
        begin: Where to begin.
        limit: How many entries are looked at.
    """
    entries_before = stored(now - timedelta(seconds=keep_entries_s))
    hits_before = stored(now - timedelta(seconds=keep_hits_s))
    before = max(entries_before, hits_before)
    looked_at = rows(db, _OLDEST, {"before": before, "seen_at": begin.seen_at, "id": begin.id, "limit": limit})
    old = {"ids": _ids(looked_at), "entries_before": entries_before, "hits_before": hits_before}
    pruned = _delete(db, rows(db, _PRUNABLE, old), now)
    if len(looked_at) == limit:
        return pruned + Pruned(go_on=Mark(looked_at[-1]["last_seen_at"], looked_at[-1]["id"]))
    # the rest of these, should it be more, goes in the next round
    return pruned + Pruned(deliveries=change(db, _DELETE_EMPTY_DELIVERIES, {"before": hits_before, "limit": limit}))


def _delete(db: Writer, entries: list[Row], now: datetime) -> Pruned:
    ids = {"ids": _ids(entries)}
    deliveries = {"ids": _ids(rows(db, _DELIVERIES_OF, ids))}
    stories = {"ids": json.dumps(list({entry["story_id"] for entry in entries}))}
    hash_chain.note_gone(db, ids["ids"], now)
    pruned = Pruned(
        hits=change(db, _DELETE_HITS, ids),  # before all that they refer to
        deliveries=change(db, _DELETE_DELIVERIES, deliveries),
        entries=change(db, _DELETE_ENTRIES, ids),
        stories=change(db, _DELETE_STORIES, stories),
    )
    if pruned.hits:
        hash_chain.trim(db)
    return pruned


def _ids(found: Iterable[Row]) -> str:
    return json.dumps([row["id"] for row in found])


def hasten(db: Writer, now: datetime) -> int:
    """Make due what a clock that was ahead put off, and return how many feeds, deliveries and timers that were.

    After the clock was set back by a day, feeds would rest and alerts would wait for that day.
    """
    moments = {"now": stored(now), "soon": stored(now + AHEAD)}
    return sum(change(db, sql, moments) for sql in (_HASTEN_FEEDS, _HASTEN_DELIVERIES, _HASTEN_TIMERS))


def give_back(db: Writer, pages: int = PAGES) -> bool:
    """Give at most *pages* free pages back to the file system; return whether there are more than are worth keeping.

    A tenth of the file stays free, for what is written next. Not within a transaction: it is one by itself.
    """
    if not _worth_giving_back(db):
        return False
    with in_words(db.path):
        # a script, since it frees a page with each step, and the driver takes one step for what has no columns
        db.conn.executescript(f"PRAGMA incremental_vacuum({int(pages)})")
    return _worth_giving_back(db)


def _worth_giving_back(db: Reader) -> bool:
    found = rows(db, _PAGES)[0]
    return bool(found["free"] > SPARE * found["pages"])


def checkpoint(db: Writer) -> bool:
    """Copy the write-ahead log into the file, and cut the log when it is large; return whether it is small now.

    Not within a transaction. A reader that is in the middle of something keeps the log from being cut; the next
    call tries again.
    """
    large = wal_size(db.path) > LARGE_LOG
    with in_words(db.path):
        before = _pragma(db, "busy_timeout")
        _pragma(db, f"busy_timeout = {PATIENCE_MS}")  # the writer waits meanwhile
        try:
            _pragma(db, f"wal_checkpoint({'TRUNCATE' if large else 'PASSIVE'})")
        finally:
            _pragma(db, f"busy_timeout = {before}")
    return wal_size(db.path) <= LARGE_LOG


def wal_size(path: Path) -> int:
    """Return how many bytes the write-ahead log of the database at *path* has; 0 when there is none."""
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size
    except OSError:
        return 0


def _pragma(db: Reader, words: str) -> Any:
    return db.execute(f"PRAGMA {words}").fetchone()[0]
