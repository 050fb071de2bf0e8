"""Times and numbers as people type them on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import click

from monitor.errors import UsageError

MAX_NUMBER = 2**63 - 1  # SQLite's largest
MAX_SPAN_S = 100 * 365 * 86_400.0

_UNIT_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0, "y": 31_536_000.0}
_SPAN = re.compile(r"(\d+(?:\.\d+)?) ?([smhdwy])", re.ASCII)
_DAYS_AGO = {"today": 0, "yesterday": 1}
_WAY_OUT = "use 2026-11-26, 2026-11-26T14:00, yesterday or a span such as 3d"


def span_seconds(text: str) -> float | None:
    """Return the seconds of ``30m``, ``4h``, ``7d`` or ``2w``; None when *text* is no span of at most 100 years."""
    found = _SPAN.fullmatch(text.strip())
    seconds = float(found[1]) * _UNIT_S[found[2]] if found else None
    return seconds if seconds is not None and seconds <= MAX_SPAN_S else None


def point_in_time(text: str, *, now: datetime, end_of_day: bool = False) -> datetime | None:
    """Return the time that *text* means; None when it means none.

    Args:
        text: A span before now (``3d``), ``today``, ``yesterday``, a date, or a date and time (ISO 8601). Without a
            UTC offset it is UTC.
        now: The current time.
        end_of_day: Take a day for its last moment instead of its first.
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


class PointInTime(click.ParamType[datetime]):
    """A time for ``--since``, or the end of a period for ``--until``."""

    name = "TIME"

    def __init__(self, *, end_of_day: bool = False) -> None:
        self._end_of_day = end_of_day

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ARG002
        """Return the time that was typed; raise UsageError when it is none."""
        from monitor import clock

        if isinstance(value, datetime):
            return value
        at = point_in_time(value, now=clock.now(), end_of_day=self._end_of_day)
        if at is None:
            raise UsageError(f'{_name(param)}: "{value}" is not a time; {_WAY_OUT}')
        return at


class Number(click.ParamType[int]):
    """The number of a hit, a delivery or a silence, or how many rows to show."""

    name = "NUMBER"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ARG002
        """Return the number that was typed; raise UsageError when it is none."""
        if isinstance(value, int):
            return value
        text = str(value).removeprefix("#")
        if not (text.isascii() and text.isdigit()):
            raise UsageError(f'{_name(param)} must be a number, not "{value}"')
        if not text.strip("0"):
            raise UsageError(f"{_name(param)} must be at least 1")
        if len(text) > len(str(MAX_NUMBER)) or int(text) > MAX_NUMBER:
            raise UsageError(f"{_name(param)} must be at most {MAX_NUMBER}, not {value}")
        return int(text)


def _name(param: click.Parameter | None) -> str:
    if param is None:
        return "value"
    return param.opts[0] if param.param_type_name == "option" else param.human_readable_name


NUMBER = Number()
SINCE = PointInTime()
UNTIL = PointInTime(end_of_day=True)
