"""Whether an actor is in the news far more than it used to be."""

from __future__ import annotations

import math
from collections.abc import Callable

FEWEST = 5  # stories in a day; below that nobody speaks of a surge
SHORTEST_MEMORY = 7  # days of knowing what is usual
DEVIATIONS = 4  # of a day's number, were stories to come by chance

SurgeOf = Callable[[str], str]  # the id of an actor -> what is unusual about it, in words; empty: nothing


def no_surge(_actor: str) -> str:
    """Return nothing: where nobody remembers what was mentioned before, nothing is unusual."""
    return ""


def surge_words(today: int, before: int, days: int) -> str:
    """Return that *today*'s number of stories is far above the baseline; empty when it is not, or nobody can say.

    Args:
        today: How many stories of the last 24 hours mention the actor.
        before: How many of the *days* before do.
        days: How long that is.
    """
    if days < SHORTEST_MEMORY or today < FEWEST:
        return ""
    usual = before / days
    if today <= usual + DEVIATIONS * math.sqrt(usual) or today < 2 * usual:
        return ""
    return f"{today} stories in 24 h, {usual:.1f} a day in the {days} days before"
