"""The outbox: store decisions about hits, and create the deliveries that contain the hits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import (
    Annotation,
    Decision,
    DeliveryKind,
    DeliveryState,
    Group,
    Hit,
    NewDelivery,
    Verdict,
)
from monitor.store.db.statements import (
    Reader,
    Row,
    Values,
    Writer,
    change,
    change_each,
    first,
    moment,
    returned,
    rows,
    stored,
)
from monitor.store.db.stored_reasons import annotation_from, annotation_stored, reasons_from, reasons_stored
from monitor.store.hits import load_hit

# one statement, so that two hits of a group never open two deliveries; the earlier due time counts
_JOIN_OR_OPEN = """
INSERT INTO deliveries (destination, kind, group_by, group_id, state, created_at, due_at)
VALUES (:destination, :kind, :group_by, :group_id, 'open', :now, :due_at)
ON CONFLICT (destination, kind, group_by, group_id) WHERE state = 'open' AND group_by <> 'nothing'
DO UPDATE SET due_at = min(due_at, excluded.due_at)
RETURNING id
"""

_ADD_HIT = "INSERT OR IGNORE INTO delivery_hits (delivery_id, hit_id) VALUES (:delivery_id, :hit_id)"
# about an entry of a feed that was not read since the database was restored from a copy
_MARK_POSSIBLE_REPEAT = """
UPDATE deliveries SET possible_repeat = 1
WHERE id = :id AND EXISTS (SELECT 1 FROM restored_feeds) AND EXISTS (
    SELECT 1 FROM delivery_hits d JOIN hits h ON h.id = d.hit_id JOIN entries e ON e.id = h.entry_id
    JOIN restored_feeds r ON r.feed = e.feed WHERE d.delivery_id = :id)
"""
_MARK_LATE = "UPDATE deliveries SET late = 1 WHERE id = :id"
_ANNOTATION = "SELECT annotation FROM deliveries WHERE id = :id"
_ANNOTATE = "UPDATE deliveries SET annotation = :annotation WHERE id = :id"

_DECIDE = """
INSERT INTO decisions (hit_id, destination, verdict, reasons, decided_at, due_at, delivery_id)
VALUES (:hit_id, :destination, :verdict, :reasons, :now, :due_at, :delivery_id)
"""

_HITS_OF = "SELECT hit_id FROM delivery_hits WHERE delivery_id = :id ORDER BY hit_id"

_DECISIONS_OF = """
SELECT d.destination, d.verdict, d.reasons, d.due_at, d.decided_at, d.delivery_id, o.state
FROM decisions d LEFT JOIN deliveries o ON o.id = d.delivery_id
WHERE d.hit_id = :id ORDER BY d.destination
"""

_SENT_SINCE = """
SELECT sent_at AS at FROM deliveries WHERE destination = :destination AND state = 'sent' AND sent_at > :since
"""

_TO_BE_SENT = """
SELECT due_at AS at FROM deliveries WHERE destination = :destination AND state IN ('open', 'pending')
UNION ALL
SELECT due_at FROM deliveries WHERE state = 'in flight' AND destination = :destination
"""

_OPEN_SUMMARY = """
SELECT due_at FROM deliveries WHERE destination = :destination AND kind = 'summary' AND state = 'open' LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A stored decision about one hit and one destination, and the state of its delivery."""

    decision: Decision
    decided_at: datetime
    delivery: int | None  # None: the verdict was SUPPRESS
    state: DeliveryState | None  # state of the delivery; None: there is none


def enqueue(
    db: Writer, hit_id: int, decision: Decision, *, kind: DeliveryKind, group: Group, now: datetime
) -> int | None:
    """Store *decision* about a hit, and add the hit to the open delivery of its destination, *kind* and *group*.

    If there is no such open delivery, one is created; otherwise it is due at the earlier of the two due times.

    Args:
        db: The writing connection, in a transaction.
        hit_id: The number of the hit.
        decision: What was decided for one destination; if it has no due time, the delivery is due *now*.
        kind: The kind of the delivery.
        group: The group of hits with which the hit is sent.
        now: The current time.

    Returns:
        The id of the delivery; None if the verdict is SUPPRESS.
    """
    values: Values = {
        "hit_id": hit_id,
        "destination": decision.destination,
        "verdict": decision.verdict,
        "reasons": reasons_stored(decision.reasons),
        "now": stored(now),
        "due_at": None,
        "delivery_id": None,
    }
    if decision.verdict is Verdict.SUPPRESS:
        change(db, _DECIDE, values)
        return None
    due_at = decision.due_at or now
    delivery_id = open_delivery(db, NewDelivery(decision.destination, kind, group, due_at, (hit_id,)), now)
    change(db, _DECIDE, {**values, "due_at": stored(due_at), "delivery_id": delivery_id})
    return delivery_id


def open_delivery(db: Writer, new: NewDelivery, now: datetime) -> int:
    """Create the delivery *new*, or add its hits to the open delivery of the same kind and group; return the id.

    Args:
        db: The writing connection, in a transaction.
        new: The content of the delivery; its annotation is merged with that of an open delivery.
        now: The current time.
    """
    values = {
        "destination": new.destination,
        "kind": new.kind,
        "group_by": new.group.by,
        "group_id": new.group.id,
        "now": stored(now),
        "due_at": stored(new.due_at),
    }
    delivery_id = int(returned(db, _JOIN_OR_OPEN, values)["id"])
    if new.late:
        change(db, _MARK_LATE, {"id": delivery_id})
    change_each(db, _ADD_HIT, [{"delivery_id": delivery_id, "hit_id": hit} for hit in new.hits])
    change(db, _MARK_POSSIBLE_REPEAT, {"id": delivery_id})
    annotate(db, delivery_id, new.annotation)
    return delivery_id


def annotate(db: Writer, delivery_id: int, annotation: Annotation) -> None:
    """Merge *annotation* into the annotation of a delivery.

    Args:
        db: The writing connection, in a transaction.
        delivery_id: The id of the delivery.
        annotation: The text and reasons to add.
    """
    if annotation == Annotation():
        return
    before = annotation_of(db, delivery_id)
    merged = before.merged_with(annotation)
    if merged != before:
        change(db, _ANNOTATE, {"id": delivery_id, "annotation": annotation_stored(merged)})


def annotation_of(db: Reader, delivery_id: int) -> Annotation:
    """Return the annotation of a delivery: the text that it shows in addition to its hits."""
    row = first(db, _ANNOTATION, {"id": delivery_id})
    return annotation_from(row["annotation"]) if row else Annotation()


def hits_of(db: Reader, delivery_id: int) -> list[Hit]:
    """Return the hits that a delivery contains, oldest first."""
    found = (load_hit(db, row["hit_id"]) for row in rows(db, _HITS_OF, {"id": delivery_id}))
    return [hit for hit in found if hit]


def decisions_of(db: Reader, hit_id: int) -> list[RecordedDecision]:
    """Return the stored decisions about the hit *hit_id*, one for each destination, ordered by destination name."""
    return [_decision(row) for row in rows(db, _DECISIONS_OF, {"id": hit_id})]


def planned(db: Reader, destination: str, since: datetime, now: datetime) -> tuple[datetime, ...]:
    """Return the times at which messages to *destination* were sent, and at which the waiting messages are due.

    Args:
        db: Any connection to the database.
        destination: The name of the destination.
        since: Messages that were sent earlier are left out.
        now: The current time, returned for each message that is overdue.
    """
    values = {"destination": destination, "since": stored(since)}
    gone = [moment(row["at"]) for row in rows(db, _SENT_SINCE, values)]
    return (*gone, *(max(moment(row["at"]), now) for row in rows(db, _TO_BE_SENT, values)))


def summary_due(db: Reader, destination: str) -> datetime | None:
    """Return when the unsent summary for *destination* is due; None if there is none."""
    row = first(db, _OPEN_SUMMARY, {"destination": destination})
    return moment(row["due_at"]) if row else None


def _decision(row: Row) -> RecordedDecision:
    reasons = reasons_from(row["reasons"])
    decision = Decision(row["destination"], Verdict(row["verdict"]), reasons, moment(row["due_at"]))
    state = DeliveryState(row["state"]) if row["state"] else None
    return RecordedDecision(decision, moment(row["decided_at"]), row["delivery_id"], state)
