"""Run the handlers of persisted timers that are due.

Each timer runs once at its time; a timer that was missed during downtime runs once when the daemon is back. The handler
of a timer writes to the outbox, in the transaction that deletes the timer. Recurring timers, such as the heartbeat, are
scheduled from the configuration, and scheduled again after each run. Deliveries that are held need no timer: they are
open deliveries with a due time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerts.policy.timing import next_moment
from monitor.config import Config
from monitor.logs import Log
from monitor.model import Recurrence
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.store import Writer, timers
from monitor.store.timers import Timer

LATE = timedelta(minutes=1)  # a timer that runs later than this was missed

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer that is due, as its handler receives it."""

    timer: Timer
    late: bool  # whether the handler runs more than LATE after the due time
    now: datetime


Handler = Callable[[Writer, ActiveConfiguration, DueTimer], None]
Handlers = Mapping[str, Handler]  # by kind
Recurring = Mapping[str, Callable[[Config], Sequence[Recurrence]]]  # by kind; empty: it is not configured


def schedule_recurring(db: Writer, config: Config, now: datetime, recurring: Recurring) -> None:
    """Set the recurring timers as the configuration says, and keep those whose settings have not changed.

    A timer that was missed keeps its time, so that it runs once when the daemon is back.

    Args:
        db: The writing connection, in a transaction.
        config: The active configuration.
        now: The current time.
        recurring: For each kind of timer, a function that returns its recurrences in a configuration.
    """
    current = {timer.kind: timer.spec for timer in timers.list_timers(db)}
    for kind, recurrences_of in recurring.items():
        recurrences = recurrences_of(config)
        spec = _spec(recurrences, config)
        if not recurrences:
            timers.cancel_timer(db, kind)
        elif current.get(kind) != spec:
            due_at = next_moment(recurrences, config.alerts.timezone, now)
            timers.set_timer(db, kind, due_at=due_at, now=now, spec=spec)


def run_due_timers(
    db: Writer, active: ActiveConfiguration, now: datetime, *, handlers: Handlers, recurring: Recurring
) -> int:
    """Run the handler of every timer that is due, and return how many there were.

    Args:
        db: The writing connection, in a transaction.
        active: The active configuration.
        now: The current time.
        handlers: The handler of each kind of timer.
        recurring: For each kind of timer that recurs, a function that returns its recurrences in a configuration.
    """
    due = timers.take_due(db, now)
    for timer in due:
        handler = handlers.get(timer.kind)
        if handler is None:
            log.warning("timer of an unknown kind ignored; a newer version may have set it", kind=timer.kind)
            continue
        handler(db, active, DueTimer(timer, late=now - timer.due_at > LATE, now=now))
    if any(timer.spec for timer in due):
        schedule_recurring(db, active.config, now, recurring)
    return len(due)


def _spec(recurrences: Sequence[Recurrence], config: Config) -> str:
    return f"{', '.join(recurrence.written for recurrence in recurrences)} {config.alerts.timezone}"
