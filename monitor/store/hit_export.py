"""Read hits, a few hundred at a time, with all fields that an export to a threat-intelligence platform needs."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import IndicatorKind, ListedActor, Severity
from monitor.model.hit import comparable_address
from monitor.store.db.statements import Reader, Row, explain_errors, first, moment, rows
from monitor.store.hit_list import BATCH, HitQuery, hit_ids
from monitor.store.hits import listed_actor

# the versions of the watchlist are never deleted, so that the first one identifies the database
_FIRST_VERSION = "SELECT fingerprint, loaded_at FROM watchlists ORDER BY version LIMIT 1"
_NEWEST_VERSION = "SELECT loaded_at FROM watchlists ORDER BY version DESC LIMIT 1"

_LOAD = """
SELECT h.id, h.seen_at, e.published_at, h.severity, coalesce(v.title, e.title) AS title,
       coalesce(v.summary, e.summary) AS summary, coalesce(v.content, e.content) AS content,
       coalesce(v.link, e.link) AS link, e.feed, e.outlet, h.names, h.lists, h.triage,
       s.id AS story, s.title AS story_title, s.opened_at,
       coalesce((SELECT max(t.at) FROM triages t WHERE t.hit_id = h.id), h.seen_at) AS changed_at,
       (SELECT json_group_array(actor) FROM (
            SELECT m.actor FROM mentions m
            WHERE m.entry_id = h.entry_id AND m.version = h.version AND m.actor IS NOT NULL
            GROUP BY m.actor ORDER BY min(m.id))) AS actors,
       (SELECT json_group_array(rule) FROM (
            SELECT rule FROM hit_rules r WHERE r.hit_id = h.id ORDER BY position)) AS rules,
       (SELECT json_group_array(json_array(kind, chain, value)) FROM (
            SELECT kind, chain, value FROM indicators i
            WHERE i.entry_id = h.entry_id AND i.version = h.version ORDER BY i.id)) AS indicators
FROM (SELECT key AS position, value AS hit_id FROM json_each(:ids)) k
JOIN hits h ON h.id = k.hit_id
JOIN entries e ON e.id = h.entry_id
JOIN stories s ON s.id = e.story_id
LEFT JOIN entry_versions v ON v.entry_id = h.entry_id AND v.version = h.version
ORDER BY k.position
"""

_WHOLE_STORIES = """
SELECT h.id FROM entries e JOIN hits h ON h.entry_id = e.id
WHERE h.canary = 0
  AND e.story_id IN (SELECT story_id FROM entries x JOIN hits y ON y.entry_id = x.id
                     WHERE y.id IN (SELECT value FROM json_each(:ids)))
ORDER BY e.story_id, h.id
"""

_FIRST_SEEN = """
SELECT i.kind, i.chain, i.value, min(h.seen_at) AS at
FROM hits h JOIN indicators i ON i.entry_id = h.entry_id AND i.version = h.version
WHERE h.canary = 0 GROUP BY i.kind, i.chain, i.value
"""


@dataclass(frozen=True, slots=True)
class SeenIndicator:
    """An indicator in the text of a hit: a blockchain address, a transaction or a CVE id."""

    kind: IndicatorKind
    chain: str  # a ticker; empty: a CVE id
    value: str

    @property
    def key(self) -> IndicatorKey:
        """Return a key that is equal for different spellings of the same indicator, such as upper and lower case."""
        return self.kind, self.chain, comparable_address(self.value)


IndicatorKey = tuple[IndicatorKind, str, str]


@dataclass(frozen=True, slots=True)
class ExportedStory:
    """The story to which an exported hit belongs."""

    id: int
    title: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ExportedHit:
    """A hit with the fields that an export needs; its texts are the version that matched the rules."""

    id: int
    seen_at: datetime
    changed_at: datetime  # time of its last triage; if there is none, when it was seen
    published_at: datetime | None
    severity: Severity
    title: str
    summary: str
    content: str
    link: str
    feed: str
    outlet: str
    actors: tuple[tuple[str, str], ...]  # id and display name, in reading order
    rules: tuple[str, ...]
    indicators: tuple[SeenIndicator, ...]
    lists: tuple[ListedActor, ...]  # the actors that are on a published list, with its edition then
    triage: str | None
    story: ExportedStory


@dataclass(frozen=True, slots=True)
class DatabaseOrigin:
    """Identifies the database that hits were exported from, so that hits of two databases are not confused."""

    id: str  # empty: the database has had no watchlist yet, so it has no hits
    created_at: datetime  # when its first watchlist became active
    watchlist_at: datetime  # when its newest watchlist first became active


def database_origin(db: Reader, now: datetime) -> DatabaseOrigin:
    """Return the identity of the database; a copy or backup of the database has the same identity.

    Args:
        db: Any connection to the database.
        now: The current time, which is used if the database has no watchlist yet.
    """
    oldest, newest = first(db, _FIRST_VERSION), first(db, _NEWEST_VERSION)
    if oldest is None or newest is None:
        return DatabaseOrigin("", now, now)
    identity = f"{oldest['fingerprint']} {oldest['loaded_at']}"
    return DatabaseOrigin(identity, moment(oldest["loaded_at"]), moment(newest["loaded_at"]))


def whole_story_ids(db: Reader, query: HitQuery) -> Sequence[int]:
    """Return the ids of all hits, except canaries, of each story that has a hit matching *query*, ordered by story."""
    with explain_errors(db.path):
        found = db.execute(_WHOLE_STORIES, {"ids": json.dumps(list(hit_ids(db, query)))})
        return array("q", (number for (number,) in found))


def exported_hits(db: Reader, ids: Sequence[int]) -> Iterator[ExportedHit]:
    """Yield the hits with the given *ids*, in this order; at most ``BATCH`` of them are in memory.

    Args:
        db: Any connection to the database.
        ids: The ids of the hits; ids of hits that do not exist are skipped.
    """
    for at in range(0, len(ids), BATCH):
        yield from map(_hit, rows(db, _LOAD, {"ids": json.dumps(list(ids[at : at + BATCH]))}))


def indicators_first_seen(db: Reader) -> dict[IndicatorKey, datetime]:
    """Return when each indicator was first seen in a hit; this reads the indicators of all hits."""
    found: dict[IndicatorKey, datetime] = {}
    for row in rows(db, _FIRST_SEEN):
        key = SeenIndicator(IndicatorKind(row["kind"]), row["chain"], row["value"]).key
        at = moment(row["at"])
        found[key] = min(at, found.get(key, at))
    return found


def _hit(row: Row) -> ExportedHit:
    names = dict(json.loads(row["names"]))
    return ExportedHit(
        id=row["id"],
        seen_at=moment(row["seen_at"]),
        changed_at=moment(row["changed_at"]),
        published_at=moment(row["published_at"]),
        severity=Severity(row["severity"]),
        title=row["title"],
        summary=row["summary"],
        content=row["content"],
        link=row["link"],
        feed=row["feed"],
        outlet=row["outlet"],
        actors=tuple((actor, names.get(actor) or actor) for actor in json.loads(row["actors"])),
        rules=tuple(json.loads(row["rules"])),
        indicators=tuple(
            SeenIndicator(IndicatorKind(kind), chain, value) for kind, chain, value in json.loads(row["indicators"])
        ),
        lists=tuple(listed_actor(listed) for listed in json.loads(row["lists"])),
        triage=row["triage"],
        story=ExportedStory(row["story"], row["story_title"], moment(row["opened_at"])),
    )
