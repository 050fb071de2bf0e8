from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.schedule.rhythm import (
    MAX_PUBLICATIONS,
    MIN_PUBLICATIONS,
    adaptive_interval_s,
    learn_rhythm,
    unusual_silence_s,
)
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


def test_exactly_the_least_number_of_publications_shows_a_rhythm_and_one_at_this_moment_counts() -> None:
    learned = learn_rhythm([NOW - timedelta(days=n) for n in range(MIN_PUBLICATIONS)], NOW)
    assert learned is not None
    assert (learned.newest_at, sum(learned.per_hour), learned.longest_s) == (NOW, MIN_PUBLICATIONS, DAY)


@pytest.mark.parametrize(("apart_s", "publications"), [(60, 10), (61, 20)])
def test_entries_within_a_minute_are_one_publication(apart_s: float, publications: int) -> None:
    pairs = [at - timedelta(seconds=s) for at in (NOW - timedelta(days=n) for n in range(10)) for s in (0, apart_s)]
    learned = learn_rhythm(pairs, NOW)
    assert learned is not None
    assert sum(learned.per_hour) == publications


def test_only_the_newest_publications_count_by_the_hour_of_utc() -> None:
    zone = timezone(timedelta(hours=5))
    learned = learn_rhythm((NOW.astimezone(zone) - timedelta(days=n) for n in range(600)), NOW)
    assert learned is not None
    assert (learned.oldest_at, learned.per_hour[12]) == (NOW - timedelta(days=MAX_PUBLICATIONS - 1), MAX_PUBLICATIONS)


IN_ONE_HOUR = (0,) * 13 + (240,) + (0,) * 10


@pytest.mark.parametrize(
    ("per_hour", "days", "now", "wait_s"),
    [
        ((10,) * 24, 10, NOW, 1800),
        ((1,) * 24, 0.25, NOW, 1800),
        # every hour has 0.25 publications, and that from 13:00 has 18.25
        (IN_ONE_HOUR, 10, NOW.replace(minute=30), 1800 + 0.375 / 18.25 * 3600),
        (IN_ONE_HOUR, 10, NOW.replace(minute=59, second=30, microsecond=500_000), 29.5 + 0.4979514 / 18.25 * 3600),
        (IN_ONE_HOUR, 10, NOW.replace(hour=14), 2 * 3600),
        (IN_ONE_HOUR, 10, NOW.replace(hour=22).astimezone(timezone(timedelta(hours=5))), 2 * 3600),
    ],
    ids=["hourly", "a short history counts as a day", "into the next hour", "just before it", "slow", "another zone"],
)
def test_half_a_publication_is_expected_by_the_next_poll(
    per_hour: tuple[int, ...], days: float, now: datetime, wait_s: float
) -> None:
    learned = Rhythm(now - timedelta(days=days), now, per_hour, DAY)
    assert adaptive_interval_s(learned, now, least_s=1, most_s=DAY) == pytest.approx(wait_s, rel=1e-6)


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
        (range(24), timedelta(hours=24), False),
        ((9,), timedelta(hours=36), False),
        ((9,), timedelta(hours=35), False),
        ((9,), timedelta(hours=37), True),
    ],
    ids=[
        "busy, under a day",
        "busy, over a day",
        "busy, a day",
        "daily, its habit",
        "daily, under its habit",
        "daily, over its habit",
    ],
)
def test_a_silence_is_unusual_when_it_is_half_again_as_long_as_any_before(
    hours: tuple[int, ...], silent: timedelta, odd: bool
) -> None:
    learned = rhythm(*hours)
    said = unusual_silence_s(learned, learned.newest_at, learned.newest_at + silent)
    assert said == (silent.total_seconds() if odd else None)
