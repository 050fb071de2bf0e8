"""How many messages a destination takes within a time, and when the next may come. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Destination

HOUR = timedelta(hours=1)
STORM = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most *most* messages in any span of that length; *words* say that they are used up."""

    most: int
    within: timedelta
    words: str


def limits_of(destination: Destination, storm: int) -> tuple[Limit, ...]:
    """Return what *destination* takes: ``max_per_hour`` and, for all alike, ``storm``."""
    limits = [Limit(storm, STORM, f"storm: more than {storm} alerts in 5 min")]
    if destination.max_per_hour is not None:
        words = f"max_per_hour {destination.max_per_hour} of {destination.name} is used up"
        limits.append(Limit(destination.max_per_hour, HOUR, words))
    return tuple(limits)


def for_alerts(limit: Limit) -> Limit:
    """Return *limit* less the one message that is kept for the summary of what does not fit."""
    return Limit(max(1, limit.most - 1), limit.within, limit.words) if limit.within == HOUR else limit


def is_full(limit: Limit, planned: Iterable[datetime], at: datetime) -> bool:
    """Return whether a message at *at*, besides those *planned*, would be one too many in some span around it."""
    near = sorted([at, *(other for other in planned if abs(other - at) < limit.within)])
    begins = enumerate(near[: bisect_left(near, at) + 1])  # of the spans that hold *at*
    return any(bisect_left(near, begin + limit.within) - index > limit.most for index, begin in begins)


def first_free(limits: Sequence[Limit], planned: Sequence[datetime], earliest: datetime) -> datetime:
    """Return the first moment, not before *earliest*, at which none of *limits* is full."""
    ends = (other + limit.within for limit in limits for other in planned)
    candidates = sorted({earliest, *(end for end in ends if end > earliest)})
    free = (at for at in candidates if not any(is_full(limit, planned, at) for limit in limits))
    return next(free, candidates[-1])
