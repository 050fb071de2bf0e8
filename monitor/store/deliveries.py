"""Store how deliveries are sent: leases, attempts, and outcomes.

A delivery is open until it is first leased, pending between two attempts, in flight during an attempt, and finally
sent, dead or dropped. If the process dies during an attempt, the delivery stays in flight: ``recover`` then makes it
pending again and marks it as a possible repeat, because its outcome is unknown. So each delivery is sent at least once.

An outcome is recorded only for the attempt that it belongs to. If the lease has expired and another attempt has begun,
the function that records the outcome changes nothing and returns False.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.model.reason import NoDestination
from monitor.store.db.statements import Reader, Writer, change, first, moment, rows, stored
from monitor.store.db.stored_reasons import reason_stored

if TYPE_CHECKING:
    from monitor.model import Delivery, Reason  # a command that ends follow-ups does without a delivery

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
UPDATE attempts SET ended_at = :now, outcome = :outcome, detail = :cause
WHERE delivery_id = :id AND number = :attempts
"""

_SENT = """
UPDATE deliveries SET state = 'sent', sent_at = :now, lease_until = NULL, cause = :cause
WHERE id = :id AND state IN ('in flight', 'pending') AND attempts = :attempts
"""

_AGAIN = """
UPDATE deliveries
SET state = 'pending', due_at = :retry_at, lease_until = NULL, cause = :cause,
    possible_repeat = possible_repeat OR :outcome = 'unknown'
WHERE id = :id AND state = 'in flight' AND attempts = :attempts
"""

_UNKNOWN_OUTCOMES = """
SELECT count(*) AS number FROM attempts WHERE delivery_id = :id AND outcome = 'unknown'
"""

_EXPIRED_ATTEMPTS = """
UPDATE attempts SET ended_at = :now, outcome = 'unknown', detail = :cause
WHERE outcome IS NULL AND delivery_id IN (
    SELECT id FROM deliveries WHERE state = 'in flight' AND lease_until <= :until)
"""

_EXPIRED = """
UPDATE deliveries
SET state = 'pending', due_at = :now, lease_until = NULL, possible_repeat = 1, cause = :cause
WHERE state = 'in flight' AND lease_until <= :until
"""

_GIVE_UP = """
UPDATE deliveries SET state = 'dead', end_reason = :reason WHERE id = :id AND state IN ('open', 'pending')
"""

_RETRY_DESTINATION = """
UPDATE deliveries SET due_at = :now WHERE destination = :destination AND state = 'pending' AND due_at > :now
"""

_DROP = """
UPDATE deliveries SET state = 'dropped', end_reason = :reason
WHERE id = :id AND state IN ('open', 'pending', 'dead')
"""

_DROP_FOLLOW_UPS = """
UPDATE deliveries SET state = 'dropped', end_reason = :reason
WHERE state IN ('open', 'pending') AND kind IN ('follow-up', 'escalation') AND group_by = 'story' AND group_id = :story
"""

_POSTPONE = "UPDATE deliveries SET due_at = :due_at WHERE id = :id AND state = 'open' AND due_at < :due_at"

_NOTE_CAUSE = """
UPDATE deliveries SET cause = :cause
WHERE destination = :destination AND state IN ('open', 'pending') AND due_at <= :now AND cause <> :cause
"""

_GIVE_UP_OLD = """
UPDATE deliveries SET state = 'dead', end_reason = :reason
WHERE destination = :destination AND state IN ('open', 'pending') AND coalesce(first_attempt_at, due_at) <= :before
"""

_RETRY = """
UPDATE deliveries SET state = 'pending', due_at = :now, first_attempt_at = NULL, end_reason = NULL
WHERE id = :id AND state IN ('pending', 'dead', 'dropped')
"""

_MARK_LATE = "UPDATE deliveries SET late = 1 WHERE state = 'open' AND due_at < :before"


_DIGESTS_DUE = """
UPDATE deliveries SET due_at = :now WHERE destination = :destination AND kind = 'digest' AND state = 'open'
"""


_END_OF_TIME = "9999-12-31T23:59:59.999Z"


def due_destinations(db: Reader, now: datetime) -> list[str]:
    """Return the names of the destinations that have a due delivery, including destinations that are not configured."""
    return [row["destination"] for row in rows(db, _DUE_DESTINATIONS, {"now": stored(now)})]


def next_delivery_due(db: Reader) -> datetime | None:
    """Return the earliest time at which a delivery is due or a lease ends; None if there is neither."""
    found = first(db, _NEXT_DUE)
    return moment(found["at"]) if found else None


def lease(
    db: Writer, destination: str, now: datetime, lease_s: float, *, due_by: datetime | None = None
) -> Delivery | None:
    """Lease the delivery for *destination* that is longest overdue, and return it; None if none is due.

    The delivery is then in flight, and no further hit can be added to it.

    Args:
        db: The writing connection, in a transaction.
        destination: The name of the destination.
        now: The current time.
        lease_s: Seconds within which an outcome must be recorded; longer than the longest send.
        due_by: Deliveries that are due later are left out; None: *now*.
    """
    from monitor.store.delivery_list import delivery_of

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
    return delivery_of(leased)


def unknown_outcomes(db: Reader, delivery_id: int) -> int:
    """Return how many attempts of a delivery were recorded with an unknown outcome."""
    row = first(db, _UNKNOWN_OUTCOMES, {"id": delivery_id})
    return int(row["number"]) if row else 0


def record_sent(db: Writer, delivery: Delivery, now: datetime, *, note: str = "") -> bool:
    """Record that the destination accepted this attempt; return False if another attempt has begun since.

    An attempt that was recorded with an unknown outcome, and is accepted after all, counts as sent.

    Args:
        db: The writing connection, in a transaction.
        delivery: The delivery as ``lease`` returned it.
        now: When the attempt ended.
        note: A remark for operators, such as which recipients refused the message; empty: none.
    """
    return _record(db, _SENT, delivery, _Outcome("ok", note, now, now))


def record_failed(db: Writer, delivery: Delivery, cause: str, *, retry_at: datetime, now: datetime) -> bool:
    """Record that an attempt failed and must be retried; return False if the attempt has already ended.

    Args:
        db: The writing connection, in a transaction.
        delivery: The delivery as ``lease`` returned it.
        cause: Why the attempt failed; shown to people, so it must not contain a secret.
        retry_at: When the next attempt is due.
        now: The current time.
    """
    return _record(db, _AGAIN, delivery, _Outcome("fail", cause, now, retry_at))


def record_unknown(db: Writer, delivery: Delivery, cause: str, *, retry_at: datetime, now: datetime) -> bool:
    """Record that the outcome of an attempt is unknown, so that the next attempt is marked as a possible repeat.

    Args:
        db: The writing connection, in a transaction.
        delivery: The delivery as ``lease`` returned it.
        cause: Why the outcome is unknown; shown to people, so it must not contain a secret.
        retry_at: When the next attempt is due.
        now: The current time.

    Returns:
        False if the attempt has already ended.
    """
    return _record(db, _AGAIN, delivery, _Outcome("unknown", cause, now, retry_at))


def recover(db: Writer, now: datetime) -> int:
    """Make the deliveries due again that a previous process left in flight, and return how many there were.

    Call it when the daemon starts, before this process has a delivery in flight.
    """
    return _take_back(db, now, until=_END_OF_TIME, cause="the program ended before the outcome was known")


def expire_leases(db: Writer, now: datetime) -> int:
    """Make deliveries due again whose lease ended without an outcome, and return how many there were."""
    return _take_back(db, now, until=stored(now), cause="no outcome within the lease")


def mark_late(db: Writer, before: datetime) -> int:
    """Mark the open deliveries that were due before *before* as late, and return how many there were.

    Call it when the daemon starts: these deliveries came due while it was not running.
    """
    return change(db, _MARK_LATE, {"before": stored(before)})


def give_up(db: Writer, delivery_id: int, reason: Reason) -> bool:
    """Make an open or pending delivery a dead letter; return False if it is neither open nor pending.

    For a delivery in flight, the caller first records the outcome, in the same transaction.

    Args:
        db: The writing connection, in a transaction.
        delivery_id: The id of the delivery.
        reason: Why the delivery is given up.
    """
    return change(db, _GIVE_UP, {"id": delivery_id, "reason": reason_stored(reason)}) == 1


def retry_destination(db: Writer, destination: str, now: datetime) -> int:
    """Make the failed deliveries for a destination due now, and return how many there were.

    Args:
        db: The writing connection, in a transaction.
        destination: The name of the destination.
        now: The current time.
    """
    return change(db, _RETRY_DESTINATION, {"destination": destination, "now": stored(now)})


def drop(db: Writer, delivery_id: int, reason: Reason) -> bool:
    """Drop a delivery that is open, pending or dead; return False if it is none of these.

    Args:
        db: The writing connection, in a transaction.
        delivery_id: The id of the delivery.
        reason: Who drops the delivery, and why.
    """
    return change(db, _DROP, {"id": delivery_id, "reason": reason_stored(reason)}) == 1


def drop_follow_ups(db: Writer, story: int, reason: Reason) -> int:
    """Drop the follow-ups and escalations of a story that have not been sent, and return how many there were.

    Args:
        db: The writing connection, in a transaction.
        story: The id of the story.
        reason: Why they are dropped.
    """
    return change(db, _DROP_FOLLOW_UPS, {"story": story, "reason": reason_stored(reason)})


def postpone(db: Writer, delivery_id: int, due_at: datetime) -> None:
    """Postpone an open delivery to *due_at*, if it is due earlier.

    Args:
        db: The writing connection, in a transaction.
        delivery_id: The id of the delivery.
        due_at: The earliest time at which to send the delivery.
    """
    change(db, _POSTPONE, {"id": delivery_id, "due_at": stored(due_at)})


def keep_for_destination(db: Writer, destination: str, *, before: datetime, now: datetime) -> int:
    """Keep due deliveries for a destination that is not configured, but give up those that have waited too long.

    Args:
        db: The writing connection, in a transaction.
        destination: The name of the destination.
        before: Deliveries that were first tried, or due if never tried, at this time or earlier are given up.
        now: The current time.

    Returns:
        How many were given up.
    """
    reason = NoDestination(destination)
    values = {"destination": destination, "before": stored(before), "now": stored(now)}
    given_up = change(db, _GIVE_UP_OLD, values | {"reason": reason_stored(reason)})
    cause = f'no destination called "{destination}"; waiting until there is one'
    change(db, _NOTE_CAUSE, values | {"cause": cause})
    return given_up


def retry(db: Writer, delivery_id: int, now: datetime) -> bool:
    """Make a pending, dead or dropped delivery due now, and restart its ``give_up`` period.

    Args:
        db: The writing connection, in a transaction.
        delivery_id: The id of the delivery.
        now: The current time.

    Returns:
        False if the delivery is in none of these states.
    """
    return change(db, _RETRY, {"id": delivery_id, "now": stored(now)}) == 1


def make_digests_due(db: Writer, destination: str, now: datetime) -> int:
    """Make the open digests of *destination* due now, and return how many there are.

    Args:
        db: The writing connection, in a transaction.
        destination: The name of the destination.
        now: The current time.
    """
    return change(db, _DIGESTS_DUE, {"destination": destination, "now": stored(now)})


@dataclass(frozen=True, slots=True)
class _Outcome:
    word: str  # ok, fail or unknown
    cause: str
    now: datetime
    retry_at: datetime


def _record(db: Writer, sql: str, delivery: Delivery, outcome: _Outcome) -> bool:
    values = {
        "id": delivery.id,
        "attempts": delivery.attempts,
        "outcome": outcome.word,
        "cause": outcome.cause,
        "now": stored(outcome.now),
        "retry_at": stored(outcome.retry_at),
    }
    if change(db, sql, values) == 0:
        return False
    change(db, _END_ATTEMPT, values)
    return True


def _take_back(db: Writer, now: datetime, *, until: str, cause: str) -> int:
    values = {"now": stored(now), "until": until, "cause": cause}
    change(db, _EXPIRED_ATTEMPTS, values)
    return change(db, _EXPIRED, values)
