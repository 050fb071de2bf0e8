"""When a destination may be notified: at once, after its quiet hours, or with its next digest.

Days and times are local times of a time zone. If the clock is set forward, a skipped time is due at the moment of the
change. If the clock is set back, a time that occurs twice is due the first time, and quiet hours last until the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from monitor.model import Destination, QuietWindow, Recurrence, Severity
from monitor.model.reason import DigestDue, QuietHours

_DAY = timedelta(days=1)
_MINUTES_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Slot:
    """When a destination may be notified, and whether in a digest."""

    due_at: datetime
    in_digest: bool = False
    reason: DigestDue | QuietHours | None = None  # why the notification is delayed; None if it is not


def slot_of(destination: Destination, severity: Severity, *, ready_at: datetime, now: datetime, zone: tzinfo) -> Slot:
    """Return when *destination* may be notified about a hit of that severity.

    At once if *severity* is ``break_quiet`` or higher; otherwise with the destination's next digest if it has digests,
    or at the end of its quiet hours if it is in them.

    Args:
        destination: The destination to notify.
        severity: The severity of the hit.
        ready_at: When the alert could be sent without digest and quiet hours.
        now: The current time.
        zone: The time zone of digest times and quiet hours.
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


def next_moment(recurrences: Sequence[Recurrence], zone: tzinfo, after: datetime) -> datetime:
    """Return the next time, in UTC, at which one of the weekly *recurrences* occurs.

    Args:
        recurrences: Weekly times, such as every Monday at 09:00; at least one.
        zone: The time zone of their days and times.
        after: The result is later than this time.
    """
    today = after.astimezone(zone).date()
    coming = (
        moment
        for recurrence in recurrences
        # from yesterday, whose last hour may come twice, to the same day of the next week
        for day in _days(today - _DAY, 9)
        if day.weekday() in recurrence.days and (moment := _instant(day, recurrence.minute, zone)) > after
    )
    return min(coming)


def quiet_until(windows: Sequence[QuietWindow], zone: tzinfo, at: datetime) -> datetime | None:
    """Return when the quiet hours that contain the time *at* end, in UTC; None if *at* is not in quiet hours.

    Adjacent windows are treated as one, such as Saturday's and Sunday's. Quiet hours that never end are cut after a
    week.

    Args:
        windows: The quiet hours.
        zone: The time zone of their days and times.
        at: The time to check.
    """
    end = at
    while end - at < timedelta(days=7):
        ends = [until for window in windows for begin, until in _spans(window, zone, end) if begin <= end < until]
        if not ends:
            break
        end = max(ends)
    return end.astimezone(UTC) if end > at else None


def _spans(window: QuietWindow, zone: tzinfo, around: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the periods of a weekly quiet window, as start and end in UTC, that may contain the time *around*."""
    today = around.astimezone(zone).date()
    for day in _days(today - 2 * _DAY, 4):
        if day.weekday() in window.days:
            last = day if window.end > window.start else day + _DAY
            yield _instant(day, window.start, zone), _instant(last, window.end, zone, again=True)


def _days(first: date, count: int) -> Iterator[date]:
    return (first + n * _DAY for n in range(count))


def _instant(day: date, minute: int, zone: tzinfo, *, again: bool = False) -> datetime:
    """Return when the clock in *zone* shows *minute* of *day*: the first time, or the last time if *again*.

    *minute* counts from midnight. A time occurs twice if the clock is set back.
    """
    days, minutes = divmod(minute, _MINUTES_OF_DAY)
    wall = datetime.combine(day + days * _DAY, time(minutes // 60, minutes % 60), zone)
    early, late = sorted(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if early == late or late.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return late if again else early
    return _jump(early, late, zone)


def _jump(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return when the clock in *zone* is changed between *before* and *after*: the first second with the new offset."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before).total_seconds() // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
