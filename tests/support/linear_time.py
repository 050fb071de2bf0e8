"""Checks that the time a function takes does not grow faster than its input.

Unlike the counted calls of ``work``, it also shows what happens inside a regular expression.
"""

from __future__ import annotations

import time
from collections.abc import Callable

SHORT, LONG = 4_000, 16_000  # characters
NEGLIGIBLE_S = 0.03  # below this, the growth cannot be measured
MOST_TIMES = 9.0  # longer for an input four times as long; it is 4 for linear time and 16 for quadratic time


def cpu_time_s(function: Callable[[], object]) -> float:
    """Return the CPU time that *function* takes, in seconds."""
    started = time.process_time()
    function()
    return time.process_time() - started


def growth(read: Callable[[str], object], start: str, unit: str, end: str = "") -> float | None:
    """Return how many times longer *read* takes for an input four times as long; None if that is too short to measure.

    Args:
        read: The function; errors are its own business.
        start: The beginning of the input.
        unit: What the input repeats after it.
        end: The end of the input, which may keep an expression from matching at all.
    """
    short, long = (start + unit * (length // len(unit)) + end for length in (SHORT, LONG))
    long_s = cpu_time_s(lambda: read(long))
    if long_s < NEGLIGIBLE_S:
        return None
    # a busy machine makes single measurements longer, never shorter
    short_s = min(cpu_time_s(lambda: read(short)) for _ in range(3))
    if long_s / max(short_s, 1e-6) > MOST_TIMES:
        long_s = min(long_s, cpu_time_s(lambda: read(long)))
    return long_s / max(short_s, 1e-6)
