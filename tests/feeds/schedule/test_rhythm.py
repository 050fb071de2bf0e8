from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.schedule.rhythm import MIN_PUBLICATIONS, adaptive_interval_s, learn_rhythm, unusual_silence_s
from monitor.model import Rhythm

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = 86_400
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone


def at(hour: int, days_ago: int = 1) -> datetime:
    return NOW.replace(hour=hour) - timedelta(days=days_ago)


def rhythm(*hours: int, days: int = 14) -> Rhythm:
    """Return the rhythm of a feed that published at these hours, each day until yesterday."""
    learned = learn_rhythm((at(hour, day) for day in range(1, days + 1) for hour in hours), NOW)
    assert learned is not None
    return learned


def wait(learned: Rhythm, now: datetime = NOW, least_s: float = 300) -> float:
    return adaptive_interval_s(learned, now, least_s=least_s, most_s=DAY)


def test_publications_per_hour_and_the_longest_pause_are_learned() -> None:
    learned = rhythm(9, 10, days=7)
    assert (learned.per_hour[9], learned.per_hour[10], sum(learned.per_hour)) == (7, 7, 14)
    assert (learned.oldest_at, learned.newest_at) == (at(9, 7), at(10, 1))
    assert learned.longest_s == 23 * 3600


def test_a_few_dates_show_no_rhythm() -> None:
    assert learn_rhythm([at(9, day) for day in range(1, MIN_PUBLICATIONS)], NOW) is None


def test_future_dates_and_further_entries_of_one_moment_do_not_count() -> None:
    assert learn_rhythm([NOW + timedelta(days=n) for n in range(1, 50)], NOW) is None
    assert learn_rhythm([NOW - timedelta(seconds=n) for n in range(50)], NOW) is None


def test_a_feed_that_publishes_often_is_polled_twice_per_pause() -> None:
    assert wait(rhythm(*range(24))) == pytest.approx(1800, rel=0.1)


def test_a_feed_that_publishes_at_fixed_hours_is_polled_in_them() -> None:
    learned = rhythm(6, 12, 18)
    assert wait(learned, at(12, 0)) < 3600
    assert 5 * 3600 < wait(learned, at(13, 0)) < 6 * 3600


def test_a_feed_is_polled_more_often_in_the_hours_in_which_it_publishes() -> None:
    office = rhythm(9, 9, *range(9, 17))
    assert wait(office, at(10, 0)) < 3600
    evening = wait(office, at(18, 0))
    assert 2 * 3600 < evening < 15 * 3600
    assert wait(office, at(7, 0)) < 3 * 3600


def test_the_interval_grows_with_the_time_since_the_last_publication() -> None:
    learned = rhythm(9, 15)
    waits = [wait(learned, NOW + timedelta(days=days)) for days in (0, 30, 365)]
    assert waits == sorted(waits)
    assert waits[-1] == DAY


def test_the_interval_is_at_least_the_configured_one_and_at_most_a_day() -> None:
    assert wait(rhythm(*range(24)), least_s=7200) == 7200
    assert wait(rhythm(9), least_s=7 * DAY) == 7 * DAY


@given(st.lists(moments, min_size=10, max_size=60), moments, st.floats(1, DAY))
def test_the_interval_is_always_within_its_bounds(published: list[datetime], now: datetime, least_s: float) -> None:
    learned = learn_rhythm(published, now)
    if learned is not None:
        assert least_s <= adaptive_interval_s(learned, now, least_s=least_s, most_s=DAY) <= DAY


@pytest.mark.parametrize(
    ("hours", "silent", "odd"),
    [
        (range(24), timedelta(hours=23), False),
        (range(24), timedelta(hours=25), True),
        ((9,), timedelta(hours=35), False),
        ((9,), timedelta(hours=37), True),
    ],
    ids=["busy, under a day", "busy, over a day", "daily, under its habit", "daily, over its habit"],
)
def test_a_silence_is_unusual_when_it_is_half_again_as_long_as_any_before(
    hours: tuple[int, ...], silent: timedelta, odd: bool
) -> None:
    learned = rhythm(*hours)
    said = unusual_silence_s(learned, learned.newest_at, learned.newest_at + silent)
    assert said == (silent.total_seconds() if odd else None)
