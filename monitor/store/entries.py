"""Entries: what feeds brought, and the texts they have had."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.model import Entry, KnownEntry, Text
from monitor.store.db.statements import Reader, Row, Values, Writer, change, first, returned, rows
from monitor.store.db.timestamps import moment, stored

_DAY = timedelta(days=1)

_KNOWN = """
SELECT id, key, version, raw_hash, text_hash, link, title, summary, published_at
FROM entries WHERE feed = :feed"""
_FIND = f"{_KNOWN} AND key = :key"
_LAST_SHOWN = "ORDER BY last_seen_at DESC, id DESC LIMIT :limit"
_SHOWN = f"{_KNOWN} {_LAST_SHOWN}"
_RAW_HASHES = f"SELECT raw_hash FROM entries WHERE feed = :feed {_LAST_SHOWN}"  # noqa: S608 - a constant

_ADD = """
INSERT INTO entries (feed, key, outlet, link, title, summary, content, author, published_at, updated_at,
                     first_seen_at, last_seen_at, raw_hash, text_hash, version, story_id, story_reason, canary)
VALUES (:feed, :key, :outlet, :link, :title, :summary, :content, :author, :published_at, :updated_at,
        :first_seen_at, :first_seen_at, :raw_hash, :text_hash, :version, :story, :reason, :canary)
RETURNING id
"""

_KEEP_QUOTED_TEXT = """
INSERT INTO entry_versions (entry_id, version, title, summary, content, link, raw_hash, replaced_at)
SELECT id, version, title, summary, content, link, raw_hash, :now
FROM entries
WHERE id = :id AND (
    EXISTS (SELECT 1 FROM hits h WHERE h.entry_id = entries.id)
    OR EXISTS (SELECT 1 FROM mentions m WHERE m.entry_id = entries.id AND m.version = entries.version))
"""

_REPLACE = """
UPDATE entries
SET link = :link, title = :title, summary = :summary, content = :content, author = :author,
    published_at = :published_at, updated_at = :updated_at, raw_hash = :raw_hash, text_hash = :text_hash,
    version = version + 1
WHERE id = :id
RETURNING version
"""

# a document a day is enough to tell what has gone; a clock that was set back begins anew
_NOTE_READING = """
UPDATE feeds
SET gone_before = CASE WHEN read_at <= :now THEN read_at END, read_at = :now
WHERE key = :feed AND (read_at IS NULL OR read_at <= :day_ago OR read_at > :now)
"""

_NOTE_SHOWN = """
UPDATE entries SET last_seen_at = :now
WHERE feed = :feed AND key IN (SELECT value FROM json_each(:keys))
  AND +last_seen_at < (SELECT read_at FROM feeds WHERE feeds.key = :feed)  -- the plus: found by key, not by age
"""

_RENAME = "UPDATE entries SET key = :key WHERE id = :id"
_NOTE_RAW = "UPDATE entries SET raw_hash = :raw_hash WHERE id = :id"
_PUBLISHED = """
SELECT published_at FROM entries
WHERE feed = :feed AND published_at IS NOT NULL AND published_at <= :now
ORDER BY published_at DESC LIMIT :limit
"""
_OLDEST = "SELECT first_seen_at FROM entries ORDER BY id LIMIT 1"
_LOAD = "SELECT * FROM entries WHERE id = :id"
_STORY = "SELECT story_id FROM entries WHERE id = :id"


def text_hash(text: Text) -> bytes:
    """Return the SHA-256 of the three fields of *text*."""
    # no cleaned text holds a NUL, so that no word can move from one field to the next unseen
    return hashlib.sha256("\0".join((text.title, text.summary, text.content)).encode()).digest()


def find_known(db: Reader, feed: str, keys: Iterable[str]) -> dict[str, KnownEntry]:
    """Return those of *keys* that the feed has brought before, each with what is known of it."""
    found = ((key, first(db, _FIND, {"feed": feed, "key": key})) for key in keys)
    return {key: _known(row) for key, row in found if row}


def last_listed(db: Reader, feed: str, limit: int) -> list[KnownEntry]:
    """Return the entries of *feed* that its documents showed last, at most *limit*."""
    return [_known(row) for row in rows(db, _SHOWN, {"feed": feed, "limit": limit})]


def raw_hashes(db: Reader, feed: str, limit: int) -> list[bytes]:
    """Return the hashes of those that ``last_listed`` returns."""
    return [row["raw_hash"] for row in rows(db, _RAW_HASHES, {"feed": feed, "limit": limit})]


def change_key(db: Writer, entry_id: int, key: str) -> None:
    """Give an entry the *key*, new to its feed, under which the feed shows it from now on."""
    change(db, _RENAME, {"id": entry_id, "key": key})


def add_entry(db: Writer, entry: Entry, *, story: int, story_reason: str, canary: bool = False) -> int:
    """Return the id of *entry*, which is new and belongs to *story*; *story_reason* says why, for people.

    *canary* marks one that was invented: it counts nowhere.
    """
    row = returned(db, _ADD, _values(entry) | {"story": story, "reason": story_reason, "canary": canary})
    return int(row["id"])


def replace_text(db: Writer, entry_id: int, entry: Entry, now: datetime) -> int:
    """Give a known entry its new text, link, author and dates, and return the number of the new version.

    The text before it is kept when a mention quotes it or the entry was ever a hit. Feed, key, outlet, story and the
    moment it was first seen stay as they are.
    """
    change(db, _KEEP_QUOTED_TEXT, {"id": entry_id, "now": stored(now)})
    row = returned(db, _REPLACE, _values(entry) | {"id": entry_id})
    return int(row["version"])


def update_raw_hash(db: Writer, entry_id: int, raw_hash: bytes) -> None:
    """Remember how the document wrote an entry whose text did not change, so that it is not read again."""
    change(db, _NOTE_RAW, {"id": entry_id, "raw_hash": raw_hash})


def record_listed(db: Writer, feed: str, keys: Iterable[str], now: datetime) -> None:
    """Remember that the document of *feed* that was just read shows the entries of *keys*, and no others.

    An entry is out of its feed when two documents, read a day or more apart, were without it; only then may it be
    forgotten, for one that is still shown would come back as new. A feed that answers "not modified", fails or was
    removed brings no document, so its entries count as shown. ``last_seen_at`` is written once a day at most: that
    it is not before ``feeds.gone_before`` is what says "shown".
    """
    values = {"feed": feed, "keys": json.dumps(list(keys)), "now": stored(now), "day_ago": stored(now - _DAY)}
    change(db, _NOTE_READING, values)
    change(db, _NOTE_SHOWN, values)


def publication_times(db: Reader, feed: str, now: datetime, limit: int) -> list[datetime]:
    """Return when the entries of *feed* were published that say so, the newest *limit* that are not after *now*."""
    found = rows(db, _PUBLISHED, {"feed": feed, "now": stored(now), "limit": limit})
    return [moment(row["published_at"]) for row in found]


def oldest_seen_at(db: Reader) -> datetime | None:
    """Return when the oldest entry that is kept was first seen; None when there is none."""
    row = first(db, _OLDEST)
    return moment(row["first_seen_at"]) if row else None


def load_entry(db: Reader, entry_id: int) -> Entry | None:
    """Return an entry with its newest text, None when there is none of that id."""
    row = first(db, _LOAD, {"id": entry_id})
    return entry_of(row) if row else None


def story_of(db: Reader, entry_id: int) -> int:
    """Return the id of the story that an entry belongs to; LookupError when there is no such entry."""
    row = first(db, _STORY, {"id": entry_id})
    if row is None:
        raise LookupError(f"no entry {entry_id}")
    return int(row["story_id"])


def entry_of(row: Row) -> Entry:
    """Return the entry in a row that has the columns of the table."""
    return Entry(
        feed=row["feed"],
        key=row["key"],
        outlet=row["outlet"],
        link=row["link"],
        text=Text(row["title"], row["summary"], row["content"]),
        author=row["author"],
        published_at=moment(row["published_at"]),
        updated_at=moment(row["updated_at"]),
        first_seen_at=moment(row["first_seen_at"]),
        raw_hash=row["raw_hash"],
        version=row["version"],
    )


def _known(row: Row) -> KnownEntry:
    return KnownEntry(**row | {"published_at": moment(row["published_at"])})


def _values(entry: Entry) -> Values:
    return {
        "feed": entry.feed,
        "key": entry.key,
        "outlet": entry.outlet,
        "link": entry.link,
        "title": entry.text.title,
        "summary": entry.text.summary,
        "content": entry.text.content,
        "author": entry.author,
        "published_at": stored(entry.published_at),
        "updated_at": stored(entry.updated_at),
        "first_seen_at": stored(entry.first_seen_at),
        "raw_hash": entry.raw_hash,
        # of what the feed shows: the article behind it is not asked for again
        "text_hash": text_hash(entry.as_fed or entry.text),
        "version": entry.version,
    }
