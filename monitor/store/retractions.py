"""Retractions: which actors an edit removed from an article, and how often each was removed or added again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import DeliveryState
from monitor.store.db.statements import Reader, Writer, first, moment, rows

_GONE = """
INSERT INTO retractions (entry_id, actor, gone, changes) VALUES (:entry_id, :actor, 1, 1)
ON CONFLICT (entry_id, actor) DO UPDATE SET gone = 1, changes = changes + 1 WHERE gone = 0
RETURNING changes
"""

_BACK = """
UPDATE retractions SET gone = 0, changes = changes + 1
WHERE entry_id = :entry_id AND actor = :actor AND gone = 1
RETURNING changes
"""

# for each destination, the newest hit of the entry that notified it of the actor
_NOTIFIED = """
SELECT d.destination, max(d.hit_id) AS hit, max(o.due_at) AS due_at
FROM hits h
JOIN mentions m ON m.entry_id = h.entry_id AND m.version = h.version AND m.actor = :actor
JOIN decisions d ON d.hit_id = h.id
JOIN deliveries o ON o.id = d.delivery_id AND o.state NOT IN (:dead, :dropped)
WHERE h.entry_id = :entry_id
GROUP BY d.destination ORDER BY d.destination
"""


@dataclass(frozen=True, slots=True)
class NotifiedDestination:
    """A destination that was or will be notified that an article names an actor, and may need a correction later."""

    destination: str
    hit: int
    due_at: datetime  # of the latest delivery that names the actor


def record_retraction(db: Writer, entry_id: int, actor: str, *, gone: bool) -> int:
    """Record that an edit removed an actor from an article, or that an edit added the actor again.

    Args:
        db: The writing connection, in a transaction.
        entry_id: The id of the article's entry.
        actor: The id of the actor.
        gone: True if the edited article no longer names the actor; False if it names the actor again.

    Returns:
        How many edits have removed or added the actor, including this one; 0 if this was recorded already.
    """
    row = first(db, _GONE if gone else _BACK, {"entry_id": entry_id, "actor": actor})
    return int(row["changes"]) if row else 0


def destinations_notified_of_actor(db: Reader, entry_id: int, actor: str) -> list[NotifiedDestination]:
    """Return the destinations that were notified, or will be, that an article names *actor*, ordered by name.

    Args:
        db: Any connection to the database.
        entry_id: The id of the article's entry.
        actor: The id of the actor.
    """
    values = {"entry_id": entry_id, "actor": actor, "dead": DeliveryState.DEAD, "dropped": DeliveryState.DROPPED}
    return [
        NotifiedDestination(row["destination"], row["hit"], moment(row["due_at"]))
        for row in rows(db, _NOTIFIED, values)
    ]
