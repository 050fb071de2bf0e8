"""Detect a surge: an actor is in far more stories than usual."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)
BASELINE_DAYS = 28  # over which the usual number of stories of an actor is computed
MIN_STORIES = 5  # in a day; fewer are never a surge
MIN_BASELINE_DAYS = 7  # with a shorter history the usual number is unknown
DEVIATIONS = 4  # standard deviations of a Poisson distribution above the usual number


@dataclass(frozen=True, slots=True)
class Surge:
    """The numbers of a surge: in how many stories an actor was in 24 hours, and in how many before."""

    today: int  # stories in the last 24 hours
    usual: float  # stories a day before that
    days: int  # length of the baseline


SurgeLookup = Callable[[str], Surge | None]  # id of an actor -> its surge; None: it has none


def no_surge(_actor: str) -> None:
    """Return None, for a caller without history: no actor has a surge."""


def baseline_days(now: datetime, begins_at: datetime) -> int:
    """Return the length in days of the baseline: up to 28 days, which end a day before *now*.

    Args:
        now: The time of the entry that is judged.
        begins_at: When the history begins.
    """
    return max(0, min(BASELINE_DAYS, (now - DAY - begins_at).days))


def find_surge(today: int, before: int, days: int) -> Surge | None:
    """Return the surge if *today* is at least twice the usual daily number and too high to be chance, else None.

    Args:
        today: The number of stories in the last 24 hours that mention the actor.
        before: The number of such stories in the *days* before.
        days: The number of days over which *before* was counted.
    """
    if days < MIN_BASELINE_DAYS or today < MIN_STORIES:
        return None
    usual = before / days
    if today <= usual + DEVIATIONS * math.sqrt(usual) or today < 2 * usual:
        return None
    return Surge(today, usual, days)
