"""Rate limits: how many messages a destination may receive in a period, and when the next may be sent."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.model import Destination
from monitor.model.reason import AlertStorm, HourlyLimit

HOUR = timedelta(hours=1)
STORM = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate limit: at most *most* messages in any period of length *within*."""

    most: int
    within: timedelta
    reason: AlertStorm | HourlyLimit  # the reason given if the limit is reached


def limits_of(destination: Destination, storm: int) -> tuple[Limit, ...]:
    """Return the rate limits of *destination*: the ``storm`` limit, then its own ``max_per_hour`` if it has one."""
    limits = [Limit(storm, STORM, AlertStorm(storm, STORM.total_seconds()))]
    if destination.max_per_hour is not None:
        most = destination.max_per_hour
        limits.append(Limit(most, HOUR, HourlyLimit(destination.name, most)))
    return tuple(limits)


def for_alerts(limit: Limit) -> Limit:
    """Return *limit* reduced by one message, which is reserved for the summary of the hits beyond the limit."""
    return replace(limit, most=max(1, limit.most - 1)) if limit.within == HOUR else limit


def is_full(limit: Limit, planned: Iterable[datetime], at: datetime) -> bool:
    """Return whether another message at the time *at* would exceed *limit*.

    Args:
        limit: The rate limit.
        planned: When messages to the destination were sent or are due.
        at: When the other message would be sent.
    """
    near = sorted([at, *(other for other in planned if abs(other - at) < limit.within)])
    # a period that begins after *at* holds no more than the one that begins at *at*
    return any(bisect_left(near, begin + limit.within) - index > limit.most for index, begin in enumerate(near))


def first_free(limits: Sequence[Limit], planned: Sequence[datetime], earliest: datetime) -> datetime:
    """Return the first time at which another message to the destination exceeds none of *limits*.

    Args:
        limits: All limits of the destination.
        planned: When messages to the destination were sent or are due.
        earliest: The result is not before this time.
    """
    ends = (other + limit.within for limit in limits for other in planned)
    candidates = sorted({earliest, *(end for end in ends if end > earliest)})
    free = (at for at in candidates if not any(is_full(limit, planned, at) for limit in limits))
    return next(free, candidates[-1])
