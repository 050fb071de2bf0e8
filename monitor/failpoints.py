"""Named points at which a test can kill the process; without the environment variable they do nothing.

``MONITOR_FAULT=NAME:N`` sends SIGKILL to this process when it passes the point called NAME for the Nth time. The
points lie between the steps that move data, so that a test can show that none is lost between two of them.
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
    """Do nothing."""


def _armed(wanted: str) -> Callable[[str], None]:
    point, _, count = wanted.rpartition(":")
    if point not in POINTS or not count.isdecimal():
        raise ValueError(f"{ENVIRONMENT}={wanted}: not NAME:N with a name of {', '.join(POINTS)}")
    left = int(count)

    def passed(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return passed


failpoint: Callable[[str], None] = _armed(os.environ[ENVIRONMENT]) if ENVIRONMENT in os.environ else _off
