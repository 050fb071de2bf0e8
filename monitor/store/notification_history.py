"""What each destination has been told of each story."""

from __future__ import annotations

from monitor.model import DeliveryKind, NotifiedStory, Severity
from monitor.store.db.statements import Reader, Row, Writer, change, rows
from monitor.store.db.timestamps import moment

# a delivery that died told nobody, so the next entry of the story may; one that a person dropped is over
_TOLD = """
SELECT t.destination, t.hit_id, t.severity, t.outlets, d.kind, d.group_key, d.due_at, d.state
FROM told t LEFT JOIN deliveries d ON d.id = t.delivery_id
WHERE t.story_id = :story AND (d.state IS NULL OR d.state <> 'dead')
"""

_NOTE = """
INSERT INTO told (story_id, destination, hit_id, severity, outlets, delivery_id)
VALUES (:story, :destination, :hit, :severity, :outlets, :delivery)
ON CONFLICT (story_id, destination) DO UPDATE SET
    severity = max(severity, excluded.severity), outlets = max(outlets, excluded.outlets),
    delivery_id = excluded.delivery_id
"""

_NOTE_OUTLETS = """
UPDATE told SET outlets = max(outlets, :outlets) WHERE story_id = :story AND destination = :destination
"""


def notifications_of_story(db: Reader, story: int) -> dict[str, NotifiedStory]:
    """Return what each destination has been told of *story*; those that know nothing of it are left out."""
    return {row["destination"]: _told(row) for row in rows(db, _TOLD, {"story": story})}


def record_notified(
    db: Writer, story: int, destination: str, *, hit: int, severity: Severity, outlets: int, delivery: int
) -> None:
    """Keep that *destination* is told of *story* by *delivery*; the first hit stays the one it was told as."""
    values = {
        "story": story,
        "destination": destination,
        "hit": hit,
        "severity": int(severity),
        "outlets": outlets,
        "delivery": delivery,
    }
    change(db, _NOTE, values)


def record_outlets(db: Writer, story: int, destination: str, outlets: int) -> None:
    """Keep that so many outlets carry *story*, which *destination* will see in a message that is still open."""
    change(db, _NOTE_OUTLETS, {"story": story, "destination": destination, "outlets": outlets})


def _told(row: Row) -> NotifiedStory:
    is_open = row["state"] == "open"
    return NotifiedStory(
        hit=row["hit_id"],
        severity=Severity(row["severity"]),
        outlets=row["outlets"],
        kind=DeliveryKind(row["kind"]) if row["kind"] else DeliveryKind.ALERT,
        group_key=row["group_key"] or "",
        due_at=moment(row["due_at"]) if is_open else None,
        is_open=is_open,
    )
