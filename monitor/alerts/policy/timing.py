"""When a destination may be notified: at once, after a wait, at the end of its quiet hours, with its digest. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from monitor.alerts.policy.recurrence import next_moment, quiet_until
from monitor.model import Destination, Severity
from monitor.model.reason import DigestDue, QuietHours


@dataclass(frozen=True, slots=True)
class Slot:
    """The moment at which a destination may be notified."""

    due_at: datetime
    in_digest: bool = False
    reason: DigestDue | QuietHours | None = None  # why it is later than it could be; None: it is not


def slot_of(destination: Destination, severity: Severity, *, ready_at: datetime, now: datetime, zone: tzinfo) -> Slot:
    """Return when *destination* may be notified about something of that severity.

    From ``break_quiet`` on: now. Else, a destination with digests waits for the next one, and one in quiet hours for
    their end.

    Args:
        destination: Who is notified.
        severity: Of the hit.
        ready_at: When it could be sent if the destination had neither digest nor quiet hours.
        now: The present moment.
        zone: In which digests and quiet hours are meant.
    """
    if destination.break_quiet is not None and severity >= destination.break_quiet:
        return Slot(now)
    if destination.digest:
        at = next_moment(destination.digest, zone, now)
        at = quiet_until(destination.quiet_hours, zone, at) or at
        return Slot(at, in_digest=True, reason=DigestDue(at))
    if until := quiet_until(destination.quiet_hours, zone, ready_at):
        return Slot(until, reason=QuietHours(until))
    return Slot(ready_at)
