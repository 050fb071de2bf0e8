"""When a destination may be notified: at once, after a wait, after its quiet hours, or with its digest. Pure."""

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
    reason: DigestDue | QuietHours | None = None  # why it is delayed; None: it is not


def slot_of(destination: Destination, severity: Severity, *, ready_at: datetime, now: datetime, zone: tzinfo) -> Slot:
    """Return when *destination* may be notified about something of that severity.

    If *severity* is ``break_quiet`` or higher: now. Else a destination with digests waits for the next one, and a
    destination in quiet hours for their end.

    Args:
        destination: The destination to notify.
        severity: The severity of the hit.
        ready_at: When it could be sent if the destination had neither digest nor quiet hours.
        now: The present moment.
        zone: The time zone of digests and quiet hours.
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
