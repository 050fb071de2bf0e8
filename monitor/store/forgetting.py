"""Delete a person's data on request: entries that mention a phrase or an actor, and everything that quotes them.

The caller holds the ``InstanceLock``, rewrites the file afterwards (``erase_free_pages``) and thereby removes the
deleted bytes from the file and its write-ahead log. A record of the deletion, which does not contain the phrase,
becomes a link of the hash chain over the hits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from monitor.errors import UsageError
from monitor.store import hash_chain
from monitor.store.db.reading import connect
from monitor.store.db.statements import Reader, Row, Writer, change, explain_errors, first, returned, rows, stored
from monitor.store.forgotten_entries import add_forgotten, identities
from monitor.store.housekeeping import empty_log
from monitor.store.quotes import Phrases, replace_quotes

_ENTRIES = "SELECT id, key, link, author, title, summary, content FROM entries"
_VERSIONS = "SELECT entry_id AS id, link, title, summary, content FROM entry_versions"
_QUOTES = """
SELECT h.entry_id AS id, h.names, h.changes, h.notes, r.why FROM hits h LEFT JOIN hit_rules r ON r.hit_id = h.id
"""
_OF_ACTOR = "SELECT DISTINCT entry_id AS id FROM mentions WHERE actor = :actor"
_SPELLINGS = "SELECT DISTINCT alias, text FROM mentions WHERE actor = :actor"

_GIVEN = "SELECT value FROM json_each(:ids)"
_HITS_OF = f"SELECT id FROM hits WHERE entry_id IN ({_GIVEN})"  # noqa: S608 - a constant
_COUNTS = f"""
SELECT (SELECT count(*) FROM hits WHERE entry_id IN ({_GIVEN})) AS hits,
       (SELECT count(DISTINCT delivery_id) FROM delivery_hits WHERE hit_id IN ({_HITS_OF})) AS deliveries,
       (SELECT count(*) FROM triages WHERE hit_id IN ({_HITS_OF})) AS triages,
       (SELECT count(*) FROM stories s WHERE EXISTS (
           SELECT 1 FROM entries e WHERE e.story_id = s.id AND e.id IN ({_GIVEN}))
         AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.story_id = s.id AND e.id NOT IN ({_GIVEN}))) AS stories
"""  # noqa: S608 - a constant
_IN_FLIGHT = f"""
SELECT d.id FROM deliveries d JOIN delivery_hits c ON c.delivery_id = d.id
WHERE d.state = 'in flight' AND c.hit_id IN ({_HITS_OF}) LIMIT 1
"""  # noqa: S608 - a constant
_DELIVERIES_OF = f"SELECT DISTINCT delivery_id AS id FROM delivery_hits WHERE hit_id IN ({_HITS_OF})"  # noqa: S608
_STORIES_OF = f"SELECT DISTINCT story_id AS id FROM entries WHERE id IN ({_GIVEN})"  # noqa: S608 - a constant

# a destination that was notified of the story stays notified, under another hit of the story
_REPOINT = f"""
UPDATE notified_stories SET hit_id = coalesce((
    SELECT min(h.id) FROM hits h JOIN entries e ON e.id = h.entry_id
    WHERE e.story_id = notified_stories.story_id AND e.id NOT IN ({_GIVEN})), hit_id)
WHERE hit_id IN ({_HITS_OF})
"""  # noqa: S608 - a constant
_DELETE_HITS = f"DELETE FROM hits WHERE entry_id IN ({_GIVEN})"  # noqa: S608 - a constant
_DELETE_ENTRIES = f"DELETE FROM entries WHERE id IN ({_GIVEN})"  # noqa: S608 - a constant
_DELETE_DELIVERIES = f"""
DELETE FROM deliveries WHERE id IN ({_GIVEN})
  AND NOT EXISTS (SELECT 1 FROM delivery_hits c WHERE c.delivery_id = deliveries.id)
  AND NOT EXISTS (SELECT 1 FROM decisions s WHERE s.delivery_id = deliveries.id)
"""  # noqa: S608 - a constant
_EMPTY = f"""
SELECT id FROM stories WHERE id IN ({_GIVEN}) AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.story_id = stories.id)
"""  # noqa: S608 - a constant
_UNFOLLOW = f"UPDATE stories SET follows = NULL WHERE follows IN ({_GIVEN})"  # noqa: S608 - a constant
_DELETE_STORIES = f"DELETE FROM stories WHERE id IN ({_GIVEN})"  # noqa: S608 - a constant
_DELETE_TIMERS = f"""
DELETE FROM timers WHERE story_id IN ({_GIVEN}) AND story_id <> 0 AND NOT EXISTS (
    SELECT 1 FROM entries e JOIN hits h ON h.entry_id = e.id JOIN hit_rules r ON r.hit_id = h.id
    WHERE e.story_id = timers.story_id AND r.rule = timers.rule)
"""  # noqa: S608 - a constant
_RETITLE = f"""
UPDATE stories SET title = (SELECT e.title FROM entries e WHERE e.story_id = stories.id ORDER BY e.id LIMIT 1)
WHERE id IN ({_GIVEN})
"""  # noqa: S608 - a constant
_DELETE_EVIDENCE = f"""
DELETE FROM story_evidence WHERE entry_id IN (SELECT id FROM entries WHERE story_id IN ({_GIVEN}))
"""  # noqa: S608 - a constant
_REMOVE_NOTIFIED = """
UPDATE notified_stories
SET actors = (SELECT json_group_array(j.value) FROM json_each(notified_stories.actors) j WHERE j.value <> :actor)
WHERE EXISTS (SELECT 1 FROM json_each(notified_stories.actors) j WHERE j.value = :actor)
"""
_DELETE_SILENCES = "DELETE FROM silences WHERE subject = 'actor' AND name = :actor"
_MARK_LINKS = f"""
UPDATE hit_links SET gone_at = :now, forgetting = :forgetting WHERE hit_id IN ({_HITS_OF})
"""  # noqa: S608 - a constant
_RECORD = """
INSERT INTO forgettings (hit_id, kind, entries, hits, deliveries, texts, author, why, at)
VALUES (:hit_id, :kind, :entries, :hits, :deliveries, :texts, :author, :why, :at)
RETURNING id
"""
_COMPLETE = """
UPDATE forgettings SET entries = :entries, hits = :hits, deliveries = :deliveries, texts = :texts WHERE id = :id
"""
_ALL = "SELECT * FROM forgettings ORDER BY id"
_OF_HIT = """
SELECT f.* FROM hit_links l JOIN forgettings f ON f.id = l.forgetting WHERE l.hit_id = :hit
"""
_LAST_NUMBER = """
SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'hits'), 0),
           coalesce((SELECT max(hit_id) FROM hit_links), 0)) AS last
"""
_ADD_LINK = """
INSERT INTO hit_links (hit_id, content, link, gone_at, forgetting) VALUES (:hit, :content, :link, :now, :forgetting)
"""
_TABLES = """
SELECT name FROM sqlite_master
WHERE type = 'table' AND name NOT LIKE '%sqlite%' AND name NOT LIKE 'entry_words%' ORDER BY name
"""
_REBUILD_INDEX = "INSERT INTO entry_words (entry_words) VALUES ('rebuild')"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data is deleted: an actor, or whoever a phrase names."""

    actor: str = ""  # the id of an actor; empty: a phrase was given
    phrases: tuple[str, ...] = ()  # the phrase, or the spellings of the actor that are no ordinary words

    @property
    def kind(self) -> str:
        """Return what the record of the deletion says: ``actor`` or ``text``."""
        return "actor" if self.actor else "text"


@dataclass(frozen=True, slots=True)
class Found:
    """What mentions a subject: the entries, and how much belongs to them."""

    ids: tuple[int, ...]  # of entries
    hits: int
    deliveries: int  # messages that contain one of the hits
    triages: int
    stories: int  # that consist of these entries only


@dataclass(frozen=True, slots=True)
class Forgetting:
    """The record of a deletion; it does not say whose data it was."""

    id: int
    hit_id: int  # its number in the hit log
    kind: str  # actor or text
    entries: int
    hits: int
    deliveries: int  # messages that contained nothing else
    texts: int  # texts of other rows that quoted the phrase, and were replaced
    author: str
    why: str
    at: str  # as stored


def spellings_found(db: Reader, actor: str) -> list[tuple[str, str]]:
    """Return the spelling of the watchlist and the text of every mention of *actor*, each pair once."""
    return [(row["alias"], row["text"]) for row in rows(db, _SPELLINGS, {"actor": actor})]


def find(db: Reader, subject: Subject) -> Found:
    """Return the entries that mention *subject* in any version of their text, and how much belongs to them."""
    phrases = Phrases(subject.phrases)
    ids = {row["id"] for row in rows(db, _OF_ACTOR, {"actor": subject.actor})} if subject.actor else set()
    for sql in (_ENTRIES, _VERSIONS, _QUOTES):
        for row in db.query(sql) if phrases else ():
            if row["id"] not in ids and any(phrases.in_text(v) for v in row.values() if isinstance(v, str)):
                ids.add(row["id"])
    counts = first(db, _COUNTS, {"ids": json.dumps(sorted(ids))}) or {}
    return Found(tuple(sorted(ids)), counts["hits"], counts["deliveries"], counts["triages"], counts["stories"])


def forget(db: Writer, subject: Subject, *, author: str, why: str, now: datetime) -> Forgetting:
    """Delete what mentions *subject*, and return the record of the deletion.

    Args:
        db: The writing connection, in a transaction, with ``PRAGMA secure_delete = ON``.
        subject: Whose data is deleted.
        author: Who deletes it.
        why: The reason; it must not name the subject.
        now: The current time.

    Raises:
        UsageError: The reason names the subject, or a message about it is being sent.
    """
    phrases = Phrases(subject.phrases)
    if phrases.in_text(why) or (subject.actor and Phrases((subject.actor,)).in_text(why)):
        raise UsageError("the reason names what is to be forgotten, and it is kept; write it without the name")
    found = find(db, subject)
    ids = {"ids": json.dumps(found.ids)}
    if first(db, _IN_FLIGHT, ids):
        raise UsageError("a message about it is being sent; try again when it has been sent or has failed")
    number = (first(db, _LAST_NUMBER) or {"last": 0})["last"] + 1
    forgetting = Forgetting(
        0, number, subject.kind, len(found.ids), found.hits, 0, 0, author=author, why=why, at=stored(now)
    )
    record = returned(db, _RECORD, asdict(forgetting))["id"]
    _keep_identities(db, found.ids, record)
    change(db, _MARK_LINKS, ids | {"now": stored(now), "forgetting": record})
    deliveries = _delete(db, ids, subject)
    texts = replace_quotes(db, phrases) if phrases else 0
    change(db, _REBUILD_INDEX, {})  # the index of words keeps deleted words until it is written anew
    forgetting = replace(forgetting, id=record, deliveries=deliveries, texts=texts)
    change(db, _COMPLETE, asdict(forgetting))
    _add_link(db, forgetting)
    if found.hits:
        hash_chain.trim(db)
    return forgetting


def forgettings(db: Reader) -> list[Forgetting]:
    """Return the records of all deletions, the oldest first."""
    return [Forgetting(**row) for row in rows(db, _ALL)] if db.has_table("forgettings") else []


def forgetting_of_hit(db: Reader, hit: int) -> Forgetting | None:
    """Return the record of the deletion with which the hit of that number was deleted; None if there is none."""
    row = first(db, _OF_HIT, {"hit": hit})
    return Forgetting(**row) if row else None


def content_of_record(forgetting: Forgetting) -> bytes:
    """Return the SHA-256 of the record of a deletion, which is part of its link in the hash chain."""
    return hashlib.sha256(record_text(forgetting).encode()).digest()


def record_text(forgetting: Forgetting) -> str:
    """Return the record of a deletion as the JSON whose hash is part of its link in the hash chain."""
    return json.dumps(asdict(forgetting), sort_keys=True)


def remaining(db: Reader, subject: Subject) -> dict[str, int]:
    """Return in how many rows of each table, as ``table.column``, a phrase of *subject* still occurs."""
    phrases = Phrases(subject.phrases)
    left: dict[str, int] = {}
    for table in (row["name"] for row in rows(db, _TABLES) if phrases):
        for row in db.query(f'SELECT * FROM "{table}"'):  # noqa: S608 - a name from the schema
            for column, value in row.items():
                if isinstance(value, str) and phrases.in_text(value):
                    left[f"{table}.{column}"] = left.get(f"{table}.{column}", 0) + 1
    return left


def erase_free_pages(path: Path) -> None:
    """Rewrite the database at *path* and empty its write-ahead log, so that deleted bytes are in neither.

    Raises:
        StoreError: There is no space for it, or another process keeps the log from being emptied.
    """
    with Writer(connect(path, "rw"), path) as db, explain_errors(path):
        db.execute("PRAGMA secure_delete = ON").fetchall()
        db.execute("VACUUM").close()
        empty_log(db, "the file or its write-ahead log still contains the deleted text")


def _keep_identities(db: Writer, ids: Iterable[int], record: int) -> None:
    given = {"ids": json.dumps(list(ids))}
    for row in rows(db, f"SELECT id, feed, key, link, title FROM entries WHERE id IN ({_GIVEN})", given):  # noqa: S608
        add_forgotten(db, row["feed"], identities((row["key"],), row["link"], row["title"]), record)
    earlier = f"""
    SELECT e.feed, v.link, v.title FROM entry_versions v JOIN entries e ON e.id = v.entry_id
    WHERE v.entry_id IN ({_GIVEN})
    """  # noqa: S608 - a constant
    for row in rows(db, earlier, given):
        add_forgotten(db, row["feed"], identities((), row["link"], row["title"]), record)


def _delete(db: Writer, ids: Row, subject: Subject) -> int:
    """Delete the entries and all that belongs to them; return how many messages had no other hit."""
    deliveries = {"ids": _ids(rows(db, _DELIVERIES_OF, ids))}
    stories = {"ids": _ids(rows(db, _STORIES_OF, ids))}
    change(db, _REPOINT, ids)
    change(db, _DELETE_HITS, ids)  # these first, because they refer to the others
    deleted = change(db, _DELETE_DELIVERIES, deliveries)
    change(db, _DELETE_EVIDENCE, stories)
    change(db, _DELETE_ENTRIES, ids)
    empty = {"ids": _ids(rows(db, _EMPTY, stories))}
    change(db, _UNFOLLOW, empty)
    change(db, _DELETE_TIMERS, stories)  # escalations of hits that are gone
    change(db, _DELETE_STORIES, empty)
    change(db, _RETITLE, stories)
    if subject.actor:
        change(db, _DELETE_SILENCES, {"actor": subject.actor})
        change(db, _REMOVE_NOTIFIED, {"actor": subject.actor})
    return deleted


def _ids(found: Iterable[Row]) -> str:
    return json.dumps([row["id"] for row in found])


def _add_link(db: Writer, forgetting: Forgetting) -> None:
    """Append the record of the deletion to the hash chain, under a number that no hit gets."""
    before = hash_chain.head(db)
    content = content_of_record(forgetting)
    link = hash_chain.link_of(before.link if before else hash_chain.BEGINNING, content)
    values = {"hit": forgetting.hit_id, "content": content, "link": link}
    change(db, _ADD_LINK, values | {"now": forgetting.at, "forgetting": forgetting.id})
    if not change(db, "UPDATE sqlite_sequence SET seq = :hit WHERE name = 'hits'", {"hit": forgetting.hit_id}):
        change(db, "INSERT INTO sqlite_sequence (name, seq) VALUES ('hits', :hit)", {"hit": forgetting.hit_id})
