from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.schedule.due_time import (
    LONGEST_S,
    Due,
    first_due_at,
    next_due,
    phase_of,
    spread_missed_polls,
)
from monitor.model import DueReason, Feed, FeedRecord, UpdateHints

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
    assert spread_missed_polls(NOW, waits_s, set()) == {}


def test_a_missed_poll_is_done_within_the_interval_of_its_feed() -> None:
    waits_s = {"often": 60.0, **dict.fromkeys((f"daily-{n}" for n in range(1000)), 86_400.0)}
    assert spread_missed_polls(NOW, waits_s, set(waits_s))["often"] <= after(60)
