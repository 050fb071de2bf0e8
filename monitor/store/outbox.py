"""Decisions, and the deliveries they open or join: the way into the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Decision, DeliveryKind, DeliveryState, Hit, Verdict
from monitor.store.db.statements import Reader, Row, Writer, change, change_each, returned, rows
from monitor.store.db.timestamps import moment, stored
from monitor.store.hits import load_hit

# one statement, so that two hits of a group never open two deliveries; the hit that hurries sets the moment
_JOIN_OR_OPEN = """
INSERT INTO deliveries (destination, kind, group_key, state, created_at, due_at)
VALUES (:destination, :kind, :group_key, 'open', :now, :due_at)
ON CONFLICT (destination, kind, group_key) WHERE state = 'open'
DO UPDATE SET due_at = min(due_at, excluded.due_at)
RETURNING id
"""

_ADD_HIT = "INSERT OR IGNORE INTO delivery_hits (delivery_id, hit_id) VALUES (:delivery_id, :hit_id)"

_MARK_LATE = "UPDATE deliveries SET late = 1 WHERE id = :id"

_DECIDE = """
INSERT INTO decisions (hit_id, destination, verdict, reason, decided_at, due_at, delivery_id)
VALUES (:hit_id, :destination, :verdict, :reason, :now, :due_at, :delivery_id)
"""

_HITS_OF = "SELECT hit_id FROM delivery_hits WHERE delivery_id = :id ORDER BY hit_id"

_DECISIONS_OF = """
SELECT d.destination, d.verdict, d.reason, d.due_at, d.decided_at, d.delivery_id, o.state
FROM decisions d LEFT JOIN deliveries o ON o.id = d.delivery_id
WHERE d.hit_id = :id ORDER BY d.destination
"""


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """One destination's decision about a hit, and what became of it."""

    decision: Decision
    decided_at: datetime
    delivery: int | None  # None: the verdict was NO
    state: DeliveryState | None  # of that delivery


def enqueue(
    db: Writer, hit_id: int, decision: Decision, *, kind: DeliveryKind, group_key: str, now: datetime
) -> int | None:
    """Keep *decision* and return the id of the delivery that will carry the hit; None when the verdict is NO.

    The hit joins the open delivery of that destination, *kind* and *group_key*, which then goes out at the
    earlier of the two moments; when none is open, it opens one. A decision without a moment is due *now*.
    """
    due_at = None if decision.verdict is Verdict.NO else stored(decision.due_at or now)
    values = {
        "hit_id": hit_id,
        "destination": decision.destination,
        "verdict": decision.verdict,
        "reason": decision.reason,
        "kind": kind,
        "group_key": group_key,
        "now": stored(now),
        "due_at": due_at,
        "delivery_id": None,
    }
    if decision.verdict is Verdict.NO:
        change(db, _DECIDE, values)
        return None
    delivery_id = int(returned(db, _JOIN_OR_OPEN, values)["id"])
    values["delivery_id"] = delivery_id
    change(db, _ADD_HIT, values)
    change(db, _DECIDE, values)
    return delivery_id


def open_delivery(
    db: Writer,
    destination: str,
    *,
    kind: DeliveryKind,
    group_key: str,
    due_at: datetime,
    now: datetime,
    hits: Iterable[int] = (),
    late: bool = False,
) -> int:
    """Return the id of a delivery that no decision about a hit asked for, opened or joined, and carrying *hits*.

    *late* says that its moment was missed.
    """
    values = {
        "destination": destination,
        "kind": kind,
        "group_key": group_key,
        "now": stored(now),
        "due_at": stored(due_at),
    }
    delivery_id = int(returned(db, _JOIN_OR_OPEN, values)["id"])
    if late:
        change(db, _MARK_LATE, {"id": delivery_id})
    change_each(db, _ADD_HIT, [{"delivery_id": delivery_id, "hit_id": hit} for hit in hits])
    return delivery_id


def hits_of(db: Reader, delivery_id: int) -> list[Hit]:
    """Return the hits that a delivery carries, oldest first."""
    found = (load_hit(db, row["hit_id"]) for row in rows(db, _HITS_OF, {"id": delivery_id}))
    return [hit for hit in found if hit]


def decisions_of(db: Reader, hit_id: int) -> list[RecordedDecision]:
    """Return what was decided about a hit for each destination, by its name."""
    return [_decided(row) for row in rows(db, _DECISIONS_OF, {"id": hit_id})]


def _decided(row: Row) -> RecordedDecision:
    decision = Decision(row["destination"], Verdict(row["verdict"]), row["reason"], moment(row["due_at"]))
    state = DeliveryState(row["state"]) if row["state"] else None
    return RecordedDecision(decision, moment(row["decided_at"]), row["delivery_id"], state)
