"""Store entries of feeds, and earlier versions of their texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Entry, KnownEntry, Text
from monitor.store.db.statements import Reader, Row, Values, Writer, change, first, moment, returned, rows, stored

_DAY = timedelta(days=1)

_KNOWN = """
SELECT id, key, version, raw_hash, text_hash, link, title, summary, published_at
FROM entries WHERE feed = :feed"""
_FIND = f"{_KNOWN} AND key = :key"
_LAST_LISTED = "ORDER BY last_seen_at DESC, id DESC LIMIT :limit"
_LISTED = f"{_KNOWN} {_LAST_LISTED}"
_RAW_HASHES = f"SELECT raw_hash FROM entries WHERE feed = :feed {_LAST_LISTED}"  # noqa: S608 - a constant

_ADD = """
INSERT INTO entries (feed, key, outlet, link, title, summary, content, author, published_at, updated_at,
                     first_seen_at, last_seen_at, raw_hash, text_hash, version, story_id, story_reason, canary,
                     unread_since)
VALUES (:feed, :key, :outlet, :link, :title, :summary, :content, :author, :published_at, :updated_at,
        :first_seen_at, :first_seen_at, :raw_hash, :text_hash, :version, :story, :reason, :canary,
        :unread_since)
RETURNING id
"""

_KEEP_QUOTED_TEXT = """
INSERT INTO entry_versions (entry_id, version, title, summary, content, link, raw_hash, replaced_at, unread_since)
SELECT id, version, title, summary, content, link, raw_hash, :now, unread_since
FROM entries
WHERE id = :id AND (
    EXISTS (SELECT 1 FROM hits h WHERE h.entry_id = entries.id)
    OR EXISTS (SELECT 1 FROM mentions m WHERE m.entry_id = entries.id AND m.version = entries.version))
"""

_REPLACE = """
UPDATE entries
SET link = :link, title = :title, summary = :summary, content = :content, author = :author,
    published_at = :published_at, updated_at = :updated_at, raw_hash = :raw_hash, text_hash = :text_hash,
    unread_since = :unread_since, version = version + 1
WHERE id = :id
RETURNING version
"""

# comparing one document a day is enough; if the clock was set back, the comparison starts again
_RECORD_READING = """
UPDATE feeds
SET gone_before = CASE WHEN read_at <= :now THEN read_at END, read_at = :now
WHERE key = :feed AND (read_at IS NULL OR read_at <= :day_ago OR read_at > :now)
"""

_RECORD_LISTED = """
UPDATE entries SET last_seen_at = :now
WHERE feed = :feed AND key IN (SELECT value FROM json_each(:keys))
  AND +last_seen_at < (SELECT read_at FROM feeds WHERE feeds.key = :feed)  -- the plus: search by key, not by age
"""

LISTED = 300  # entries of the newest documents that are looked at

_LAST = """
SELECT e.title, e.link, e.published_at, e.first_seen_at, (SELECT max(id) FROM hits WHERE entry_id = e.id) AS hit
FROM (SELECT id FROM entries WHERE feed = :feed ORDER BY last_seen_at DESC LIMIT :listed) l
CROSS JOIN entries e ON e.id = l.id
WHERE e.canary = 0 ORDER BY e.first_seen_at DESC, e.published_at DESC, e.id DESC LIMIT :limit
"""
_CHANGE_KEY = "UPDATE entries SET key = :key WHERE id = :id"
_UPDATE_RAW_HASH = "UPDATE entries SET raw_hash = :raw_hash WHERE id = :id"
_PUBLISHED = """
SELECT published_at FROM entries
WHERE feed = :feed AND published_at IS NOT NULL AND published_at <= :now
ORDER BY published_at DESC LIMIT :limit
"""
_OLDEST = "SELECT first_seen_at FROM entries ORDER BY id LIMIT 1"
_LOAD = "SELECT * FROM entries WHERE id = :id"
_STORY = "SELECT story_id FROM entries WHERE id = :id"


def text_hash(text: Text) -> bytes:
    """Return the SHA-256 hash of title, summary and content, by which an edit of the text is recognised."""
    # no cleaned text contains a NUL, so that words cannot move from one field to the next without a new hash
    return hashlib.sha256("\0".join((text.title, text.summary, text.content)).encode()).digest()


def find_known(db: Reader, feed: str, keys: Iterable[str]) -> dict[str, KnownEntry]:
    """Return the stored entries of the feed *feed* whose key is one of *keys*, by key.

    Args:
        db: Any connection to the database.
        feed: The key of the feed.
        keys: The keys to look up.
    """
    found = ((key, first(db, _FIND, {"feed": feed, "key": key})) for key in keys)
    return {key: _known(row) for key, row in found if row}


def last_listed(db: Reader, feed: str, limit: int) -> list[KnownEntry]:
    """Return the stored entries of a feed, starting with those that its newest document listed.

    Args:
        db: Any connection to the database.
        feed: The key of the feed.
        limit: The maximum number of entries to return.
    """
    return [_known(row) for row in rows(db, _LISTED, {"feed": feed, "limit": limit})]


def raw_hashes(db: Reader, feed: str, limit: int) -> list[bytes]:
    """Return the hashes of a feed's items as its documents contain them, starting with the items listed last.

    Args:
        db: Any connection to the database.
        feed: The key of the feed.
        limit: The maximum number of entries to return.
    """
    return [row["raw_hash"] for row in rows(db, _RAW_HASHES, {"feed": feed, "limit": limit})]


def change_key(db: Writer, entry_id: int, key: str) -> None:
    """Change the key of a stored entry to the one under which its feed lists it now.

    Args:
        db: The writing connection, in a transaction.
        entry_id: The id of the entry.
        key: The new key; no other entry of the feed may have it.
    """
    change(db, _CHANGE_KEY, {"id": entry_id, "key": key})


def add_entry(
    db: Writer,
    entry: Entry,
    *,
    story: int,
    story_reason: str,
    canary: bool = False,
    unread_since: datetime | None = None,
) -> int:
    """Store a new entry and return its id.

    Args:
        db: The writing connection, in a transaction.
        entry: The entry.
        story: The id of its story.
        story_reason: Why the entry belongs to the story, in words.
        canary: True for a canary, which is left out of all counts.
        unread_since: When the feed was last read before; None: never.
    """
    values = {"story": story, "reason": story_reason, "canary": canary, "unread_since": stored(unread_since)}
    row = returned(db, _ADD, _values(entry) | values)
    return int(row["id"])


def replace_text(
    db: Writer, entry_id: int, entry: Entry, now: datetime, *, unread_since: datetime | None = None
) -> int:
    """Store the edited text, link, author and dates of an entry, and return the number of the new version of its text.

    The earlier text is kept if a mention quotes it, or if the entry was ever a hit. The entry keeps its feed, key,
    outlet, story and the time at which it was first seen.

    Args:
        db: The writing connection, in a transaction.
        entry_id: The id of the stored entry.
        entry: The entry with its new text.
        now: When the text was replaced.
        unread_since: When the feed was last read before; None: unknown.
    """
    change(db, _KEEP_QUOTED_TEXT, {"id": entry_id, "now": stored(now)})
    row = returned(db, _REPLACE, _values(entry) | {"id": entry_id, "unread_since": stored(unread_since)})
    return int(row["version"])


def update_raw_hash(db: Writer, entry_id: int, raw_hash: bytes) -> None:
    """Store the new hash of the item of an entry, if the item in the document changed, but not the entry's text.

    The next poll then recognises the item as unchanged and does not parse it.

    Args:
        db: The writing connection, in a transaction.
        entry_id: The id of the entry.
        raw_hash: The hash of the item as it is written in the newest document.
    """
    change(db, _UPDATE_RAW_HASH, {"id": entry_id, "raw_hash": raw_hash})


def record_listed(db: Writer, feed: str, keys: Iterable[str], now: datetime) -> None:
    """Record that the newest document of the feed *feed* lists the entries with these *keys*, and no others.

    An entry counts as gone from its feed if two documents, read a day or more apart, did not list it. Only then may it
    be deleted, since a later document that lists it would make it a new entry. While a feed answers "not modified",
    fails or is not configured, its entries count as listed. ``last_seen_at`` is written at most once a day: an entry is
    listed unless its ``last_seen_at`` is before ``feeds.gone_before``.

    Args:
        db: The writing connection, in a transaction.
        feed: The key of the feed.
        keys: The keys of all entries in the document.
        now: When the document was read.
    """
    values = {"feed": feed, "keys": json.dumps(list(keys)), "now": stored(now), "day_ago": stored(now - _DAY)}
    change(db, _RECORD_READING, values)
    change(db, _RECORD_LISTED, values)


def publication_times(db: Reader, feed: str, now: datetime, limit: int) -> list[datetime]:
    """Return the publication times of the entries of a feed, the newest first.

    Args:
        db: Any connection to the database.
        feed: The key of the feed.
        now: Later times are left out.
        limit: The maximum number of times to return.
    """
    found = rows(db, _PUBLISHED, {"feed": feed, "now": stored(now), "limit": limit})
    return [moment(row["published_at"]) for row in found]


def oldest_seen_at(db: Reader) -> datetime | None:
    """Return when the oldest stored entry was first seen; None if no entry is stored."""
    row = first(db, _OLDEST)
    return moment(row["first_seen_at"]) if row else None


def load_entry(db: Reader, entry_id: int) -> Entry | None:
    """Return the entry with the id *entry_id* and its newest text; None if there is none."""
    row = first(db, _LOAD, {"id": entry_id})
    return entry_of(row) if row else None


def story_of(db: Reader, entry_id: int) -> int:
    """Return the id of the story to which an entry belongs.

    Raises:
        LookupError: There is no such entry.
    """
    row = first(db, _STORY, {"id": entry_id})
    if row is None:
        raise LookupError(f"no entry {entry_id}")
    return int(row["story_id"])


def entry_of(row: Row) -> Entry:
    """Return the entry that a row of the table ``entries`` contains."""
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
        # of the text in the feed, so that the article is not fetched again while that does not change
        "text_hash": text_hash(entry.as_fed or entry.text),
        "version": entry.version,
    }


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry of a feed, in one line."""

    title: str
    link: str
    published_at: datetime | None
    first_seen_at: datetime
    hit: int | None  # its newest hit


def last_entries(db: Reader, feed: str, limit: int) -> list[FeedEntry]:
    """Return the newest entries of a feed, of those that its latest documents listed.

    They are ordered by when the monitor first saw them; entries of one poll by when they were published.

    Args:
        db: Any connection to the database.
        feed: The key of the feed.
        limit: The most entries to return.
    """
    return [
        FeedEntry(r["title"], r["link"], moment(r["published_at"]), moment(r["first_seen_at"]), r["hit"])
        for r in rows(db, _LAST, {"feed": feed, "limit": limit, "listed": max(limit, LISTED)})
    ]
