"""Messages: all that a delivery says, read at the moment it is sent, and those that are no alert."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from monitor.model import Coverage, Delivery, DeliveryKind, Message, Remark
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
    return Message(delivery, hits, coverage_of(db, (hit.story for hit in hits)), remark_of(db, delivery.id))


def coverage_of(db: Reader, stories: Iterable[int]) -> tuple[Coverage, ...]:
    """Return who reports each of *stories*, each story once, in the order given."""
    return tuple(_coverage(db, story) for story in dict.fromkeys(stories))


def announce(
    db: Writer,
    destination: str,
    remark: Remark,
    *,
    kind: DeliveryKind,
    group_key: str,
    now: datetime,
    due_at: datetime | None = None,
    hits: Iterable[int] = (),
    late: bool = False,
) -> int:
    """Return the id of a new delivery that says *remark*.

    Args:
        db: The writing connection, in a transaction.
        destination: Who is told.
        remark: What is said.
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
    keep_remark(db, delivery, remark)
    return delivery


def _coverage(db: Reader, story: int) -> Coverage:
    values = {"story": story}
    followed = first(db, _FOLLOWED, values)
    outlets = tuple(row["outlet"] for row in rows(db, _OUTLETS, values))
    return Coverage(story, outlets, followed["title"] if followed else "")


def remark_of(db: Reader, delivery_id: int) -> Remark:
    """Return what a delivery says beside its hits."""
    row = first(db, _REMARK, {"id": delivery_id})
    if row is None or row["payload"] is None:
        return Remark()
    said = json.loads(row["payload"])
    return Remark(said["title"], said["why"], tuple(said["lines"]))


def keep_remark(db: Writer, delivery_id: int, remark: Remark) -> None:
    """Let a delivery say *remark* beside its hits."""
    change(db, _KEEP_REMARK, {"id": delivery_id, "payload": remark_stored(remark)})


def remark_stored(remark: Remark) -> str | None:
    """Return *remark* as the outbox keeps it, None when it says nothing."""
    if remark == Remark():
        return None
    return json.dumps({"title": remark.title, "why": remark.why, "lines": list(remark.lines)}, ensure_ascii=False)
