"""When a feed is polled next."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

MAX_BACKOFF_S = 24 * 3600.0
MAX_SPREAD_S = 30.0
JITTER = 0.1  # at most that much of the interval is added


def phase_of(key: str) -> float:
    """Return the place of the feed called *key* within any interval, in [0, 1); the same at every start."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6]) / 2**48


def first_due(now: datetime, *, interval_s: float, phase: float) -> datetime:
    """Return the moment of the first poll of a feed that is due now.

    Used for new feeds, and at start for those whose moment has passed: they are spread over half a minute, or
    over the interval where that is shorter, so that a start does not poll everything at once.
    """
    return now + timedelta(seconds=phase * min(interval_s, MAX_SPREAD_S))


def next_due(now: datetime, *, interval_s: float, failures: int, retry_after_s: float | None, phase: float) -> datetime:
    """Return the moment of the next poll.

    Doubles *interval_s* for each failure in a row up to MAX_BACKOFF_S (an interval that is longer stays).
    Never earlier than the server's *retry_after_s* (RFC 9110 section 10.2.3), which is itself capped so that
    one bad header cannot silence a feed for a year. *phase* is in [0, 1) and only ever adds: it draws apart
    feeds that were polled together, by up to a tenth of the interval.
    """
    longest = max(interval_s, MAX_BACKOFF_S)
    # 2**17 s is more than a day: a larger exponent changes nothing, and would overflow
    backoff = interval_s * 2 ** min(failures, 17)
    asked = min(retry_after_s or 0.0, MAX_BACKOFF_S)
    wait = max(min(backoff, longest), asked)
    return now + timedelta(seconds=wait + phase * JITTER * interval_s)
