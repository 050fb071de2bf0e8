"""Learn at which hours a feed usually publishes, to adapt its polling interval and to notice unusual silence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from monitor.model import Rhythm

MIN_PUBLICATIONS = 10  # fewer do not show a rhythm
MAX_PUBLICATIONS = 500  # only the newest publications count
BATCH_S = 60.0  # entries published within this time count as one publication

_EXPECTED = 0.5  # how many publications are to be expected at the next poll: half a usual pause has passed
_EVEN = 0.25  # the share of the mean rate that every hour has, because news may break in hours without publications
_MIN_SPAN_S = 24 * 3600.0
_UNUSUAL = 1.5  # a silence is unusual if it is this many times as long as the longest pause
_MIN_SILENCE_S = 24 * 3600.0


def learn_rhythm(published: Iterable[datetime], now: datetime) -> Rhythm | None:
    """Return the publication rhythm of a feed: entries by hour of the day, and the longest pause.

    None if there are fewer than MIN_PUBLICATIONS publications.

    Args:
        published: The publication times of the feed's entries, in any order.
        now: The current time; later publication times are ignored.
    """
    times: list[datetime] = []
    for at in sorted(at for at in published if at <= now)[-MAX_PUBLICATIONS:]:
        if not times or (at - times[-1]).total_seconds() > BATCH_S:
            times.append(at)
    if len(times) < MIN_PUBLICATIONS:
        return None
    per_hour = [0] * 24
    for at in times:
        per_hour[at.astimezone(UTC).hour] += 1
    longest = max(later - earlier for earlier, later in pairwise(times))
    return Rhythm(times[0], times[-1], tuple(per_hour), longest.total_seconds())


def adaptive_interval_s(rhythm: Rhythm, now: datetime, *, least_s: float, most_s: float) -> float:
    """Return the seconds to wait before the next poll of a feed with ``adaptive = true``.

    The feed is polled again when the expected number of new publications reaches 0.5, by its usual rate in the coming
    hours of the day. The longer the feed has published nothing, the lower that rate.

    Args:
        rhythm: The publication rhythm of the feed.
        now: When the feed was last polled.
        least_s: The shortest interval allowed.
        most_s: The longest interval allowed.
    """
    days = max((now - rhythm.oldest_at).total_seconds(), _MIN_SPAN_S) / 86_400
    even = _EVEN * sum(rhythm.per_hour) / 24
    rates = [((1 - _EVEN) * count + even) / days / 3600 for count in rhythm.per_hour]  # per second
    expected, waited = 0.0, 0.0
    while waited < most_s:
        at = now.astimezone(UTC) + timedelta(seconds=waited)
        hour_left_s = 3600.0 - (at.minute * 60 + at.second + at.microsecond / 1e6)
        rate = rates[at.hour]
        if expected + rate * hour_left_s >= _EXPECTED:
            waited += (_EXPECTED - expected) / rate
            break
        expected += rate * hour_left_s
        waited += hour_left_s
    return min(max(waited, least_s), max(most_s, least_s))


def unusual_silence_s(rhythm: Rhythm, last_at: datetime, now: datetime) -> float | None:
    """Return how many seconds a feed has published nothing if that is unusually long for it; else None.

    Args:
        rhythm: The publication rhythm of the feed.
        last_at: When the feed last published something.
        now: The current time.
    """
    silent_s = (now - last_at).total_seconds()
    return silent_s if silent_s > max(_UNUSUAL * rhythm.longest_s, _MIN_SILENCE_S) else None
