"""What people do to what is stored: the same functions for a running daemon and for a command without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from monitor.errors import UsageError
from monitor.store import Writer, deliveries, silence_records, triage_records

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
    reason = f"dropped by {_author(request)}: {request.get('why') or 'no reason given'}"
    if not deliveries.drop(db, number, reason):
        raise UsageError(f"delivery {number} {_stands(db, number)}; only open, pending and dead ones are dropped")
    return f"delivery {number} is dropped"


def triage(db: Writer, request: Mapping[str, Any], now: datetime) -> str:
    """Keep what somebody says of a hit; return that in words."""
    number, word, author = _id(request), str(request.get("triage")), _author(request)
    if word not in TRIAGE:
        raise UsageError(f'a hit is {", ".join(TRIAGE[:-1])} or {TRIAGE[-1]}, not "{word}"')
    if not triage_records.triage(db, number, word, author=author, now=now):
        raise UsageError(f"no hit #{number}; monitor hits lists them")
    return f"hit #{number}: {word}, by {author}"


def silence(db: Writer, request: Mapping[str, Any], now: datetime) -> str:
    """Silence an actor or a rule for a while; return until when, in words."""
    subject, name, why = (str(request.get(key) or "") for key in ("subject", "name", "why"))
    for_s = request.get("for_s")
    if subject not in ("actor", "rule") or not name or not why:
        raise UsageError("a silence names an actor or a rule, and why")
    if not isinstance(for_s, int | float) or not 0 < for_s <= LONGEST_SILENCE_S:
        raise UsageError("a silence holds for more than nothing, and a hundred years at most")
    until = now + timedelta(seconds=for_s)
    number = silence_records.add_silence(db, subject, name, author=_author(request), why=why, until=until, now=now)
    return (
        f"silence {number}: {subject} {name} until {until:%Y-%m-%d %H:%M} UTC; what is waiting already still goes out"
    )


def end_silence(db: Writer, request: Mapping[str, Any], now: datetime) -> str:
    """End a silence before its time; return what was done, in words."""
    number = _id(request)
    if not silence_records.end_silence(db, number, author=_author(request), now=now):
        raise UsageError(f"no silence {number} is in force; monitor silences lists them")
    return f"silence {number} is over"


def send_digest(db: Writer, request: Mapping[str, Any], now: datetime) -> str:
    """Make due what is being collected for a destination; return what was done, in words."""
    name = str(request.get("destination") or "")
    if not deliveries.hurry_digests(db, name, now):
        raise UsageError(f"nothing is being collected for {name}")
    return f"the digest for {name} is due now"


LONGEST_SILENCE_S = 100 * 365 * 86_400.0
TRIAGE = ("relevant", "noise", "ack")
ACTS: dict[str, Act] = {
    "retry": retry,
    "drop": drop,
    "triage": triage,
    "silence": silence,
    "end silence": end_silence,
    "send digest": send_digest,
}


def _id(request: Mapping[str, Any]) -> int:
    number = request.get("id")
    if not isinstance(number, int):
        raise UsageError("a delivery, a hit or a silence is named by its number")
    return number


def _author(request: Mapping[str, Any]) -> str:
    return str(request.get("author") or "somebody")


def _stands(db: Writer, number: int) -> str:
    delivery = deliveries.load_delivery(db, number)
    return f"is {delivery.state}" if delivery else "does not exist"
