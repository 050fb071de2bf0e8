"""Several deliveries for one destination become one: in a storm, and when a destination is back after an outage."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from monitor.store.db.statements import Reader, Writer, change, rows
from monitor.store.db.timestamps import moment, stored

# what an edit took back is said in words, which no list of hits has: such a message stays what it is
_THAT_WAIT = """
SELECT id FROM deliveries
WHERE destination = :destination AND state IN ('open', 'pending') AND due_at > :now AND due_at <= :until
  AND state = 'open' AND kind IN ('alert', 'follow-up') AND group_key NOT GLOB 'edit *'
"""

_THAT_FAILED = """
SELECT id, first_attempt_at, reason FROM deliveries
WHERE destination = :destination AND state IN ('open', 'pending')
  AND state = 'pending' AND first_attempt_at IS NOT NULL AND kind IN ('alert', 'follow-up', 'summary', 'digest')
  AND group_key NOT GLOB 'edit *'
ORDER BY first_attempt_at
"""

_MOVE = (
    """
    INSERT OR IGNORE INTO delivery_hits (delivery_id, hit_id)
    SELECT :into, hit_id FROM delivery_hits WHERE delivery_id IN (SELECT value FROM json_each(:ids))
    """,
    """
    UPDATE decisions SET delivery_id = :into, reason = reason || '; ' || :why
    WHERE delivery_id IN (SELECT value FROM json_each(:ids))
    """,
    "UPDATE told SET delivery_id = :into WHERE delivery_id IN (SELECT value FROM json_each(:ids))",
    """
    UPDATE deliveries SET possible_repeat = 1
    WHERE id = :into AND EXISTS (SELECT 1 FROM deliveries d
                                 WHERE d.id IN (SELECT value FROM json_each(:ids)) AND d.possible_repeat = 1)
    """,
    "DELETE FROM deliveries WHERE id IN (SELECT value FROM json_each(:ids))",
)


@dataclass(frozen=True, slots=True)
class Failed:
    """Deliveries that their destination did not accept yet."""

    ids: tuple[int, ...]
    since: datetime  # the first attempt of all
    reason: str  # why the oldest was not accepted


def alerts_that_wait(db: Reader, destination: str, *, until: datetime, now: datetime) -> list[int]:
    """Return the alerts and follow-ups for *destination* that are open and due later than now, up to *until*."""
    values = {"destination": destination, "until": stored(until), "now": stored(now)}
    return [row["id"] for row in rows(db, _THAT_WAIT, values)]


def that_failed(db: Reader, destination: str) -> Failed | None:
    """Return the deliveries for *destination* that wait to be tried again; None when there is none."""
    found = rows(db, _THAT_FAILED, {"destination": destination})
    if not found:
        return None
    return Failed(tuple(row["id"] for row in found), moment(found[0]["first_attempt_at"]), found[0]["reason"])


def fold(db: Writer, deliveries: Collection[int], into: int, why: str) -> None:
    """Move all that *deliveries* carry to the delivery *into*, their decisions saying *why*; they are gone then."""
    values = {"ids": json.dumps([number for number in deliveries if number != into]), "into": into, "why": why}
    for statement in _MOVE:
        change(db, statement, values)
