"""When a feed is polled next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.feeds.http.freshness import LONGEST_S
from monitor.model import UpdateHints

MAX_BACKOFF_S = LONGEST_S
FIRST_SPREAD_S = 30.0  # a few new feeds are polled within that time
CROWD_GAP_S = 1.0  # between two new feeds, where there are many
JITTER = 0.1  # at most that much of the interval is added

BY_SERVER = "the server asked to wait (Cache-Control, Expires or Retry-After)"
BY_SKIP = "the feed asked not to be read at that time (skipHours, skipDays)"


@dataclass(frozen=True, slots=True)
class Due:
    """A moment, and what made it later than the interval says; empty: nothing did."""

    at: datetime
    why: str = ""


def phase_of(key: str) -> float:
    """Return the place of the feed called *key* within any interval, in [0, 1); the same at every start."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6]) / 2**48


def first_due_at(now: datetime, *, interval_s: float, phase: float, crowd: int = 1) -> datetime:
    """Return the moment of the first poll of a new feed, of which *crowd* come at once.

    A few are spread over half a minute, many over more, since what is polled together stays together for a while;
    but over the interval at most.
    """
    return now + timedelta(seconds=phase * min(interval_s, max(FIRST_SPREAD_S, crowd * CROWD_GAP_S)))


def next_due(
    now: datetime,
    *,
    interval_s: float,
    phase: float,
    failures: int = 0,
    not_before: datetime | None = None,
    update_hints: UpdateHints | None = None,
) -> Due:
    """Return the moment of the next poll after one that ended *now*.

    Doubles *interval_s* for each of *failures* in a row up to MAX_BACKOFF_S (an interval that is longer stays).
    Never before *not_before*, which the server asked for, but that counts for a day at most. *phase* is in
    [0, 1) and only ever adds: it draws apart feeds that were polled together, by up to a tenth of the interval.
    A moment that *update_hints* skips is moved to the end of the hours or days it skips, again by a day at most.
    """
    longest = max(interval_s, MAX_BACKOFF_S)
    # 2**17 s is more than a day: a larger exponent changes nothing, and would overflow
    wait_s = min(interval_s * 2 ** min(failures, 17), longest)
    at, why = now + timedelta(seconds=wait_s), f"{failures} failures in a row" if failures else ""
    if not_before is not None and not_before > at:
        at, why = max(at, min(not_before, now + timedelta(seconds=MAX_BACKOFF_S))), BY_SERVER
    apart = timedelta(seconds=phase * JITTER * interval_s)
    at += apart
    allowed = min(_past_skips(at, update_hints) + apart, now + timedelta(seconds=longest)) if update_hints else at
    return Due(allowed, BY_SKIP) if allowed > at + apart else Due(at, why)


def _past_skips(at: datetime, update_hints: UpdateHints) -> datetime:
    """Return *at*, or the next full hour that *update_hints* does not skip; *at* too when it skips the whole week."""
    hour = at.astimezone(UTC)
    for _ in range(7 * 24 + 1):
        if hour.hour not in update_hints.skip_hours and hour.weekday() not in update_hints.skip_days:
            return hour
        hour = hour.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def spread_missed_polls(now: datetime, waits_s: Mapping[str, float], missed: set[str]) -> dict[str, datetime]:
    """Return when each feed whose moment was *missed* is polled, so that a start is no burst.

    Each is put, by its phase, somewhere into its own wait. While those that were not missed are polled at the usual
    rate, the others come at half of it; then, when the first would leave a gap, at the whole. So there are at most
    half again as many polls at any time as on the average, and the fewer were missed, the sooner they are made up for.

    Args:
        now: The present moment.
        waits_s: For every feed that is polled, how long it waits from poll to poll.
        missed: The keys of those whose moment has passed.
    """
    mean_rate = sum(1 / wait for wait in waits_s.values())
    share = sum(1 / waits_s[key] for key in missed) / mean_rate if missed else 0.0
    before_gap = 1 - share

    def part(phase: float) -> float:
        before = phase * share
        return min(2 * before, before + before_gap / 2)

    return {key: now + timedelta(seconds=part(phase_of(key)) * waits_s[key]) for key in missed}
