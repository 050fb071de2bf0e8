from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.schedule.due_time import (
    BY_SERVER,
    BY_SKIP,
    MAX_BACKOFF_S,
    Due,
    first_due_at,
    next_due,
    phase_of,
    spread_missed_polls,
)
from monitor.model import UpdateHints

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday
intervals = st.floats(1, 14 * 24 * 3600)
phases = st.floats(0, 1, exclude_max=True)
paces = st.builds(
    UpdateHints, st.none(), st.frozensets(st.integers(0, 23), max_size=23), st.frozensets(st.integers(0, 6), max_size=6)
)


def wait_s(*, interval_s: float = 300, phase: float = 0, **more: object) -> float:
    return (next_due(NOW, interval_s=interval_s, phase=phase, **more).at - NOW).total_seconds()  # type: ignore[arg-type]


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, 300), (1, 600), (2, 1200), (8, 76_800), (9, 86_400), (10**6, 86_400)]
)
def test_failures_in_a_row_double_the_interval_up_to_a_day(failures: int, wait: float) -> None:
    assert wait_s(failures=failures) == wait


def test_the_server_may_ask_for_a_day_and_no_more() -> None:
    assert wait_s(not_before=after(3600)) == 3600
    assert wait_s(not_before=after(10**7)) == MAX_BACKOFF_S


def test_a_shorter_wish_of_the_server_shortens_nothing() -> None:
    assert wait_s(failures=3, not_before=after(5)) == 2400


def test_an_interval_of_a_week_stays_a_week() -> None:
    assert wait_s(interval_s=7 * 86_400, failures=4) == 7 * 86_400


def test_what_makes_it_later_is_named() -> None:
    assert next_due(NOW, interval_s=300, phase=0) == Due(after(300))
    assert next_due(NOW, interval_s=300, phase=0, failures=2).why == "2 failures in a row"
    assert next_due(NOW, interval_s=300, phase=0, not_before=after(900)).why == BY_SERVER
    assert next_due(NOW, interval_s=300, phase=0, update_hints=UpdateHints(skip_hours=frozenset({12}))).why == BY_SKIP


@pytest.mark.parametrize(
    ("update_hints", "due"),
    [
        (UpdateHints(skip_hours=frozenset({11, 13})), "20 12:05"),
        (UpdateHints(skip_hours=frozenset({12, 13, 15})), "20 14:00"),
        (UpdateHints(skip_hours=frozenset(range(24)) - {11}), "21 11:00"),
        (UpdateHints(skip_hours=frozenset(range(24))), "20 12:05"),
        (UpdateHints(skip_days=frozenset({5})), "20 12:05"),
        (UpdateHints(skip_days=frozenset({4})), "21 00:00"),
        (UpdateHints(skip_days=frozenset({4, 5, 6})), "21 12:00"),
    ],
    ids=["other hours", "to the end", "until tomorrow", "every hour", "another day", "today", "a day at most"],
)
def test_hours_and_days_that_the_feed_skips_are_passed_over(update_hints: UpdateHints, due: str) -> None:
    assert f"{next_due(NOW, interval_s=300, phase=0, update_hints=update_hints).at:%d %H:%M}" == due


@given(intervals, st.integers(0, 10**9), st.none() | st.floats(0, 1e9), phases, st.none() | paces)
def test_the_next_poll_is_in_the_future_and_bounded(
    interval_s: float, failures: int, asked_s: float | None, phase: float, update_hints: UpdateHints | None
) -> None:
    not_before = None if asked_s is None else after(asked_s)
    wait = wait_s(
        interval_s=interval_s, failures=failures, not_before=not_before, phase=phase, update_hints=update_hints
    )
    assert interval_s - 1e-6 <= wait <= max(interval_s, MAX_BACKOFF_S) + 0.1 * interval_s + 1e-6


@given(intervals, phases)
def test_a_first_poll_comes_within_half_a_minute_and_the_interval(interval_s: float, phase: float) -> None:
    due = first_due_at(NOW, interval_s=interval_s, phase=phase)
    assert NOW <= due <= after(min(interval_s, 30))


def test_a_crowd_of_new_feeds_takes_its_time() -> None:
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
def test_after_a_start_no_minute_has_twice_its_share(down_s: int) -> None:
    dues = {f"feed-{n}": after(n * 300 / 3000) for n in range(3000)}
    now = after(down_s)
    missed = {key for key, due in dues.items() if due <= now}
    dues |= spread_missed_polls(now, dict.fromkeys(dues, 300), missed)
    mean = 3000 / 5
    for start in range(0, 300, 10):
        minute = sum(0 <= ((due - now).total_seconds() - start) % 300 < 60 for due in dues.values())
        assert minute < 1.75 * mean


def test_the_fewer_were_missed_the_sooner_they_are_polled() -> None:
    waits_s = dict.fromkeys((f"feed-{n}" for n in range(100)), 300.0)
    alone = spread_missed_polls(NOW, waits_s, {"feed-7"})["feed-7"]
    assert alone - NOW < timedelta(seconds=6)
    assert spread_missed_polls(NOW, waits_s, set(waits_s))["feed-7"] > alone
    assert spread_missed_polls(NOW, waits_s, set()) == {}


def test_a_feed_that_is_polled_often_is_made_up_for_before_one_that_is_not() -> None:
    waits_s = {"often": 60.0, **dict.fromkeys((f"daily-{n}" for n in range(1000)), 86_400.0)}
    assert spread_missed_polls(NOW, waits_s, set(waits_s))["often"] <= after(60)
