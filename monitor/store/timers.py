"""Store timers: times at which an escalation, a heartbeat or another action is due, apart from deliveries."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.store.db.statements import Reader, Row, Writer, change, moment, rows, stored

if TYPE_CHECKING:
    from monitor.model import Escalation

_SET = """
INSERT INTO timers (kind, story_id, rule, set_at, due_at, spec) VALUES (:kind, 0, '', :now, :due_at, :spec)
ON CONFLICT (kind, story_id, rule) DO UPDATE SET
    set_at = excluded.set_at, due_at = excluded.due_at, spec = excluded.spec
"""

_SET_ESCALATION = """
INSERT OR IGNORE INTO timers (kind, story_id, rule, set_at, due_at, spec, escalation)
VALUES (:kind, :story, :rule, :now, :due_at, '', :escalation)
"""

_CANCEL = "DELETE FROM timers WHERE kind = :kind"
_CANCEL_ESCALATIONS = "DELETE FROM timers WHERE kind = :kind AND story_id = :story"
_TAKE = "DELETE FROM timers WHERE due_at <= :now RETURNING *"
_LIST = "SELECT * FROM timers ORDER BY due_at, kind, story_id, rule"

ESCALATION = "escalation"  # the kind of timers that belong to a story and a rule; all others recur


@dataclass(frozen=True, slots=True)
class Timer:
    """A stored time at which an action of the kind *kind* is due."""

    kind: str
    set_at: datetime
    due_at: datetime
    spec: str = ""  # the recurrence as written in the configuration; empty: the timer runs once
    story: int = 0  # the story to escalate; 0: not an escalation
    rule: str = ""  # the rule to escalate; empty: not an escalation
    escalation: Escalation | None = (
        None  # the rule's escalation when the timer was set; None: not stored, or other kind
    )


def set_timer(db: Writer, kind: str, *, due_at: datetime, now: datetime, spec: str) -> None:
    """Set the recurring timer of the kind *kind*, and replace an earlier one.

    Args:
        db: The writing connection, in a transaction.
        kind: The kind of timer.
        due_at: When the timer is due next.
        now: The current time.
        spec: The recurrence as written in the configuration.
    """
    change(db, _SET, {"kind": kind, "now": stored(now), "due_at": stored(due_at), "spec": spec})


def set_escalation(db: Writer, timer: Timer) -> None:
    """Store the escalation timer of a story and a rule, unless there is one already."""
    values = {
        "kind": ESCALATION,
        "story": timer.story,
        "rule": timer.rule,
        "now": stored(timer.set_at),
        "due_at": stored(timer.due_at),
        "escalation": _escalation_stored(timer.escalation),
    }
    change(db, _SET_ESCALATION, values)


def cancel_timer(db: Writer, kind: str) -> bool:
    """Delete the timer of the kind *kind*; return False if there is none."""
    return change(db, _CANCEL, {"kind": kind}) > 0


def cancel_escalations(db: Writer, story: int) -> int:
    """Delete the escalation timers of *story*, and return how many there were."""
    return change(db, _CANCEL_ESCALATIONS, {"kind": ESCALATION, "story": story})


def take_due(db: Writer, now: datetime) -> list[Timer]:
    """Delete the timers that are due and return them, the longest overdue first."""
    return sorted((_timer(row) for row in rows(db, _TAKE, {"now": stored(now)})), key=lambda timer: timer.due_at)


def list_timers(db: Reader) -> list[Timer]:
    """Return all stored timers, the earliest due first."""
    return [_timer(row) for row in rows(db, _LIST)]


def _timer(row: Row) -> Timer:
    return Timer(
        kind=row["kind"],
        set_at=moment(row["set_at"]),
        due_at=moment(row["due_at"]),
        spec=row["spec"],
        story=row["story_id"],
        rule=row["rule"],
        escalation=_escalation(row["escalation"]),
    )


def _escalation_stored(escalation: Escalation | None) -> str | None:
    return json.dumps({"after_s": escalation.after_s, "to": list(escalation.to)}) if escalation else None


def _escalation(text: str | None) -> Escalation | None:
    if text is None:
        return None
    values = json.loads(text)
    from monitor.model import Escalation

    return Escalation(after_s=values["after_s"], to=tuple(values["to"]))
