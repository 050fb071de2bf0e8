"""Moments that come due by themselves become deliveries, each once; what was missed while nobody ran is made up for.

A timer has a kind, and ``rings.RINGS`` says what is done when one of that kind is due: write into the outbox, in the
transaction that takes the timer away. ``rings.RECURRING`` says which of them come back and when, as the configuration
has it; those are set by ``settle`` and set anew whenever they ring. All that waits, groups or is held needs no timer:
it is an open delivery with a due moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerts.policy.recurrence import next_moment
from monitor.config import Config
from monitor.logs import Log
from monitor.model import Recurrence
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.store import Writer, timers
from monitor.store.timers import Timer

LATE = timedelta(minutes=1)  # a tick that comes later was not there at the moment

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Ringing:
    """A timer that is due."""

    timer: Timer
    late: bool  # its moment was missed
    now: datetime


Ring = Callable[[Writer, ActiveConfiguration, Ringing], None]
Rings = Mapping[str, Ring]  # by kind
Recurring = Mapping[str, Callable[[Config], Sequence[Recurrence]]]  # by kind; no recurrence: it is not wanted


def settle(db: Writer, config: Config, now: datetime, recurring: Recurring) -> None:
    """Set the timers that come back as *config* has it, and leave those alone that are set so already.

    A timer that was missed keeps its moment, so that it rings once when the daemon is back.
    """
    standing = {timer.kind: timer.spec for timer in timers.list_timers(db)}
    for kind, recurrences_of in recurring.items():
        recurrences = recurrences_of(config)
        spec = _spec(recurrences, config)
        if not recurrences:
            timers.cancel_timer(db, kind)
        elif standing.get(kind) != spec:
            due_at = next_moment(recurrences, config.alerts.timezone, now)
            timers.set_timer(db, kind, due_at=due_at, now=now, spec=spec)


def ring_due(db: Writer, active: ActiveConfiguration, now: datetime, *, rings: Rings, recurring: Recurring) -> int:
    """Do what is to be done for every timer that is due, and return how many there were; in one transaction."""
    due = timers.take_due(db, now)
    for timer in due:
        ring = rings.get(timer.kind)
        if ring is None:
            log.warning("a timer that this version does not know was left out", kind=timer.kind)
            continue
        ring(db, active, Ringing(timer, late=now - timer.due_at > LATE, now=now))
    if any(timer.spec for timer in due):
        settle(db, active.config, now, recurring)
    return len(due)


def _spec(recurrences: Sequence[Recurrence], config: Config) -> str:
    return f"{', '.join(recurrence.written for recurrence in recurrences)} {config.alerts.timezone}"
