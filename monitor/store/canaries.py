"""Store canaries, the test items that prove that alerts arrive: when each was requested, found and received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import DeliveryState
from monitor.store.db.statements import Reader, Row, Writer, change, moment, rows, stored

_REQUEST = "INSERT INTO canaries (asked_at, failure) VALUES (:now, '') ON CONFLICT (asked_at) DO NOTHING"
_REQUESTED = "SELECT asked_at FROM canaries WHERE planted_at IS NULL AND failure = '' ORDER BY asked_at"
_RECENT = """
SELECT * FROM canaries WHERE planted_at IS NOT NULL OR failure <> '' ORDER BY asked_at DESC LIMIT :limit
"""
_FOUND = "UPDATE canaries SET planted_at = :planted_at, hit_id = :hit WHERE asked_at = :asked_at"
_FAILED = "UPDATE canaries SET failure = :failure WHERE asked_at = :asked_at"

_ARRIVALS = """
SELECT d.destination, d.state, d.sent_at, d.cause FROM deliveries d JOIN delivery_hits c ON c.delivery_id = d.id
WHERE c.hit_id = :hit AND d.kind = 'canary' ORDER BY d.destination
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The state of the delivery of a canary to one destination."""

    destination: str
    state: DeliveryState
    latency_s: float | None  # from the creation of the canary to its acceptance; None: not accepted
    cause: str  # why the last attempt failed; empty: none failed


@dataclass(frozen=True, slots=True)
class Canary:
    """One canary (a test item that must arrive as an alert) and the states of its deliveries."""

    requested_at: datetime
    created_at: datetime | None  # None: the pipeline did not find it
    failure: str  # why the pipeline did not find it; empty if it did
    arrivals: tuple[Arrival, ...] = ()


def request(db: Writer, now: datetime) -> None:
    """Store a request to send a canary through the pipeline."""
    change(db, _REQUEST, {"now": stored(now)})


def pending_requests(db: Reader) -> list[datetime]:
    """Return the request times of the canaries that still have to be sent through the pipeline."""
    return [moment(row["asked_at"]) for row in rows(db, _REQUESTED)]


def record_found(db: Writer, requested_at: datetime, created_at: datetime, hit: int) -> None:
    """Record that the pipeline found the canary requested at *requested_at* and enqueued its deliveries.

    Args:
        db: The writing connection, in a transaction.
        requested_at: When the canary was requested; identifies the canary.
        created_at: When the document of the canary was created; latencies count from then.
        hit: The id of the hit that the canary became.
    """
    change(db, _FOUND, {"asked_at": stored(requested_at), "planted_at": stored(created_at), "hit": hit})


def record_failed(db: Writer, requested_at: datetime, failure: str) -> None:
    """Record that the pipeline did not find the canary requested at *requested_at*.

    Args:
        db: The writing connection, in a transaction.
        requested_at: Identifies the canary.
        failure: Why it was not found.
    """
    change(db, _FAILED, {"asked_at": stored(requested_at), "failure": failure})


def latest(db: Reader) -> Canary | None:
    """Return the newest canary that has been through the pipeline, with its deliveries; None if there is none."""
    return next(iter(recent(db, 1)), None)


def recent(db: Reader, limit: int) -> list[Canary]:
    """Return the newest canaries that have been through the pipeline, with their deliveries, the newest first."""
    return [_canary(db, row) for row in rows(db, _RECENT, {"limit": limit})]


def _canary(db: Reader, row: Row) -> Canary:
    created_at = moment(row["planted_at"])
    found = rows(db, _ARRIVALS, {"hit": row["hit_id"]})
    arrivals = tuple(
        Arrival(
            r["destination"],
            DeliveryState(r["state"]),
            (moment(r["sent_at"]) - created_at).total_seconds() if r["sent_at"] and created_at else None,
            r["cause"],
        )
        for r in found
    )
    return Canary(moment(row["asked_at"]), created_at, row["failure"], arrivals)
