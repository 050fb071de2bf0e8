"""Moments at which something is to be done that is no delivery yet: kept, so that a restart forgets none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.db.statements import Reader, Row, Writer, change, rows
from monitor.store.db.timestamps import moment, stored

_SET = """
INSERT INTO timers (kind, key, set_at, due_at, spec) VALUES (:kind, :key, :now, :due_at, :spec)
ON CONFLICT (kind, key) DO UPDATE SET set_at = excluded.set_at, due_at = excluded.due_at, spec = excluded.spec
"""

_SET_ONCE = """
INSERT OR IGNORE INTO timers (kind, key, set_at, due_at, spec) VALUES (:kind, :key, :now, :due_at, '')
"""

_CANCEL = "DELETE FROM timers WHERE kind = :kind AND key = :key"
_TAKE = "DELETE FROM timers WHERE due_at <= :now RETURNING *"
_LIST = "SELECT * FROM timers ORDER BY due_at, kind, key"


@dataclass(frozen=True, slots=True)
class Timer:
    """A moment at which something of a *kind* is to be done."""

    kind: str
    key: str  # which of its kind; empty: there is one
    set_at: datetime
    due_at: datetime
    spec: str = ""  # what it comes back by, as written in the configuration; empty: it comes once


def set_timer(db: Writer, kind: str, key: str = "", *, due_at: datetime, now: datetime, spec: str = "") -> None:
    """Set the timer of that *kind* and *key*; one that was set before is set anew."""
    values = {"kind": kind, "key": key, "now": stored(now), "due_at": stored(due_at), "spec": spec}
    change(db, _SET, values)


def set_timer_once(db: Writer, kind: str, key: str, *, due_at: datetime, now: datetime) -> None:
    """Set the timer of that *kind* and *key*, unless it is set already."""
    change(db, _SET_ONCE, {"kind": kind, "key": key, "now": stored(now), "due_at": stored(due_at)})


def cancel_timer(db: Writer, kind: str, key: str = "") -> bool:
    """Take back a timer; return False when there is none."""
    return change(db, _CANCEL, {"kind": kind, "key": key}) == 1


def take_due(db: Writer, now: datetime) -> list[Timer]:
    """Return the timers that are due, the longest overdue first; they are gone with this transaction."""
    return sorted((_timer(row) for row in rows(db, _TAKE, {"now": stored(now)})), key=lambda timer: timer.due_at)


def list_timers(db: Reader) -> list[Timer]:
    """Return all timers, the next first."""
    return [_timer(row) for row in rows(db, _LIST)]


def _timer(row: Row) -> Timer:
    return Timer(row["kind"], row["key"], moment(row["set_at"]), moment(row["due_at"]), row["spec"])
