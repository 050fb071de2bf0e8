"""Spans and moments in words, the same in every alert, reason and table."""

from __future__ import annotations

from datetime import datetime, tzinfo

# strftime's %b follows the locale of the process; an alert must not
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86400


def span_words(seconds: float) -> str:
    """Return a length of time in its natural unit, rounded down: ``20 s``, ``3 min``, ``48 h``, ``3 d``.

    A unit is used from two of it on, except that hours go up to 48 h; negative lengths count as zero.
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
    """Return a moment in words: ``22 Nov 08:41 CET``.

    Args:
        at: The moment.
        zone: In which it is written.
        now: The present moment; another year than its own is written too.
    """
    local = at.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{local.day} {MONTHS[local.month - 1]}{year} {local:%H:%M} {local.tzname() or ''}".rstrip()
