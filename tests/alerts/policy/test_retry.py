from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.policy.retry import gives_up, repeat_at, retry_at

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def wait_s(attempts, *, age_s=0.0, dice=0.0):
    now = START + timedelta(seconds=age_s)
    return (retry_at(now, attempts=attempts, first_attempt_at=START, dice=dice) - now).total_seconds()


def test_the_ceiling_doubles_from_one_second():
    assert [wait_s(n) for n in (1, 2, 3, 4)] == [1, 2, 4, 8]


@pytest.mark.parametrize(("age_s", "most"), [(0, 15), (299, 15), (300, 900)])
def test_the_wait_is_capped_low_in_the_first_five_minutes(age_s, most):
    assert wait_s(50, age_s=age_s) == most


def test_the_dice_spread_the_wait_over_its_whole_length():
    assert wait_s(3, dice=0.75) == 1


@pytest.mark.parametrize(("attempts", "pause_s"), [(1, 15), (2, 30), (3, 60), (6, 480), (7, 900), (10**6, 900)])
def test_the_pauses_after_an_unknown_outcome_double_from_fifteen_seconds(attempts, pause_s):
    assert repeat_at(START, attempts=attempts) == START + timedelta(seconds=pause_s)


@given(
    attempts=st.integers(1, 10**6),
    age_s=st.floats(-1e6, 1e7),
    dice=st.floats(0, 1, exclude_max=True),
)
def test_the_next_attempt_is_later_than_now_and_bounded(attempts, age_s, dice):
    now = START + timedelta(seconds=age_s)
    at = retry_at(now, attempts=attempts, first_attempt_at=START, dice=dice)
    assert now <= at <= now + timedelta(seconds=900)


def test_a_delivery_is_given_up_by_age():
    day_s = 86400.0
    assert not gives_up(START + timedelta(seconds=day_s - 1), START, day_s)
    assert gives_up(START + timedelta(seconds=day_s), START, day_s)


def test_a_delivery_that_was_never_tried_is_not_given_up():
    assert not gives_up(START, None, 0)
