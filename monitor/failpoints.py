"""Failpoints: named points in the code at which a test can kill the process.

``MONITOR_FAULT=NAME:N`` sends SIGKILL to this process when it reaches the failpoint NAME for the Nth time; without this
environment variable, failpoints do nothing. They are placed between the steps that store or send data, so that tests
can show that a crash between two steps loses nothing.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

ENVIRONMENT = "MONITOR_FAULT"

POINTS = (
    "opened",
    "recovered",
    "fetched",
    "parsed",
    "ingest begun",
    "entry stored",
    "hit stored",
    "decided",
    "feed saved",
    "ingest committed",
    "leased",
    "rendered",
    "accepted",
    "outcome written",
    "outcome committed",
)


def _off(name: str) -> None:
    """Do nothing: the failpoint function that is used when ``MONITOR_FAULT`` is not set."""


def _armed(wanted: str) -> Callable[[str], None]:
    point, _, count = wanted.rpartition(":")
    if point not in POINTS or not count.isdecimal():
        raise ValueError(f"{ENVIRONMENT}={wanted}: must be NAME:N, where NAME is one of {', '.join(POINTS)}")
    left = int(count)

    def reached(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return reached


failpoint: Callable[[str], None] = _armed(os.environ[ENVIRONMENT]) if ENVIRONMENT in os.environ else _off
