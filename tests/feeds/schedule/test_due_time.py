from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.schedule.due_time import (
    LONGEST_S,
    Due,
    first_due_at,
    longest_hint,
    next_due,
    phase_of,
    spread_missed_polls,
)
from monitor.model import DueReason, Feed, FeedRecord, Freshness, Rhythm, UpdateHints

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday
intervals = st.floats(1, 14 * 24 * 3600)
phases = st.floats(0, 1, exclude_max=True)
hints = st.builds(
    UpdateHints,
    st.none() | st.floats(1, 1e9),
    st.none() | st.floats(1, 1e9),
    st.frozensets(st.integers(0, 23), max_size=23),
    st.frozensets(st.integers(0, 6), max_size=6),
)
FEED = Feed("wire", "https://wire.example/", every_s=300)
RECORD = FeedRecord("wire", "https://wire.example/", NOW)


def due(feed: Feed = FEED, **record: object) -> Due:
    return next_due(feed, replace(RECORD, **record), NOW)  # type: ignore[arg-type]


def wait_s(feed: Feed = FEED, **record: object) -> float:
    """Return the wait without the part that only separates feeds."""
    return (due(feed, **record).at - NOW).total_seconds() - phase_of("wire") * 0.1 * feed.every_s


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, 300), (1, 600), (2, 1200), (8, 76_800), (9, 86_400), (10**6, 86_400)]
)
def test_failures_in_a_row_double_the_interval_up_to_a_day(failures: int, wait: float) -> None:
    assert wait_s(failures=failures) == pytest.approx(wait)


def test_retry_after_counts_for_a_day_at_most() -> None:
    assert wait_s(not_before=after(3600)) == pytest.approx(3600)
    assert wait_s(not_before=after(10**7)) == pytest.approx(86_400)


def test_a_short_retry_after_shortens_nothing() -> None:
    assert wait_s(failures=3, not_before=after(5)) == pytest.approx(2400)


def test_an_interval_of_a_week_stays_a_week() -> None:
    assert wait_s(replace(FEED, every_s=7 * 86_400), failures=4) == pytest.approx(7 * 86_400)


def test_the_reason_is_what_determined_the_time() -> None:
    assert due().reason is DueReason.HTTP_EVERY
    assert due(replace(FEED, own_every=True)).reason is DueReason.FEED_EVERY
    assert due(failures=2).reason is DueReason.BACK_OFF
    assert due(not_before=after(900)).reason is DueReason.RETRY_AFTER
    assert due(update_hints=UpdateHints(skip_hours=frozenset({12}))).reason is DueReason.SKIP


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        (UpdateHints(skip_hours=frozenset({11, 13})), "20 12:05"),
        (UpdateHints(skip_hours=frozenset({12, 13, 15})), "20 14:00"),
        (UpdateHints(skip_hours=frozenset(range(24)) - {11}), "21 11:00"),
        (UpdateHints(skip_hours=frozenset(range(24))), "20 12:05"),
        (UpdateHints(skip_days=frozenset({5})), "20 12:05"),
        (UpdateHints(skip_days=frozenset({4})), "21 00:00"),
        (UpdateHints(skip_days=frozenset({4, 5, 6})), "21 12:00"),
    ],
    ids=["other hours", "to the end", "until tomorrow", "every hour", "another day", "today", "the limit"],
)
def test_the_hours_and_days_that_the_feed_skips_are_skipped(hints: UpdateHints, expected: str) -> None:
    assert f"{due(replace(FEED, max_wait_s=86_400), update_hints=hints).at:%d %H:%M}" == expected


def test_the_only_hour_of_the_week_that_is_not_skipped_is_found() -> None:
    hints = UpdateHints(skip_hours=frozenset(range(24)) - {11}, skip_days=frozenset(range(7)) - {4})
    assert due(replace(FEED, max_wait_s=8 * 86_400), update_hints=hints) == Due(
        datetime(2026, 11, 27, 11, 0, tzinfo=UTC), DueReason.SKIP
    )


EXPIRES, TTL, PERIOD = DueReason.EXPIRES, DueReason.TTL, DueReason.UPDATE_PERIOD


@pytest.mark.parametrize(
    ("freshness", "hints", "longest"),
    [
        (None, UpdateHints(), (0, TTL)),
        (None, UpdateHints(ttl_s=60), (60, TTL)),
        (None, UpdateHints(update_period_s=60), (60, PERIOD)),
        (None, UpdateHints(60, 60), (60, TTL)),
        (Freshness(60, EXPIRES), UpdateHints(60, 60), (60, EXPIRES)),
        (Freshness(50, EXPIRES), UpdateHints(60, 70), (70, PERIOD)),
    ],
    ids=["none", "ttl", "update period", "ttl before update period", "headers first", "the longest"],
)
def test_the_longest_hint_counts_and_headers_before_the_document(
    freshness: Freshness | None, hints: UpdateHints, longest: tuple[float, DueReason]
) -> None:
    assert longest_hint(replace(RECORD, freshness=freshness, update_hints=hints)) == longest


def test_a_hint_or_rhythm_as_long_as_the_interval_is_not_the_reason() -> None:
    assert due(update_hints=UpdateHints(ttl_s=300)).reason is DueReason.HTTP_EVERY
    assert due(update_hints=UpdateHints(ttl_s=301)).reason is TTL
    hourly = Rhythm(NOW - timedelta(days=10), NOW, (10,) * 24, 3600)  # polled every 30 minutes
    for every_s, reason in ((1800, DueReason.HTTP_EVERY), (1799, DueReason.ADAPTIVE)):
        assert due(replace(FEED, every_s=every_s, adaptive=True), rhythm=hourly).reason is reason


def test_a_back_off_shorter_than_a_hint_is_not_the_reason() -> None:
    found = due(failures=1, update_hints=UpdateHints(ttl_s=600))
    assert (found.reason, found.at >= after(600)) == (TTL, True)


@pytest.mark.parametrize("hint_s", [3600, 10_000])
def test_a_hint_up_to_max_wait_is_kept_and_a_longer_one_leaves_room_to_separate_feeds(hint_s: float) -> None:
    found = due(replace(FEED, max_wait_s=3600), update_hints=UpdateHints(ttl_s=hint_s))
    limited_s = 3600 / 1.1
    expected_s = 3600 if hint_s == 3600 else limited_s * (1 + 0.1 * phase_of("wire"))
    assert (found.at - NOW).total_seconds() == pytest.approx(expected_s)


def test_skipped_hours_delay_a_poll_only_beyond_what_separates_feeds() -> None:
    apart = timedelta(seconds=0.1 * phase_of("wire") * 300)
    hints = UpdateHints(skip_hours=frozenset({12}))
    polled_at = NOW.replace(hour=13) - timedelta(seconds=300) - apart / 2
    found = next_due(FEED, replace(RECORD, update_hints=hints), polled_at)
    assert found == Due(polled_at + timedelta(seconds=300) + apart, DueReason.HTTP_EVERY)


def test_skip_hours_of_another_zone_are_those_of_utc() -> None:
    polled_at = NOW.astimezone(timezone(timedelta(hours=5)))
    found = next_due(FEED, replace(RECORD, update_hints=UpdateHints(skip_hours=frozenset({12}))), polled_at)
    assert found.at == NOW.replace(hour=13)


@given(intervals, st.integers(0, 10**9), st.none() | st.floats(0, 1e9), hints, st.booleans())
def test_the_next_poll_is_in_the_future_and_bounded(
    interval_s: float, failures: int, asked_s: float | None, update_hints: UpdateHints, own_every: bool
) -> None:
    not_before = None if asked_s is None else after(asked_s)
    feed = replace(FEED, every_s=interval_s, own_every=own_every)
    at = due(feed, failures=failures, not_before=not_before, update_hints=update_hints).at
    longest_s = max(interval_s, LONGEST_S, feed.max_wait_s)
    assert interval_s - 1e-6 <= (at - NOW).total_seconds() <= 1.1 * longest_s + 1e-6


@given(intervals, phases)
def test_a_first_poll_comes_within_half_a_minute_and_the_interval(interval_s: float, phase: float) -> None:
    due = first_due_at(NOW, interval_s=interval_s, phase=phase)
    assert NOW <= due <= after(min(interval_s, 30))


def test_the_first_polls_of_many_new_feeds_are_spread_over_more_time() -> None:
    assert first_due_at(NOW, interval_s=3600, phase=0.5, crowd=30) == after(15)
    assert first_due_at(NOW, interval_s=3600, phase=0.5, crowd=100) == after(50)
    assert first_due_at(NOW, interval_s=60, phase=0.5, crowd=100) == after(30)


def test_phases_are_the_same_at_every_start_and_spread_evenly() -> None:
    phases = sorted(phase_of(f"feed-{n}") for n in range(1000))
    assert phase_of("coindesk") == phase_of("coindesk")
    assert phases[0] >= 0
    assert phases[-1] < 1
    assert all(abs(phase - n / 1000) < 0.1 for n, phase in enumerate(phases))


@pytest.mark.parametrize("down_s", [20, 100, 200, 290, 3600], ids=str)
def test_after_a_restart_no_minute_has_twice_its_share_of_polls(down_s: int) -> None:
    dues = {f"feed-{n}": after(n * 300 / 3000) for n in range(3000)}
    now = after(down_s)
    missed = {key for key, due in dues.items() if due <= now}
    dues |= spread_missed_polls(now, dict.fromkeys(dues, 300), missed)
    mean = 3000 / 5
    for start in range(0, 300, 10):
        minute = sum(0 <= ((due - now).total_seconds() - start) % 300 < 60 for due in dues.values())
        assert minute < 1.75 * mean


def test_the_fewer_polls_were_missed_the_sooner_they_are_done() -> None:
    waits_s = dict.fromkeys((f"feed-{n}" for n in range(100)), 300.0)
    alone = spread_missed_polls(NOW, waits_s, {"feed-7"})["feed-7"]
    assert alone - NOW < timedelta(seconds=6)
    assert spread_missed_polls(NOW, waits_s, set(waits_s))["feed-7"] > alone
    assert spread_missed_polls(NOW, waits_s, set()) == spread_missed_polls(NOW, {}, set()) == {}


def test_a_missed_poll_is_done_within_the_interval_of_its_feed() -> None:
    waits_s = {"often": 60.0, **dict.fromkeys((f"daily-{n}" for n in range(1000)), 86_400.0)}
    assert spread_missed_polls(NOW, waits_s, set(waits_s))["often"] <= after(60)


@pytest.mark.parametrize("key", ["feed-1", "feed-2", "feed-3", "feed-4"])
@pytest.mark.parametrize("others", [1, 3])
def test_missed_polls_come_at_half_rate_and_after_those_of_the_other_feeds_at_the_full_one(
    key: str, others: int
) -> None:
    waits_s = {key: 300.0, **{f"other-{n}": 300.0 for n in range(others)}}
    phase, share = phase_of(key), 1 / (1 + others)
    expected = min(2 * phase * share, phase * share + (1 - share) / 2)
    found = spread_missed_polls(NOW, waits_s, {key})[key]
    assert (found - NOW).total_seconds() == pytest.approx(300 * expected)


def test_the_share_of_missed_polls_is_one_of_polls_and_not_of_feeds() -> None:
    found = spread_missed_polls(NOW, {"feed-1": 60.0, "daily": 600.0}, {"feed-1"})["feed-1"]
    phase, share = phase_of("feed-1"), 10 / 11
    expected = min(2 * phase * share, phase * share + (1 - share) / 2)
    assert (found - NOW).total_seconds() == pytest.approx(60 * expected)
