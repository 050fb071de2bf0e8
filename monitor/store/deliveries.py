"""Deliveries on their way out: leased, tried, and what came of it.

A delivery is open until it is first leased, pending between two attempts, in flight during one, and ends as
sent, dead or dropped. A process that dies during an attempt leaves it in flight: ``recover`` makes it
pending again, marked as a possible repeat, since nobody can say whether it was accepted. So each is sent at
least once.

An outcome counts for the attempt it belongs to alone: one that comes late, when the lease has run out and
another attempt has begun, changes nothing and is answered with False.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Delivery, DeliveryKind, DeliveryState
from monitor.store.db.statements import Reader, Row, Writer, change, first, rows
from monitor.store.db.timestamps import moment, stored

_DUE_DESTINATIONS = """
SELECT DISTINCT destination FROM deliveries
WHERE state IN ('open', 'pending') AND due_at <= :now ORDER BY destination
"""

_NEXT_DUE = """
SELECT min(at) AS at FROM (
    SELECT min(due_at) AS at FROM deliveries WHERE state IN ('open', 'pending')
    UNION ALL
    SELECT min(lease_until) FROM deliveries WHERE state = 'in flight')
"""

_LEASE = """
UPDATE deliveries
SET state = 'in flight', attempts = attempts + 1, lease_until = :until,
    first_attempt_at = coalesce(first_attempt_at, :now)
WHERE id = (
    SELECT id FROM deliveries
    WHERE destination = :destination AND state IN ('open', 'pending') AND due_at <= :due_by
    ORDER BY due_at, id LIMIT 1)
RETURNING *
"""

_BEGIN_ATTEMPT = "INSERT INTO attempts (delivery_id, number, started_at) VALUES (:id, :attempts, :now)"

_END_ATTEMPT = """
UPDATE attempts SET ended_at = :now, outcome = :outcome, detail = :reason
WHERE delivery_id = :id AND number = :attempts
"""

_SENT = """
UPDATE deliveries SET state = 'sent', sent_at = :now, lease_until = NULL, reason = :reason
WHERE id = :id AND state IN ('in flight', 'pending') AND attempts = :attempts
"""

_AGAIN = """
UPDATE deliveries
SET state = 'pending', due_at = :retry_at, lease_until = NULL, reason = :reason,
    possible_repeat = possible_repeat OR :outcome = 'unknown'
WHERE id = :id AND state = 'in flight' AND attempts = :attempts
"""

_UNKNOWN_OUTCOMES = """
SELECT count(*) AS number FROM attempts WHERE delivery_id = :id AND outcome = 'unknown'
"""

_LEFT_ATTEMPTS = """
UPDATE attempts SET ended_at = :now, outcome = 'unknown', detail = :reason
WHERE outcome IS NULL AND delivery_id IN (
    SELECT id FROM deliveries WHERE state = 'in flight' AND lease_until <= :until)
"""

_LEFT = """
UPDATE deliveries
SET state = 'pending', due_at = :now, lease_until = NULL, possible_repeat = 1, reason = :reason
WHERE state = 'in flight' AND lease_until <= :until
"""

_KILL = "UPDATE deliveries SET state = 'dead', reason = :reason WHERE id = :id AND state IN ('open', 'pending')"

_KILL_DESTINATION = """
UPDATE deliveries SET state = 'dead', reason = :reason
WHERE destination = :destination AND state IN ('open', 'pending')
"""

_DROP = """
UPDATE deliveries SET state = 'dropped', reason = :reason
WHERE id = :id AND state IN ('open', 'pending', 'dead')
"""

_RETRY = """
UPDATE deliveries SET state = 'pending', due_at = :now, first_attempt_at = NULL
WHERE id = :id AND state IN ('pending', 'dead', 'dropped')
"""

_MARK_LATE = "UPDATE deliveries SET late = 1 WHERE state = 'open' AND due_at < :before"

_WAITING = """
SELECT destination, count(*) AS number, min(first_attempt_at) AS since,
       (SELECT reason FROM deliveries latest WHERE latest.destination = d.destination AND latest.state = 'pending'
        ORDER BY due_at DESC LIMIT 1) AS reason
FROM deliveries d WHERE state = 'pending' GROUP BY destination ORDER BY destination
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

_CARRYING = """
SELECT d.* FROM delivery_hits c JOIN deliveries d ON d.id = c.delivery_id WHERE c.hit_id = :hit ORDER BY d.id
"""

_OPEN_DIGESTS = """
SELECT * FROM deliveries WHERE destination = :destination AND kind = 'digest' AND state = 'open' ORDER BY due_at, id
"""

_HURRY_DIGESTS = """
UPDATE deliveries SET due_at = :now WHERE destination = :destination AND kind = 'digest' AND state = 'open'
"""

_COUNT = "SELECT state, count(*) AS number FROM deliveries WHERE state <> 'sent' GROUP BY state"
_LOAD = "SELECT * FROM deliveries WHERE id = :id"
_IN_STATE = "SELECT * FROM deliveries WHERE state = :state ORDER BY id DESC LIMIT :limit"

_END_OF_TIME = "9999-12-31T23:59:59.999Z"


def due_destinations(db: Reader, now: datetime) -> list[str]:
    """Return the names of the destinations that something is due for, whether they are configured or not."""
    return [row["destination"] for row in rows(db, _DUE_DESTINATIONS, {"now": stored(now)})]


def next_delivery_due(db: Reader) -> datetime | None:
    """Return when the next delivery is due or the next lease ends; None when nothing waits."""
    found = first(db, _NEXT_DUE)
    return moment(found["at"]) if found else None


def lease(
    db: Writer, destination: str, now: datetime, lease_s: float, *, due_by: datetime | None = None
) -> Delivery | None:
    """Return the delivery for *destination* that is longest overdue, now in flight; None when nothing is due.

    No hit can join it any more. The outcome must be recorded within *lease_s*, which is longer than the
    longest send. *due_by* leaves out what came due after that moment; None: *now*.
    """
    values = {
        "destination": destination,
        "now": stored(now),
        "due_by": stored(due_by or now),
        "until": stored(now + timedelta(seconds=lease_s)),
    }
    leased = first(db, _LEASE, values)
    if leased is None:
        return None
    change(db, _BEGIN_ATTEMPT, leased | {"now": stored(now)})
    return _delivery(leased)


def unknown_outcomes(db: Reader, delivery_id: int) -> int:
    """Return how many attempts of a delivery may have been accepted, according to what was recorded."""
    row = first(db, _UNKNOWN_OUTCOMES, {"id": delivery_id})
    return int(row["number"]) if row else 0


def record_sent(db: Writer, delivery: Delivery, now: datetime, *, note: str = "") -> bool:
    """Keep that the destination accepted this attempt; return False when another attempt has begun since.

    An attempt that was recorded as unknown and is accepted after all counts as sent.

    Args:
        db: The database.
        delivery: The delivery as leased.
        now: The moment the attempt ended.
        note: What an operator should know, such as recipients that refused it; empty for nothing.
    """
    return _record(db, _SENT, delivery, outcome="ok", reason=note, now=now, retry_at=now)


def record_failed(db: Writer, delivery: Delivery, reason: str, *, retry_at: datetime, now: datetime) -> bool:
    """Keep that this attempt was refused, to be tried again; return False when the attempt is over already.

    *reason* is shown to people: it holds no secret.
    """
    return _record(db, _AGAIN, delivery, outcome="fail", reason=reason, now=now, retry_at=retry_at)


def record_unknown(db: Writer, delivery: Delivery, reason: str, *, retry_at: datetime, now: datetime) -> bool:
    """Keep that this attempt may have been accepted; the next is marked as a possible repeat.

    Returns False when the attempt is over already.
    """
    return _record(db, _AGAIN, delivery, outcome="unknown", reason=reason, now=now, retry_at=retry_at)


def recover(db: Writer, now: datetime) -> int:
    """Return how many deliveries were in flight when the process before this one ended; all are due again.

    For the start alone, when nothing of this process can be in flight.
    """
    return _take_back(db, now, until=_END_OF_TIME, reason="the program ended before the outcome was known")


def expire_leases(db: Writer, now: datetime) -> int:
    """Return how many deliveries nobody recorded an outcome for within their lease; all are due again."""
    return _take_back(db, now, until=stored(now), reason="no outcome within the lease")


def mark_late(db: Writer, before: datetime) -> int:
    """Mark the open deliveries that were due *before*, and return how many: their moment was missed.

    For the start alone, when nobody was there to send them.
    """
    return change(db, _MARK_LATE, {"before": stored(before)})


def kill(db: Writer, delivery_id: int, reason: str) -> bool:
    """Give up a delivery that is open or pending; return False when it is neither.

    One in flight has an outcome first: ``record_failed``, then this, in one transaction.
    """
    return change(db, _KILL, {"id": delivery_id, "reason": reason}) == 1


def kill_destination(db: Writer, destination: str, reason: str) -> int:
    """Give up all open and pending deliveries for *destination*, and return how many."""
    return change(db, _KILL_DESTINATION, {"destination": destination, "reason": reason})


def drop(db: Writer, delivery_id: int, reason: str) -> bool:
    """Drop a delivery that is open, pending or dead; return False when it is none of these."""
    return change(db, _DROP, {"id": delivery_id, "reason": reason}) == 1


def retry(db: Writer, delivery_id: int, now: datetime) -> bool:
    """Make a delivery that is pending, dead or dropped due now, its time to give up counted anew.

    Returns False when it is none of these.
    """
    return change(db, _RETRY, {"id": delivery_id, "now": stored(now)}) == 1


def load_delivery(db: Reader, delivery_id: int) -> Delivery | None:
    """Return a delivery, None when there is none of that id."""
    row = first(db, _LOAD, {"id": delivery_id})
    return _delivery(row) if row else None


def list_deliveries(db: Reader, states: Collection[DeliveryState], limit: int = 1000) -> list[Delivery]:
    """Return at most *limit* deliveries in one of *states*, newest first."""
    found = [row for state in states for row in rows(db, _IN_STATE, {"state": state, "limit": limit})]
    return [_delivery(row) for row in sorted(found, key=lambda row: -int(row["id"]))[:limit]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A destination that did not accept something yet."""

    destination: str
    number: int  # of deliveries
    since: datetime  # the first attempt of the oldest
    reason: str  # of the latest failure


def waiting(db: Reader) -> list[Waiting]:
    """Return the destinations that have failed deliveries waiting to be tried again, by name."""
    return [Waiting(**row | {"since": moment(row["since"])}) for row in rows(db, _WAITING)]


def deliveries_of_hit(db: Reader, hit_id: int) -> list[Delivery]:
    """Return the deliveries that carry a hit, the oldest first."""
    return [_delivery(row) for row in rows(db, _CARRYING, {"hit": hit_id})]


def open_digests(db: Reader, destination: str) -> list[Delivery]:
    """Return the digests that are being collected for *destination*, the next first."""
    return [_delivery(row) for row in rows(db, _OPEN_DIGESTS, {"destination": destination})]


def hurry_digests(db: Writer, destination: str, now: datetime) -> int:
    """Make due what is being collected for *destination*, and return how many digests that are."""
    return change(db, _HURRY_DIGESTS, {"destination": destination, "now": stored(now)})


def planned(db: Reader, destination: str, since: datetime, now: datetime) -> tuple[datetime, ...]:
    """Return when messages went to *destination* since that moment, and when those will that wait; overdue ones now."""
    values = {"destination": destination, "since": stored(since)}
    gone = [moment(row["at"]) for row in rows(db, _SENT_SINCE, values)]
    return (*gone, *(max(moment(row["at"]), now) for row in rows(db, _TO_BE_SENT, values)))


def summary_due(db: Reader, destination: str) -> datetime | None:
    """Return when the summary goes out that hits for *destination* may still join; None when there is none."""
    row = first(db, _OPEN_SUMMARY, {"destination": destination})
    return moment(row["due_at"]) if row else None


def count_by_state(db: Reader) -> dict[str, int]:
    """Return how many deliveries are in each state; without those that were sent, and without empty states."""
    return {row["state"]: row["number"] for row in rows(db, _COUNT)}


def _record(
    db: Writer, sql: str, delivery: Delivery, *, outcome: str, reason: str, now: datetime, retry_at: datetime
) -> bool:
    values = {
        "id": delivery.id,
        "attempts": delivery.attempts,
        "outcome": outcome,
        "reason": reason,
        "now": stored(now),
        "retry_at": stored(retry_at),
    }
    if change(db, sql, values) == 0:
        return False
    change(db, _END_ATTEMPT, values)
    return True


def _take_back(db: Writer, now: datetime, *, until: str, reason: str) -> int:
    values = {"now": stored(now), "until": until, "reason": reason}
    change(db, _LEFT_ATTEMPTS, values)
    return change(db, _LEFT, values)


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        destination=row["destination"],
        kind=DeliveryKind(row["kind"]),
        group_key=row["group_key"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        created_at=moment(row["created_at"]),
        due_at=moment(row["due_at"]),
        first_attempt_at=moment(row["first_attempt_at"]),
        sent_at=moment(row["sent_at"]),
        possible_repeat=bool(row["possible_repeat"]),
        late=bool(row["late"]),
        reason=row["reason"],
    )
