"""Canaries: invented items that prove that alerts arrive, and how long each took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import DeliveryState
from monitor.store.db.statements import Reader, Writer, change, first, rows
from monitor.store.db.timestamps import moment, stored

_ASK = "INSERT INTO canaries (asked_at, failure) VALUES (:now, '') ON CONFLICT (asked_at) DO NOTHING"
_ASKED = "SELECT asked_at FROM canaries WHERE planted_at IS NULL AND failure = '' ORDER BY asked_at"
_LATEST = "SELECT * FROM canaries WHERE planted_at IS NOT NULL OR failure <> '' ORDER BY asked_at DESC LIMIT 1"
_PLANTED = "UPDATE canaries SET planted_at = :planted_at, hit_id = :hit WHERE asked_at = :asked_at"
_FAILED = "UPDATE canaries SET failure = :failure WHERE asked_at = :asked_at"

_ARRIVALS = """
SELECT d.destination, d.state, d.sent_at, d.cause FROM deliveries d JOIN delivery_hits c ON c.delivery_id = d.id
WHERE c.hit_id = :hit AND d.kind = 'canary' ORDER BY d.destination
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The delivery of a canary to one destination."""

    destination: str
    state: DeliveryState
    latency_s: float | None  # from the making of the item to its acceptance; None: not accepted
    cause: str  # of the last failure; empty: none


@dataclass(frozen=True, slots=True)
class Canary:
    """One canary and its deliveries."""

    asked_at: datetime
    planted_at: datetime | None  # None: it was not found
    failure: str  # why it was not found; empty: it was
    arrivals: tuple[Arrival, ...] = ()


def ask(db: Writer, now: datetime) -> None:
    """Record that a canary is requested."""
    change(db, _ASK, {"now": stored(now)})


def asked(db: Reader) -> list[datetime]:
    """Return the request times of the canaries that were not planted yet."""
    return [moment(row["asked_at"]) for row in rows(db, _ASKED)]


def note_planted(db: Writer, asked_at: datetime, planted_at: datetime, hit: int) -> None:
    """Record that a canary, made at *planted_at*, was found and enqueued."""
    change(db, _PLANTED, {"asked_at": stored(asked_at), "planted_at": stored(planted_at), "hit": hit})


def note_failed(db: Writer, asked_at: datetime, failure: str) -> None:
    """Record why a canary was not found."""
    change(db, _FAILED, {"asked_at": stored(asked_at), "failure": failure})


def latest(db: Reader) -> Canary | None:
    """Return the newest canary that was planted or failed, with its deliveries; None if there is none."""
    row = first(db, _LATEST)
    if row is None:
        return None
    planted_at = moment(row["planted_at"])
    found = rows(db, _ARRIVALS, {"hit": row["hit_id"]})
    arrivals = tuple(
        Arrival(
            r["destination"],
            DeliveryState(r["state"]),
            (moment(r["sent_at"]) - planted_at).total_seconds() if r["sent_at"] and planted_at else None,
            r["cause"],
        )
        for r in found
    )
    return Canary(moment(row["asked_at"]), planted_at, row["failure"], arrivals)
