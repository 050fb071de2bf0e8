"""Statistics of the actors in hits: how often each is mentioned, by which spelling, and with which other actors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.db.statements import Reader, moment, rows, stored

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
    def precision(self) -> float | None:
        """Return the share of relevant hits among those triaged as relevant or noise; None if none was triaged so."""
        judged = self.relevant + self.noise
        return self.relevant / judged if judged else None


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
