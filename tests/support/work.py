"""How much a job does, counted instead of timed: a busy machine changes nothing about it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from support.effort import THOROUGH

FIXED = 200  # calls that do not depend on the length


def calls(job: Callable[[], Any]) -> int:
    """Return how many functions, of Python and of C, are called while *job* runs."""
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        job()
    finally:
        sys.setprofile(before)
    return counted


def grows_with_length_alone(job: Callable[[str], Any], text_of: Callable[[int], str], size: int) -> bool:
    """Return whether *job* does at most twice as much for ``text_of(2 * size)`` as for ``text_of(size)``.

    A run that is not thorough takes a sixth of *size*.
    """
    size = size if THOROUGH else size // 6
    short, long = text_of(size), text_of(2 * size)
    job(text_of(1))  # what is made once
    return calls(lambda: job(long)) <= 2.1 * calls(lambda: job(short)) + FIXED
