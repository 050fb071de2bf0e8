"""Statistics of the actors in hits: how often each is mentioned, by which spelling, and with which other actors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from monitor.model import Text
from monitor.model.severity import Severity
from monitor.store.db.statements import Reader, moment, rows, stored

Z_95 = 1.96  # standard deviations that hold 95 % of a normal distribution
MAX_ENTRIES = 2000  # only the hits of so many of the newest entries that mention an actor are counted

MAX_HITS = 20_000  # whose actors are counted, the newest

_ACTORS = """
WITH newest AS MATERIALIZED (
    SELECT id, entry_id, version, seen_at FROM hits
    WHERE canary = 0 AND seen_at >= :since ORDER BY seen_at DESC, id DESC LIMIT :most)
SELECT actor, count(*) AS hits, max(seen_at) AS newest FROM (
    SELECT DISTINCT m.actor, h.id, h.seen_at FROM newest h
    CROSS JOIN mentions m ON m.entry_id = h.entry_id AND m.version = h.version
    WHERE m.actor IS NOT NULL)
GROUP BY actor
"""

_FOUND = """
WITH found AS MATERIALIZED (
    SELECT h.id, h.entry_id, h.version, h.triage FROM (
        SELECT DISTINCT entry_id FROM mentions WHERE actor = :actor ORDER BY entry_id DESC LIMIT :most) newest
    JOIN hits h ON h.entry_id = newest.entry_id
    WHERE h.canary = 0)
"""
_SPELLINGS = """
SELECT alias, count(*) AS hits, sum(triage = 'relevant') AS relevant, sum(triage = 'noise') AS noise FROM (
    SELECT DISTINCT f.id, f.triage, m.alias FROM found f
    JOIN mentions m ON m.entry_id = f.entry_id AND m.version = f.version AND m.actor = :actor)
GROUP BY alias ORDER BY hits DESC, alias
"""
_BESIDE = """
SELECT actor, count(*) AS hits FROM (
    SELECT DISTINCT f.id, m.actor FROM found f
    JOIN mentions m ON m.entry_id = f.entry_id AND m.version = f.version
    WHERE m.actor IS NOT NULL AND m.actor <> :actor)
GROUP BY actor ORDER BY hits DESC, actor LIMIT 20
"""


_ALL_SPELLINGS = """
SELECT actor, alias, count(*) AS hits, sum(triage = 'relevant') AS relevant, sum(triage = 'noise') AS noise FROM (
    SELECT DISTINCT h.id, h.triage, m.actor, m.alias FROM hits h
    JOIN mentions m ON m.entry_id = h.entry_id AND m.version = h.version
    WHERE h.canary = 0 AND h.seen_at >= :since AND m.actor IS NOT NULL)
GROUP BY actor, alias ORDER BY actor, hits DESC, alias
"""
# those that people have triaged first: the others only show what a change would do besides
_TEXTS = """
SELECT h.id, h.triage, e.feed, e.outlet, coalesce(v.link, e.link) AS link, coalesce(v.title, e.title) AS title,
       coalesce(v.summary, e.summary) AS summary, coalesce(v.content, e.content) AS content
FROM hits h JOIN entries e ON e.id = h.entry_id
LEFT JOIN entry_versions v ON v.entry_id = h.entry_id AND v.version = h.version
WHERE h.canary = 0 AND h.seen_at >= :since
  AND EXISTS (SELECT 1 FROM mentions m WHERE m.entry_id = h.entry_id AND m.version = h.version AND m.actor = :actor)
ORDER BY coalesce(h.triage, 'ack') = 'ack', h.id DESC LIMIT :most
"""


_STORIES = """
SELECT s.id, s.title, s.last_entry_at, count(DISTINCT e.outlet) AS outlets, max(h.severity) AS severity
FROM stories s JOIN entries e ON e.story_id = s.id LEFT JOIN hits h ON h.entry_id = e.id
WHERE s.id IN (SELECT value FROM json_each(:ids)) GROUP BY s.id ORDER BY s.last_entry_at DESC, s.id DESC
"""


@dataclass(frozen=True, slots=True)
class ActorStory:
    """A story in which an actor is mentioned, in one line."""

    id: int
    title: str
    last_entry_at: datetime
    outlets: int
    severity: Severity | None  # the highest of its hits


@dataclass(frozen=True, slots=True)
class ActorCount:
    """How many hits mention an actor, and when the newest of them was seen."""

    actor: str
    hits: int
    newest: datetime


@dataclass(frozen=True, slots=True)
class SpellingUse:
    """How many hits mention an actor by one spelling, and how many of these operators triaged as relevant or noise."""

    alias: str
    hits: int
    relevant: int
    noise: int

    @property
    def undecided(self) -> int:
        """Return the number of hits that nobody has triaged as relevant or noise."""
        return self.hits - self.relevant - self.noise

    @property
    def least_precision(self) -> float | None:
        """Return a cautious estimate of the precision, which stays low if few hits were triaged; None if none was.

        The lower bound of Wilson's 95 % interval (Wilson 1927, "Probable inference"): 3 of 3 relevant hits give 44 %.
        """
        judged, precision = self.relevant + self.noise, self.precision
        if precision is None:
            return None
        z2 = Z_95 * Z_95
        margin = Z_95 * sqrt(precision * (1 - precision) / judged + z2 / (4 * judged * judged))
        return max(0.0, (precision + z2 / (2 * judged) - margin) / (1 + z2 / judged))

    @property
    def precision(self) -> float | None:
        """Return the share of relevant hits among those triaged as relevant or noise; None if none was triaged so."""
        judged = self.relevant + self.noise
        return self.relevant / judged if judged else None


@dataclass(frozen=True, slots=True)
class TriagedText:
    """The text of a hit, and how people triaged it."""

    hit: int  # its number
    triage: str | None  # relevant, noise or ack; None: not triaged
    feed: str
    outlet: str
    link: str
    text: Text


def count_actors(db: Reader, since: datetime) -> dict[str, ActorCount]:
    """Return, by the id of each actor, how many hits mention it.

    Args:
        db: Any connection to the database.
        since: Only hits that were seen at this time or later are counted.
    """
    found = rows(db, _ACTORS, {"since": stored(since), "most": MAX_HITS})
    return {row["actor"]: ActorCount(row["actor"], row["hits"], moment(row["newest"])) for row in found}


def spelling_uses(db: Reader, actor: str) -> list[SpellingUse]:
    """Return the spellings of *actor* that occur in its newest hits, the most frequent first."""
    values = {"actor": actor, "most": MAX_ENTRIES}
    found = rows(db, _FOUND + _SPELLINGS, values)
    return [SpellingUse(r["alias"], r["hits"], r["relevant"] or 0, r["noise"] or 0) for r in found]


def mentioned_beside(db: Reader, actor: str) -> list[tuple[str, int]]:
    """Return the other actors that the newest hits of *actor* mention, each with the number of such hits."""
    return [(row["actor"], row["hits"]) for row in rows(db, _FOUND + _BESIDE, {"actor": actor, "most": MAX_ENTRIES})]


def all_spelling_uses(db: Reader, since: datetime) -> dict[str, list[SpellingUse]]:
    """Return for each actor the spellings by which it was found in hits, the most frequent first.

    Args:
        db: A reader.
        since: Only hits seen then or later.
    """
    found: dict[str, list[SpellingUse]] = {}
    for row in rows(db, _ALL_SPELLINGS, {"since": stored(since)}):
        use = SpellingUse(row["alias"], row["hits"], row["relevant"] or 0, row["noise"] or 0)
        found.setdefault(row["actor"], []).append(use)
    return found


def triaged_texts(db: Reader, actor: str, since: datetime, *, most: int = MAX_ENTRIES) -> Iterator[TriagedText]:
    """Yield the texts of the hits that mention *actor*: the triaged ones first, of these the newest.

    Args:
        db: A reader.
        actor: The id of the actor.
        since: Only hits seen then or later.
        most: How many at most.
    """
    for row in rows(db, _TEXTS, {"actor": actor, "since": stored(since), "most": most}):
        text = Text(row["title"], row["summary"], row["content"])
        yield TriagedText(row["id"], row["triage"], row["feed"], row["outlet"], row["link"], text)


def story_lines(db: Reader, ids: Iterable[int]) -> list[ActorStory]:
    """Return the stories with these ids, the latest first."""
    found = rows(db, _STORIES, {"ids": json.dumps(list(ids))})
    return [
        ActorStory(
            row["id"],
            row["title"],
            moment(row["last_entry_at"]),
            row["outlets"],
            Severity(row["severity"]) if row["severity"] else None,
        )
        for row in found
    ]
