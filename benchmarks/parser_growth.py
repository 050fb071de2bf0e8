"""How the time that each parser takes grows with the length of its input, for texts of its own notation.

The tests count calls, which do not show what happens inside a regular expression; this measures processor time.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from itertools import pairwise

from support.parsers import PARSERS, Parser

from benchmarks.result import Result

SHORT, LONG = 4_000, 16_000  # characters
NEGLIGIBLE_S = 0.03  # below this, the growth cannot be measured
GOAL = 9.0  # 4 for linear time, 16 for quadratic time


def measure() -> Result:
    """Return how many times longer the slowest parser takes for an input four times as long."""
    found = {name: growth_of(parser) for name, parser in PARSERS.items() if parser.linear}
    worst = max((times for times, _ in found.values()), default=0.0)
    listed = sorted(((times, name, text) for name, (times, text) in found.items() if times > GOAL / 2), reverse=True)
    details = {"parsers": len(found), "slowest": [f"{name}, {text}: {times}" for times, name, text in listed]}
    return Result("parser_growth", worst, "times longer for four times the length", GOAL, details)


def growth_of(parser: Parser) -> tuple[float, str]:
    """Return how many times longer *parser* takes for four times the input, at most, and for which input."""

    def read(text: str) -> None:
        with contextlib.suppress(*parser.errors):
            parser.read(text)

    units = [*parser.pieces, *(a + b for a, b in pairwise(parser.pieces)), " ", "a"]
    cases = [(start, unit) for start in ("", *parser.pieces[:6]) for unit in units if unit]
    return max(
        (growth(read, start, unit), f"{start[:24]!r} and then {unit[:24]!r} again and again") for start, unit in cases
    )


def growth(read: Callable[[str], object], start: str, unit: str) -> float:
    """Return how many times longer *read* takes for an input four times as long; 0 if that is too short to measure.

    Args:
        read: Reads the input, and raises nothing.
        start: The beginning of the input.
        unit: What the input repeats after it.
    """
    short, long = (start + unit * (length // len(unit)) for length in (SHORT, LONG))
    long_s = _cpu_s(read, long)
    if long_s < NEGLIGIBLE_S:
        return 0.0
    # a busy machine makes single measurements longer, never shorter
    short_s = min(_cpu_s(read, short) for _ in range(3))
    return round(min(long_s, _cpu_s(read, long)) / max(short_s, 1e-6), 1)


def _cpu_s(read: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    read(text)
    return time.process_time() - started
