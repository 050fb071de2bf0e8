from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.due import MAX_BACKOFF_S, first_due, next_due, phase_of

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
intervals = st.floats(1, 14 * 24 * 3600)
phases = st.floats(0, 1, exclude_max=True)


def wait_s(
    *, interval_s: float = 300, failures: int = 0, retry_after_s: float | None = None, phase: float = 0
) -> float:
    due = next_due(NOW, interval_s=interval_s, failures=failures, retry_after_s=retry_after_s, phase=phase)
    return (due - NOW).total_seconds()


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, 300), (1, 600), (2, 1200), (8, 76_800), (9, 86_400), (10**6, 86_400)]
)
def test_failures_in_a_row_double_the_interval_up_to_a_day(failures: int, wait: float) -> None:
    assert wait_s(failures=failures) == wait


def test_the_server_may_ask_for_a_day_and_no_more() -> None:
    assert wait_s(retry_after_s=3600) == 3600
    assert wait_s(retry_after_s=10**9) == MAX_BACKOFF_S


def test_a_shorter_retry_after_shortens_nothing() -> None:
    assert wait_s(failures=3, retry_after_s=5) == 2400


def test_an_interval_of_a_week_stays_a_week() -> None:
    assert wait_s(interval_s=7 * 86_400, failures=4) == 7 * 86_400


@given(intervals, st.integers(0, 10**9), st.none() | st.floats(0, 1e12), phases)
def test_the_next_poll_is_in_the_future_and_bounded(
    interval_s: float, failures: int, retry_after_s: float | None, phase: float
) -> None:
    wait = wait_s(interval_s=interval_s, failures=failures, retry_after_s=retry_after_s, phase=phase)
    assert interval_s - 1e-6 <= wait <= max(interval_s, MAX_BACKOFF_S) + 0.1 * interval_s + 1e-6


@given(intervals, phases)
def test_a_first_poll_comes_within_half_a_minute_and_the_interval(interval_s: float, phase: float) -> None:
    due = first_due(NOW, interval_s=interval_s, phase=phase)
    assert NOW <= due <= NOW + timedelta(seconds=min(interval_s, 30))


def test_phases_are_the_same_at_every_start_and_spread_evenly() -> None:
    phases = sorted(phase_of(f"feed-{n}") for n in range(1000))
    assert phase_of("coindesk") == phase_of("coindesk")
    assert phases[0] >= 0
    assert phases[-1] < 1
    assert all(abs(phase - n / 1000) < 0.1 for n, phase in enumerate(phases))
