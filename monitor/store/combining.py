"""Combine several deliveries for one destination into one, in an alert storm and after an outage."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Reason
from monitor.store.db.statements import Reader, Writer, change, change_each, moment, rows, stored
from monitor.store.db.stored_reasons import reason_stored

# corrections are left out: a list of hits cannot say what an edit removed
_WAITING = """
SELECT id FROM deliveries
WHERE destination = :destination AND state IN ('open', 'pending') AND due_at > :now AND due_at <= :until
  AND state = 'open' AND kind IN ('alert', 'follow-up')
"""

_FAILED = """
SELECT id, first_attempt_at, cause FROM deliveries
WHERE destination = :destination AND state IN ('open', 'pending')
  AND state = 'pending' AND first_attempt_at IS NOT NULL AND kind IN ('alert', 'follow-up', 'summary', 'digest')
ORDER BY first_attempt_at
"""

_ADD_REASON = """
UPDATE decisions SET reasons = json_insert(reasons, '$[#]', json(:reason))
WHERE delivery_id IN (SELECT value FROM json_each(:ids))
"""

_MOVE = (
    """
    INSERT OR IGNORE INTO delivery_hits (delivery_id, hit_id)
    SELECT :into, hit_id FROM delivery_hits WHERE delivery_id IN (SELECT value FROM json_each(:ids))
    """,
    "UPDATE decisions SET delivery_id = :into WHERE delivery_id IN (SELECT value FROM json_each(:ids))",
    "UPDATE notified_stories SET delivery_id = :into WHERE delivery_id IN (SELECT value FROM json_each(:ids))",
    """
    UPDATE deliveries SET possible_repeat = 1
    WHERE id = :into AND EXISTS (SELECT 1 FROM deliveries d
                                 WHERE d.id IN (SELECT value FROM json_each(:ids)) AND d.possible_repeat = 1)
    """,
    "DELETE FROM deliveries WHERE id IN (SELECT value FROM json_each(:ids))",
)


@dataclass(frozen=True, slots=True)
class Failed:
    """The failed deliveries for one destination that wait for a retry."""

    ids: tuple[int, ...]
    since: datetime  # time of the earliest attempt of any of these deliveries
    cause: str  # why the oldest delivery was not accepted


def waiting_alerts(db: Reader, destination: str, *, until: datetime, now: datetime) -> list[int]:
    """Return the ids of the open alerts and follow-ups for *destination* that are due after *now*, up to *until*.

    Args:
        db: Any connection to the database.
        destination: The name of the destination.
        until: Deliveries that are due later are left out.
        now: The current time; deliveries that are due already are left out.
    """
    values = {"destination": destination, "until": stored(until), "now": stored(now)}
    return [row["id"] for row in rows(db, _WAITING, values)]


def failed_deliveries(db: Reader, destination: str) -> Failed | None:
    """Return the failed deliveries for *destination* that wait for a retry; None if there is none."""
    found = rows(db, _FAILED, {"destination": destination})
    if not found:
        return None
    return Failed(tuple(row["id"] for row in found), moment(found[0]["first_attempt_at"]), found[0]["cause"])


def combine(db: Writer, deliveries: Collection[int], into: int, reasons: Sequence[Reason]) -> None:
    """Move the hits of several deliveries into one, and delete the other deliveries.

    Args:
        db: The writing connection, in a transaction.
        deliveries: The ids of the deliveries to combine; if *into* is among them, it is kept.
        into: The id of the delivery that receives all hits.
        reasons: Reasons to add to the decisions about the moved hits.
    """
    ids = json.dumps([number for number in deliveries if number != into])
    values = {"ids": ids, "into": into}
    change_each(db, _ADD_REASON, [values | {"reason": reason_stored(reason)} for reason in reasons])
    for statement in _MOVE:
        change(db, statement, values)
