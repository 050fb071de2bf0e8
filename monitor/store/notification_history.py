"""The notification history: of which hit, severity and actors each destination was notified, for each story."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from monitor.model import DeliveryKind, Group, GroupBy, NotifiedStory, Severity
from monitor.model.delivery import NO_GROUP
from monitor.store.db.statements import Reader, Row, Writer, change, moment, rows

# a delivery that is dead notified nobody, so the next entry of the story is sent; one that a person dropped has ended
_OF_STORY = """
SELECT n.destination, n.hit_id, n.severity, n.outlets, n.actors, d.kind, d.group_by, d.group_id, d.due_at, d.state
FROM notified_stories n LEFT JOIN deliveries d ON d.id = n.delivery_id
WHERE n.story_id = :story AND (d.state IS NULL OR d.state <> 'dead')
"""

_RECORD = """
INSERT INTO notified_stories (story_id, destination, hit_id, severity, outlets, actors, delivery_id)
VALUES (:story, :destination, :hit, :severity, :outlets, :actors, :delivery)
ON CONFLICT (story_id, destination) DO UPDATE SET
    severity = max(severity, excluded.severity), outlets = max(outlets, excluded.outlets),
    actors = CASE WHEN (SELECT state FROM deliveries WHERE id = delivery_id) = 'dead' THEN excluded.actors ELSE
        (SELECT json_group_array(DISTINCT both.value) FROM (SELECT value FROM json_each(notified_stories.actors)
         UNION SELECT value FROM json_each(excluded.actors)) both) END,
    delivery_id = excluded.delivery_id
"""

_RECORD_OUTLETS = """
UPDATE notified_stories SET outlets = max(outlets, :outlets) WHERE story_id = :story AND destination = :destination
"""


@dataclass(frozen=True, slots=True)
class StoryNotification:
    """The latest notification of one destination about a story, and the delivery that contains it."""

    story: int
    destination: str
    hit: int
    severity: Severity
    outlets: int  # how many report the story, counted with the weights of their feeds
    delivery: int
    actors: Collection[str] = ()  # ids of the tracked actors that the delivery names


def notifications_of_story(db: Reader, story: int) -> dict[str, NotifiedStory]:
    """Return, for each destination that was notified of *story*, of what it was notified."""
    return {row["destination"]: _notified(row) for row in rows(db, _OF_STORY, {"story": story})}


def record_notified(db: Writer, notification: StoryNotification) -> None:
    """Store the latest notification of a destination about a story.

    The number of the first hit of the story of which the destination was notified is kept.
    """
    values = {
        "story": notification.story,
        "destination": notification.destination,
        "hit": notification.hit,
        "severity": int(notification.severity),
        "outlets": notification.outlets,
        "delivery": notification.delivery,
        "actors": json.dumps(sorted(notification.actors)),
    }
    change(db, _RECORD, values)


def record_outlets(db: Writer, story: int, destination: str, outlets: int) -> None:
    """Record how many outlets report *story*; an open delivery to *destination* will state this number.

    Args:
        db: The writing connection, in a transaction.
        story: The id of the story.
        destination: The name of the destination that the open delivery is for.
        outlets: The number of outlets, counted with the weights of their feeds.
    """
    change(db, _RECORD_OUTLETS, {"story": story, "destination": destination, "outlets": outlets})


def _notified(row: Row) -> NotifiedStory:
    is_open = row["state"] == "open"
    return NotifiedStory(
        hit=row["hit_id"],
        severity=Severity(row["severity"]),
        outlets=row["outlets"],
        kind=DeliveryKind(row["kind"]) if row["kind"] else DeliveryKind.ALERT,
        group=Group(GroupBy(row["group_by"]), row["group_id"]) if row["group_by"] else NO_GROUP,
        due_at=moment(row["due_at"]) if is_open else None,
        is_open=is_open,
        actors=frozenset(json.loads(row["actors"])),
    )
