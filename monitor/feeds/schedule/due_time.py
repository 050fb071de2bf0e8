"""Compute when a feed is polled next, and for which reason."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.feeds.schedule.rhythm import adaptive_interval_s
from monitor.model import DueReason, Feed, FeedRecord, UpdateHints

LONGEST_S = 24 * 3600.0  # the longest back-off, and the longest Retry-After that is obeyed
FIRST_SPREAD_S = 30.0  # the first polls of a few new feeds are spread over this time
FIRST_GAP_S = 1.0  # the average time between the first polls of many new feeds
JITTER = 0.1  # at most this part of the interval is added

# rules that come from response headers and documents
HINTS = (DueReason.CACHE_CONTROL, DueReason.EXPIRES, DueReason.TTL, DueReason.UPDATE_PERIOD)


@dataclass(frozen=True, slots=True)
class Due:
    """The time of the next poll, and the rule that determined it."""

    at: datetime
    reason: DueReason


def phase_of(key: str) -> float:
    """Return a number in [0, 1) by which the polls of a feed are shifted, so that feeds are not polled together.

    It is a hash of the feed's *key* and therefore the same after every restart.
    """
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6]) / 2**48


def first_due_at(now: datetime, *, interval_s: float, phase: float, crowd: int = 1) -> datetime:
    """Return the time of the first poll of a new feed.

    Args:
        now: When the feed was added.
        interval_s: The polling interval of the feed in seconds; the first poll is never later than that.
        phase: ``phase_of`` the feed, in [0, 1).
        crowd: How many feeds were added at the same time; the first polls of many feeds are spread over more time.
    """
    return now + timedelta(seconds=phase * min(interval_s, max(FIRST_SPREAD_S, crowd * FIRST_GAP_S)))


def next_due(feed: Feed, record: FeedRecord, polled_at: datetime) -> Due:
    """Return when *feed* is polled next, and why then.

    In this order of precedence:

      1. After failures the interval doubles for each failure in a row, up to LONGEST_S.
      2. A Retry-After header is always obeyed, up to LONGEST_S.
      3. The setting ``every`` of the feed.
      4. The longest of Cache-Control or Expires, RSS ttl and sy:updatePeriod; then skipHours and skipDays. They can
         lengthen the interval up to ``max_wait`` in [http], but never shorten it.
      5. For an adaptive feed the times at which it publishes; for others ``every`` in [http].

    Up to a tenth of the interval is added, depending on ``phase_of`` the feed, to separate feeds that were polled
    together.

    Args:
        feed: The feed, as configured.
        record: What is stored about the feed after the poll.
        polled_at: When the poll ended.
    """
    interval_s, reason = _interval(feed, record, polled_at)
    failures = record.failures
    wait_s = interval_s
    if failures:
        # 2**17 s is more than a day: a larger exponent changes nothing, and would overflow
        backed_off_s = min(feed.every_s * 2 ** min(failures, 17), max(feed.every_s, LONGEST_S))
        if backed_off_s > interval_s:
            wait_s, reason = backed_off_s, DueReason.BACK_OFF
    at = polled_at + timedelta(seconds=wait_s)
    apart = timedelta(seconds=phase_of(feed.key) * JITTER * interval_s)
    if record.not_before is not None and record.not_before > at:
        longest = polled_at + timedelta(seconds=LONGEST_S)
        return Due(max(at, min(record.not_before, longest)) + apart, DueReason.RETRY_AFTER)
    longest = polled_at + timedelta(seconds=max(feed.max_wait_s, wait_s))
    if reason in HINTS:
        apart = min(apart, longest - at)
    if feed.own_every:
        return Due(at + apart, reason)
    allowed = min(_after_skipped(at, record.update_hints), longest)
    return Due(allowed, DueReason.SKIP) if allowed > at + apart else Due(at + apart, reason)


def _interval(feed: Feed, record: FeedRecord, polled_at: datetime) -> tuple[float, DueReason]:
    """Return the seconds from one successful poll of *feed* to the next, and the rule that determined them."""
    if feed.own_every:
        return feed.every_s, DueReason.FEED_EVERY
    interval_s, reason = feed.every_s, DueReason.HTTP_EVERY
    if feed.adaptive and record.rhythm is not None:
        adapted_s = adaptive_interval_s(record.rhythm, polled_at, least_s=feed.every_s, most_s=LONGEST_S)
        if adapted_s > interval_s:
            interval_s, reason = adapted_s, DueReason.ADAPTIVE
    hint_s, source = longest_hint(record)
    if hint_s > feed.max_wait_s:
        # leaves room for the jitter, so that feeds limited by max_wait are not all due at the same time
        hint_s = feed.max_wait_s / (1 + JITTER)
    return (hint_s, source) if hint_s > interval_s else (interval_s, reason)


def longest_hint(record: FeedRecord) -> tuple[float, DueReason]:
    """Return the longest polling interval that the server or the document asks for, in seconds, and where it is stated.

    The interval is 0 if neither asks for one.
    """
    hints = [
        (record.update_hints.ttl_s or 0.0, DueReason.TTL),
        (record.update_hints.update_period_s or 0.0, DueReason.UPDATE_PERIOD),
    ]
    if record.freshness is not None:
        hints.insert(0, (record.freshness.seconds, record.freshness.source))
    return max(hints, key=lambda hint: hint[0])


def _after_skipped(at: datetime, hints: UpdateHints) -> datetime:
    """Return *at*, or the next full hour that the document's skipHours and skipDays allow.

    If they skip the whole week, *at* is returned unchanged.
    """
    if not hints.skip_hours and not hints.skip_days:
        return at
    hour = at.astimezone(UTC)
    for _ in range(7 * 24 + 1):
        if hour.hour not in hints.skip_hours and hour.weekday() not in hints.skip_days:
            return hour
        hour = hour.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def spread_missed_polls(now: datetime, intervals_s: Mapping[str, float], missed: set[str]) -> dict[str, datetime]:
    """Return new due times for feeds whose polls were missed during downtime, so that a restart causes no burst.

    Each feed keeps its usual place in its interval, given by ``phase_of`` it. Missed polls are first spread at half the
    usual rate, and at the full rate when the other feeds leave a gap. The total rate is therefore at most 1.5 times the
    average.

    Args:
        now: The current time.
        intervals_s: The polling interval of every feed in seconds, by key.
        missed: The keys of the feeds whose due time has passed.
    """
    mean_rate = sum(1 / interval for interval in intervals_s.values())
    share = sum(1 / intervals_s[key] for key in missed) / mean_rate if missed else 0.0
    before_gap = 1 - share

    def part(phase: float) -> float:
        before = phase * share
        return min(2 * before, before + before_gap / 2)

    return {key: now + timedelta(seconds=part(phase_of(key)) * intervals_s[key]) for key in missed}
