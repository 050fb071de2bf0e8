"""Read everything that is stored about an actor or a story, for a case export."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Text
from monitor.store.db.statements import Reader, Row, first, moment, rows, stored

# an entry with all its texts, those that were replaced and the newest
_ENTRY = """
SELECT e.id, e.feed, e.key, e.outlet, e.author, e.published_at, e.updated_at, e.first_seen_at, e.last_seen_at,
       e.story_id, e.story_reason, e.version, e.title, e.summary, e.content, e.link, e.raw_hash, e.unread_since
FROM entries e WHERE e.id = :id
"""
_REPLACED = """
SELECT version, title, summary, content, link, raw_hash, replaced_at, unread_since
FROM entry_versions WHERE entry_id = :id ORDER BY version
"""

_OF_ACTOR = """
SELECT DISTINCT h.entry_id AS id
FROM hits h JOIN mentions m ON m.entry_id = h.entry_id AND m.version = h.version
WHERE m.actor = :actor AND h.canary = 0 AND h.seen_at BETWEEN coalesce(:since, '') AND coalesce(:until, '9999')
ORDER BY h.entry_id
"""
_OF_STORY = "SELECT id FROM entries WHERE story_id = :story AND canary = 0 ORDER BY id"
_STORY = "SELECT title FROM stories WHERE id = :story"
_IS_MENTIONED = "SELECT 1 FROM mentions WHERE actor = :actor LIMIT 1"

_HITS = """
SELECT h.id, h.entry_id, k.content, h.triage FROM hits h LEFT JOIN hit_links k ON k.hit_id = h.id
WHERE h.entry_id IN (SELECT value FROM json_each(:ids)) ORDER BY h.id
"""
_ATTEMPTS = """
SELECT number, started_at, ended_at, outcome, detail FROM attempts WHERE delivery_id = :id ORDER BY number
"""
_DELIVERED_HITS = "SELECT hit_id FROM delivery_hits WHERE delivery_id = :id ORDER BY hit_id"
_FINGERPRINT = "SELECT fingerprint FROM watchlists WHERE version = :version"


@dataclass(frozen=True, slots=True)
class CaseText:
    """One version of the text of an entry, for a case export."""

    version: int
    text: Text
    link: str
    raw_hash: bytes  # SHA-256 of the item as the document wrote it
    unread_since: datetime | None  # when the feed was last read before the text was seen; None: never, or unknown
    replaced_at: datetime | None  # None: it is the newest


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """An entry with all stored versions of its text, for a case export."""

    id: int
    feed: str
    key: str
    outlet: str
    author: str
    published_at: datetime | None
    updated_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime  # in the document of its feed; exact to a day
    story: int
    story_reason: str
    texts: tuple[CaseText, ...]  # the oldest first


@dataclass(frozen=True, slots=True)
class CaseHit:
    """The number of a hit, and the hash of its content that the hash chain contains."""

    id: int
    entry: int
    content: bytes | None  # None: the hit has no link
    triage: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send a delivery to its destination, with the outcome."""

    number: int
    started_at: datetime
    ended_at: datetime | None  # None: in flight
    outcome: str | None  # ok, fail or unknown; None: in flight
    detail: str


def is_mentioned(db: Reader, actor: str) -> bool:
    """Return whether a stored entry mentions the actor with the id *actor*."""
    return first(db, _IS_MENTIONED, {"actor": actor}) is not None


def story_title(db: Reader, story: int) -> str | None:
    """Return the title of the story with the id *story*; None if there is none."""
    row = first(db, _STORY, {"story": story})
    return str(row["title"]) if row else None


def entries_of_actor(db: Reader, actor: str, since: datetime | None, until: datetime | None) -> list[int]:
    """Return the ids of the entries that have a hit that mentions *actor*.

    Args:
        db: Any connection to the database.
        actor: The id of the actor.
        since: Only hits that were seen at this time or later count; None: no limit.
        until: Only hits that were seen at this time or earlier count; None: no limit.
    """
    values = {"actor": actor, "since": stored(since), "until": stored(until)}
    return [row["id"] for row in rows(db, _OF_ACTOR, values)]


def entries_of_story(db: Reader, story: int) -> list[int]:
    """Return the ids of all entries of the story with the id *story*, including entries without a hit."""
    return [row["id"] for row in rows(db, _OF_STORY, {"story": story})]


def hits_of_entries(db: Reader, entries: Sequence[int]) -> list[CaseHit]:
    """Return the hits of the entries with the ids *entries*, the oldest first."""
    found = rows(db, _HITS, {"ids": json.dumps(list(entries))})
    return [CaseHit(row["id"], row["entry_id"], row["content"], row["triage"]) for row in found]


def case_entries(db: Reader, ids: Sequence[int]) -> Iterator[CaseEntry]:
    """Yield the entries with the given *ids*, with all versions of their texts, in this order."""
    for number in ids:
        if row := first(db, _ENTRY, {"id": number}):
            yield _entry(row, rows(db, _REPLACED, {"id": number}))


def attempts_of(db: Reader, delivery: int) -> list[Attempt]:
    """Return all attempts to send the delivery with the id *delivery*, in the order in which they were made."""
    return [
        Attempt(row["number"], moment(row["started_at"]), moment(row["ended_at"]), row["outcome"], row["detail"])
        for row in rows(db, _ATTEMPTS, {"id": delivery})
    ]


def hits_of_delivery(db: Reader, delivery: int) -> list[int]:
    """Return the numbers of the hits that the delivery with the id *delivery* contains."""
    return [row["hit_id"] for row in rows(db, _DELIVERED_HITS, {"id": delivery})]


def fingerprint_of(db: Reader, watchlist_version: int) -> str:
    """Return the fingerprint (a hash) of a version of the watchlist; empty if there is no such version."""
    row = first(db, _FINGERPRINT, {"version": watchlist_version})
    return str(row["fingerprint"]) if row else ""


def _entry(row: Row, replaced: list[Row]) -> CaseEntry:
    texts = [_text(older) for older in replaced]
    return CaseEntry(
        id=row["id"],
        feed=row["feed"],
        key=row["key"],
        outlet=row["outlet"],
        author=row["author"],
        published_at=moment(row["published_at"]),
        updated_at=moment(row["updated_at"]),
        first_seen_at=moment(row["first_seen_at"]),
        last_seen_at=moment(row["last_seen_at"]),
        story=row["story_id"],
        story_reason=row["story_reason"],
        texts=(*texts, _text(row | {"replaced_at": None})),
    )


def _text(row: Row) -> CaseText:
    return CaseText(
        version=row["version"],
        text=Text(row["title"], row["summary"], row["content"]),
        link=row["link"],
        raw_hash=row["raw_hash"],
        unread_since=moment(row["unread_since"]),
        replaced_at=moment(row["replaced_at"]),
    )
