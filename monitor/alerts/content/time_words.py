"""Write durations and times as words, the same in every alert, reason and table."""

from __future__ import annotations

from datetime import datetime, tzinfo

# strftime's %b follows the locale of the process; an alert must not
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86400


def span_words(seconds: float) -> str:
    """Return a duration in its natural unit, rounded down: ``20 s``, ``3 min``, ``48 h``, ``3 d``.

    A unit is used if the duration has at least two of it, so that 119 s is ``119 s`` and 120 s is ``2 min``; days are
    used only above 48 h. A negative duration counts as zero.
    """
    whole = max(0, int(seconds))
    if whole < 2 * MINUTE_S:
        return f"{whole} s"
    if whole < 2 * HOUR_S:
        return f"{whole // MINUTE_S} min"
    if whole <= 2 * DAY_S:
        return f"{whole // HOUR_S} h"
    return f"{whole // DAY_S} d"


def moment_words(at: datetime, *, zone: tzinfo, now: datetime) -> str:
    """Return a time in words, such as ``22 Nov 08:41 CET``.

    Args:
        at: The time.
        zone: The time zone in which it is written.
        now: The current time; if *at* is in another year, the year is added.
    """
    local = at.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local.day} {MONTHS[local.month - 1]}{year} {local:%H:%M} {local.tzname() or ''}".rstrip()
