"""Click parameter types: times, such as ``3d`` or ``yesterday``, and numbers, as users type them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from monitor.errors import UsageError
from monitor.times import typed_time

MAX_NUMBER = 2**63 - 1  # SQLite's largest


class PointInTime(click.ParamType[datetime]):
    """A time that the user types for ``--since`` or ``--until``; for ``--until``, a date means the end of that day."""

    name = "TIME"

    def __init__(self, *, end_of_day: bool = False) -> None:
        self._end_of_day = end_of_day

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ARG002
        """Return the time that the user typed.

        Raises UsageError if the text is not a time.
        """
        from monitor import clock

        if isinstance(value, datetime):
            return value
        return typed_time(_name(param), value, now=clock.now(), end_of_day=self._end_of_day)


class Number(click.ParamType[int]):
    """A number that the user types: of a hit, a delivery or a silence, or how many rows to show."""

    name = "NUMBER"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ARG002
        """Return the number that the user typed.

        Raises UsageError if the text is not a number.
        """
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
