"""When a destination may be told: at once, after a wait, at the end of its quiet hours, with its digest. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from monitor.alerts.content.time_words import moment_words
from monitor.alerts.policy.recurrence import next_moment, quiet_until
from monitor.model import Destination, Severity


@dataclass(frozen=True, slots=True)
class Slot:
    """The moment at which a destination may be told of something."""

    due_at: datetime
    in_digest: bool = False  # together with all that is collected
    why: str = ""  # it is later than it could be; empty: it is not


def slot_of(destination: Destination, severity: Severity, *, ready_at: datetime, now: datetime, zone: tzinfo) -> Slot:
    """Return when *destination* is told of something of that severity, which would be ready at *ready_at*.

    What is as severe as ``break_quiet`` goes now. The rest is collected where there is a digest, and held while it
    is quiet.
    """
    if destination.break_quiet is not None and severity >= destination.break_quiet:
        return Slot(now)
    if destination.digest:
        at = next_moment(destination.digest, zone, now)
        at = quiet_until(destination.quiet_hours, zone, at) or at
        return Slot(at, in_digest=True, why=f"collected for the digest of {moment_words(at, zone=zone, now=now)}")
    if until := quiet_until(destination.quiet_hours, zone, ready_at):
        return Slot(until, why=f"quiet hours until {moment_words(until, zone=zone, now=now)}")
    return Slot(ready_at)
