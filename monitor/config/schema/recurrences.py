"""Parse weekly times, such as ``Mon 09:00``, and quiet hours, such as ``Mon-Fri 18:00-08:00``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from monitor.config.schema.values import InvalidValue, quoted
from monitor.model import QuietWindow, Recurrence

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MINUTES_OF_DAY = 24 * 60
ALL_DAYS = frozenset(range(7))

_DAY = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
_DAYS_TEXT = f"{_DAY}(-{_DAY})?"
_SPAN = f"{_TIME}-({_TIME}|24:00)"
RECURRENCE = f"({_DAYS_TEXT} )?{_TIME}"
QUIET_WINDOW = f"({_DAYS_TEXT}|({_DAYS_TEXT} )?{_SPAN})"


def parse_recurrence(value: object) -> Recurrence:
    """Return the weekly times written as ``"08:00"`` (every day), ``"Mon 09:00"`` or ``"Mon-Fri 08:00"``.

    Raises:
        InvalidValue: *value* has another form.
    """
    if not isinstance(value, str) or not re.fullmatch(RECURRENCE, value):
        raise InvalidValue(
            f"must be a time of day, not {quoted(value)}", 'write "08:00", "Mon 09:00" or "Mon-Fri 08:00"'
        )
    *days, time = value.split()
    return Recurrence(_days(days), _minute(time), value)


def parse_item_time(value: object) -> Recurrence | datetime:
    """Return when an item of an example is seen: a date and time of TOML, or a weekly time.

    Raises:
        InvalidValue: The value is neither.
    """
    if isinstance(value, datetime):
        return value
    try:
        return parse_recurrence(value)
    except InvalidValue as error:
        raise InvalidValue(error.message, f"{error.hint}, or 2026-11-27T08:30:00 without quotes") from None


def parse_quiet_window(value: object) -> QuietWindow:
    """Return the quiet hours written as ``"18:00-08:00"``, ``"Sat"``, ``"Sat-Sun"`` or ``"Mon-Fri 18:00-08:00"``.

    If the end is before the start, quiet hours end on the next day. The days are those on which they begin.

    Raises:
        InvalidValue: *value* has another form, or start and end are equal.
    """
    if not isinstance(value, str) or not re.fullmatch(QUIET_WINDOW, value):
        raise InvalidValue(
            f"must be a period, not {quoted(value)}", 'write "18:00-08:00", "Sat" or "Mon-Fri 18:00-08:00"'
        )
    span = re.search(_SPAN, value)
    if span is None:
        return QuietWindow(_days([value]), 0, MINUTES_OF_DAY, value)
    start, end = map(_minute, span[0].split("-"))
    if start == end:
        raise InvalidValue(
            f"begins and ends at the same time: {quoted(value)}", 'for the whole day write "Sat" or "Mon-Sun"'
        )
    return QuietWindow(_days(value.split()[:-1]), start, end, value)


def parse_quiet_hours(windows: list[QuietWindow]) -> list[QuietWindow]:
    """Return *windows* unchanged if they leave at least some time of the week free.

    Raises:
        InvalidValue: They cover the whole week, so that alerts would be delayed forever.
    """
    quiet = set[int]()
    for window in windows:
        length = (window.end - window.start) % MINUTES_OF_DAY or MINUTES_OF_DAY
        for day in window.days:
            begin = day * MINUTES_OF_DAY + window.start
            quiet.update(minute % (7 * MINUTES_OF_DAY) for minute in range(begin, begin + length))
    if len(quiet) == 7 * MINUTES_OF_DAY:
        raise InvalidValue("covers the whole week, so that nothing would ever be sent", "leave some time free")
    return windows


def _days(words: Sequence[str]) -> frozenset[int]:
    """Return the days of the week in *words*, such as ``["Mon-Fri"]``; an empty list means all days.

    ``["Fri-Mon"]`` includes Saturday and Sunday.
    """
    if not words:
        return ALL_DAYS
    first, _, last = words[0].partition("-")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return frozenset(day % 7 for day in range(begin, end + 1 if end >= begin else end + 8))


def _minute(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)
