"""What people do to what is stored: the same functions for a running daemon and for a command without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from monitor.errors import UsageError
from monitor.store import Writer, deliveries

Act = Callable[[Writer, Mapping[str, Any], datetime], str]


def retry(db: Writer, request: Mapping[str, Any], now: datetime) -> str:
    """Make a delivery that is pending, dead or dropped due now; return what was done, in words."""
    number = _id(request)
    if not deliveries.retry(db, number, now):
        raise UsageError(f"delivery {number} {_stands(db, number)}; only pending, dead and dropped ones are retried")
    return f"delivery {number} is due now"


def drop(db: Writer, request: Mapping[str, Any], now: datetime) -> str:  # noqa: ARG001 - the signature of an act
    """Drop a delivery that is open, pending or dead; return what was done, in words."""
    number = _id(request)
    reason = f"dropped by {request.get('author') or 'somebody'}: {request.get('why') or 'no reason given'}"
    if not deliveries.drop(db, number, reason):
        raise UsageError(f"delivery {number} {_stands(db, number)}; only open, pending and dead ones are dropped")
    return f"delivery {number} is dropped"


ACTS: dict[str, Act] = {"retry": retry, "drop": drop}


def _id(request: Mapping[str, Any]) -> int:
    number = request.get("id")
    if not isinstance(number, int):
        raise UsageError("a delivery is named by its number")
    return number


def _stands(db: Writer, number: int) -> str:
    delivery = deliveries.load_delivery(db, number)
    return f"is {delivery.state}" if delivery else "does not exist"
