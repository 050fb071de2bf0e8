"""When a feed publishes, and how long it may be silent before that is odd."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from monitor.model import Rhythm

ENOUGH = 10  # publications; from fewer nothing is learned
MAX_PUBLICATIONS = 500  # publications that are looked at, the newest
BATCH_S = 60.0  # what comes within that time was published at once

_HALF = 0.5  # publications to be expected when it is time to look: half of the usual pause has passed
_EVEN = 0.25  # part of the mean rate that every hour has, however empty it was: news breaks at night too
_LEAST_SPAN_S = 24 * 3600.0
_ODD = 1.5  # times the longest pause
_LEAST_SILENCE_S = 24 * 3600.0


def learn_rhythm(published: Iterable[datetime], now: datetime) -> Rhythm | None:
    """Return what the publication times of a feed's entries, in any order, say; None when they are too few.

    Times after *now* do not count, and times that lie together count once.
    """
    times: list[datetime] = []
    for at in sorted(at for at in published if at <= now)[-MAX_PUBLICATIONS:]:
        if not times or (at - times[-1]).total_seconds() > BATCH_S:
            times.append(at)
    if len(times) < ENOUGH:
        return None
    per_hour = [0] * 24
    for at in times:
        per_hour[at.astimezone(UTC).hour] += 1
    longest = max(later - earlier for earlier, later in pairwise(times))
    return Rhythm(times[0], times[-1], tuple(per_hour), longest.total_seconds())


def wait_s(rhythm: Rhythm, now: datetime, *, least_s: float, most_s: float) -> float:
    """Return for how many seconds from *now* a feed with this *rhythm* can be left alone.

    Until half a publication is to be expected, by how many there were in the hours of the day that lie ahead;
    within *least_s* and *most_s*. The longer nothing came, the longer it gets.
    """
    days = max((now - rhythm.oldest_at).total_seconds(), _LEAST_SPAN_S) / 86_400
    even = _EVEN * sum(rhythm.per_hour) / 24
    rates = [((1 - _EVEN) * count + even) / days / 3600 for count in rhythm.per_hour]  # a second
    expected, waited = 0.0, 0.0
    while waited < most_s:
        at = now.astimezone(UTC) + timedelta(seconds=waited)
        hour_left_s = 3600.0 - (at.minute * 60 + at.second + at.microsecond / 1e6)
        rate = rates[at.hour]
        if expected + rate * hour_left_s >= _HALF:
            waited += (_HALF - expected) / rate
            break
        expected += rate * hour_left_s
        waited += hour_left_s
    return min(max(waited, least_s), max(most_s, least_s))


def unusual_silence_s(rhythm: Rhythm, last_at: datetime, now: datetime) -> float | None:
    """Return for how many seconds nothing came since *last_at*, when that is longer than the habit; else None."""
    silent_s = (now - last_at).total_seconds()
    return silent_s if silent_s > max(_ODD * rhythm.longest_s, _LEAST_SILENCE_S) else None
