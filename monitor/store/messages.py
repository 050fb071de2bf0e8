"""Messages: all that a delivery says, read at the moment it is sent, and those that are no alert."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from monitor.model import Annotation, Delivery, DeliveryKind, Message, StoryOutlets
from monitor.store.db.statements import Reader, Writer, change, first, rows
from monitor.store.outbox import hits_of, open_delivery

_REMARK = "SELECT payload FROM deliveries WHERE id = :id"
_KEEP_REMARK = "UPDATE deliveries SET payload = :payload WHERE id = :id"

_OUTLETS = """
SELECT outlet FROM entries WHERE story_id = :story GROUP BY outlet ORDER BY min(first_seen_at), min(id)
"""

_FOLLOWED = "SELECT b.title FROM stories a JOIN stories b ON b.id = a.follows WHERE a.id = :story"


def message_of(db: Reader, delivery: Delivery) -> Message:
    """Return what *delivery* says as things stand now."""
    hits = tuple(hits_of(db, delivery.id))
    return Message(delivery, hits, outlets_reporting(db, (hit.story for hit in hits)), annotation_of(db, delivery.id))


def outlets_reporting(db: Reader, stories: Iterable[int]) -> tuple[StoryOutlets, ...]:
    """Return who reports each of *stories*, each story once, in the order given."""
    return tuple(_coverage(db, story) for story in dict.fromkeys(stories))


def announce(
    db: Writer,
    destination: str,
    annotation: Annotation,
    *,
    kind: DeliveryKind,
    group_key: str,
    now: datetime,
    due_at: datetime | None = None,
    hits: Iterable[int] = (),
    late: bool = False,
) -> int:
    """Return the id of a new delivery that says *annotation*.

    Args:
        db: The writing connection, in a transaction.
        destination: Who is told.
        annotation: What is said.
        kind: What it is for.
        group_key: What no other open delivery of that destination and kind has.
        now: The present moment.
        due_at: When it goes out; None: now.
        hits: The numbers of the hits that it is about.
        late: True when its moment was missed.
    """
    delivery = open_delivery(
        db,
        destination,
        kind=kind,
        group_key=group_key,
        due_at=due_at or now,
        now=now,
        hits=hits,
        late=late,
    )
    store_annotation(db, delivery, annotation)
    return delivery


def _coverage(db: Reader, story: int) -> StoryOutlets:
    values = {"story": story}
    followed = first(db, _FOLLOWED, values)
    outlets = tuple(row["outlet"] for row in rows(db, _OUTLETS, values))
    return StoryOutlets(story, outlets, followed["title"] if followed else "")


def annotation_of(db: Reader, delivery_id: int) -> Annotation:
    """Return what a delivery says beside its hits."""
    row = first(db, _REMARK, {"id": delivery_id})
    if row is None or row["payload"] is None:
        return Annotation()
    said = json.loads(row["payload"])
    return Annotation(said["title"], said["why"], tuple(said["lines"]))


def store_annotation(db: Writer, delivery_id: int, annotation: Annotation) -> None:
    """Let a delivery say *annotation* beside its hits."""
    change(db, _KEEP_REMARK, {"id": delivery_id, "payload": annotation_json(annotation)})


def annotation_json(annotation: Annotation) -> str | None:
    """Return *annotation* as the outbox keeps it, None when it says nothing."""
    if annotation == Annotation():
        return None
    return json.dumps(
        {"title": annotation.title, "why": annotation.why, "lines": list(annotation.lines)}, ensure_ascii=False
    )
