"""Lists and counts of deliveries, for commands, status reports and the heartbeat."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Delivery, DeliveryKind, DeliveryState, Group, GroupBy
from monitor.store.db.statements import Reader, Row, first, moment, rows
from monitor.store.db.stored_reasons import reason_from

_WAITING = """
SELECT destination, count(*) AS number, min(first_attempt_at) AS since,
       (SELECT cause FROM deliveries latest WHERE latest.destination = d.destination AND latest.state = 'pending'
        ORDER BY due_at DESC LIMIT 1) AS cause
FROM deliveries d WHERE state = 'pending' GROUP BY destination ORDER BY destination
"""

_OF_HIT = """
SELECT d.* FROM delivery_hits c JOIN deliveries d ON d.id = c.delivery_id WHERE c.hit_id = :hit ORDER BY d.id
"""

_OPEN_DIGESTS = """
SELECT * FROM deliveries WHERE destination = :destination AND kind = 'digest' AND state = 'open' ORDER BY due_at, id
"""

# each state by its own index, so that not everything that was ever sent is read
_UNSENT = {
    DeliveryState.OPEN: "deliveries INDEXED BY deliveries_due WHERE state IN ('open', 'pending') AND state = 'open'",
    DeliveryState.PENDING: (
        "deliveries INDEXED BY deliveries_due WHERE state IN ('open', 'pending') AND state = 'pending'"
    ),
    DeliveryState.IN_FLIGHT: "deliveries INDEXED BY deliveries_leased WHERE state = 'in flight'",
    DeliveryState.DEAD: "deliveries INDEXED BY deliveries_dead WHERE state = 'dead'",
    DeliveryState.DROPPED: "deliveries INDEXED BY deliveries_dropped WHERE state = 'dropped'",
}
_COUNT = " UNION ALL ".join(
    f"SELECT '{state}' AS state, count(*) AS number FROM {sql}"  # noqa: S608 - constants
    for state, sql in _UNSENT.items()
)
_SENT = "deliveries NOT INDEXED WHERE state = 'sent'"  # the newest are found from the end

_COUNT_SENT = "SELECT count(*) AS number FROM deliveries INDEXED BY deliveries_sent WHERE state = 'sent'"

_LOAD = "SELECT * FROM deliveries WHERE id = :id"

_IN_STATE = "SELECT * FROM {state} ORDER BY id DESC LIMIT :limit"


def load_delivery(db: Reader, delivery_id: int) -> Delivery | None:
    """Return the delivery with the id *delivery_id*; None if there is none."""
    row = first(db, _LOAD, {"id": delivery_id})
    return delivery_of(row) if row else None


def list_deliveries(db: Reader, states: Collection[DeliveryState], limit: int = 1000) -> list[Delivery]:
    """Return the deliveries that are in one of *states*, newest first.

    Args:
        db: Any connection to the database.
        states: The states of the deliveries to return.
        limit: The maximum number of deliveries to return.
    """
    found = [row for state in states for row in rows(db, _in_state(state), {"limit": limit})]
    return [delivery_of(row) for row in sorted(found, key=lambda row: -int(row["id"]))[:limit]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A destination that has failed deliveries, which will be retried."""

    destination: str
    number: int  # how many deliveries
    since: datetime  # time of the first attempt of the oldest delivery
    cause: str  # why the latest attempt failed


def waiting(db: Reader) -> list[Waiting]:
    """Return the destinations that have failed deliveries waiting for a retry, ordered by name."""
    return [Waiting(**row | {"since": moment(row["since"])}) for row in rows(db, _WAITING)]


def deliveries_of_hit(db: Reader, hit_id: int) -> list[Delivery]:
    """Return the deliveries that contain the hit *hit_id*, oldest first."""
    return [delivery_of(row) for row in rows(db, _OF_HIT, {"hit": hit_id})]


def open_digests(db: Reader, destination: str) -> list[Delivery]:
    """Return the digests for *destination* that are not sent yet, the next due first."""
    return [delivery_of(row) for row in rows(db, _OPEN_DIGESTS, {"destination": destination})]


def count_by_state(db: Reader) -> dict[str, int]:
    """Return the number of deliveries in each state except "sent"; states without deliveries are left out."""
    return {row["state"]: row["number"] for row in rows(db, _COUNT) if row["number"]}


def count_with_sent(db: Reader) -> dict[str, int]:
    """Return the number of stored deliveries in each state: "sent", which may be 0, and those of ``count_by_state``."""
    return {str(DeliveryState.SENT): rows(db, _COUNT_SENT)[0]["number"], **count_by_state(db)}


def _in_state(state: DeliveryState) -> str:
    return _IN_STATE.format(state=_UNSENT.get(state, _SENT))


def delivery_of(row: Row) -> Delivery:
    """Return the delivery that a row of the table ``deliveries`` contains."""
    return Delivery(
        id=row["id"],
        destination=row["destination"],
        kind=DeliveryKind(row["kind"]),
        group=Group(GroupBy(row["group_by"]), row["group_id"]),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        created_at=moment(row["created_at"]),
        due_at=moment(row["due_at"]),
        first_attempt_at=moment(row["first_attempt_at"]),
        sent_at=moment(row["sent_at"]),
        possible_repeat=bool(row["possible_repeat"]),
        late=bool(row["late"]),
        cause=row["cause"],
        end_reason=reason_from(row["end_reason"]),
    )
