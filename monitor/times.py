"""Parse times as people type them (``3d``, ``yesterday``, a date, a date with a time), and dates in files."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from monitor.errors import UsageError

MAX_SPAN_S = 100 * 365 * 86_400.0
EXAMPLES = "2026-11-26, 2026-11-26T14:00, yesterday or a span such as 3d"

_UNIT_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0, "y": 31_536_000.0}
_SPAN = re.compile(r"(\d+(?:\.\d+)?) ?([smhdwy])", re.ASCII)
_DAYS_AGO = {"today": 0, "yesterday": 1}


def span_seconds(text: str) -> float | None:
    """Return the seconds of a span such as ``30m``, ``4h``, ``7d`` or ``2w``.

    None if *text* is not a span, or a span of more than 100 years.
    """
    found = _SPAN.fullmatch(text.strip())
    seconds = float(found[1]) * _UNIT_S[found[2]] if found else None
    return seconds if seconds is not None and seconds <= MAX_SPAN_S else None


def point_in_time(text: str, *, now: datetime, end_of_day: bool = False) -> datetime | None:
    """Return the time that *text* describes; None if *text* is not a time.

    Args:
        text: A span before *now* (``3d``), ``today``, ``yesterday``, a date, or a date and time (ISO 8601). Without a
            UTC offset it is UTC.
        now: The current time.
        end_of_day: Whether a date without a time means the end of that day instead of its beginning.
    """
    text = text.strip()
    seconds = span_seconds(text)
    if seconds is not None:
        return now - timedelta(seconds=seconds)
    at_end = time.max if end_of_day else time.min
    try:
        if text.lower() in _DAYS_AGO:
            day = (now - timedelta(days=_DAYS_AGO[text.lower()])).date()
            return datetime.combine(day, at_end, UTC)
        at = datetime.fromisoformat(text)
        if len(text) <= len("2026-11-26"):
            return datetime.combine(at.date(), at_end, UTC)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def typed_time(name: str, text: str, *, now: datetime, end_of_day: bool = False) -> datetime:
    """Return the time that *text* describes, as ``point_in_time`` does, or raise an error that names the option.

    Args:
        name: The name of the option or filter, for the error: ``--since``, ``since``.
        text: What was typed for it.
        now: The current time.
        end_of_day: Whether a date without a time means the end of that day instead of its beginning.

    Raises:
        UsageError: *text* is not a time.
    """
    at = point_in_time(text, now=now, end_of_day=end_of_day)
    if at is None:
        raise UsageError(f'{name}: "{text[:80]}" is not a time; use {EXAMPLES}')
    return at


def written_date(value: object) -> datetime | None:
    """Return *value*, a date in ISO 8601 or RFC 822 format, as a time in UTC; None if it is not such a text."""
    from email.utils import parsedate_to_datetime  # not for commands that only list hits: it takes a while to import

    written = value.strip() if isinstance(value, str) else ""
    for read in (datetime.fromisoformat, parsedate_to_datetime) if written else ():
        try:
            date = read(written)
            return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
