from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.policy.rate_limits import HOUR, STORM, Limit, first_free, for_alerts, is_full, limits_of
from monitor.model import Destination
from monitor.model.reason import AlertStorm, HourlyLimit

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
REACHED = AlertStorm(50, 300)

minutes = st.lists(st.integers(-200, 200), max_size=30)
limits = st.builds(Limit, st.integers(1, 5), st.sampled_from([STORM, HOUR]), st.just(AlertStorm(1, 1)))


def at(*offsets: int) -> tuple[datetime, ...]:
    return tuple(NOW + n * MINUTE for n in offsets)


def most_around(limit: Limit, moments: tuple[datetime, ...], moment: datetime) -> int:
    """Return how many of *moments* lie in the fullest span of the limit's length that holds *moment*; the slow way."""
    starts = [start for start in moments if start <= moment < start + limit.within]
    return max((sum(start <= other < start + limit.within for other in moments) for start in starts), default=0)


def test_a_destination_has_the_storm_and_its_own_limit():
    found = limits_of(Destination("soc", "console://", max_per_hour=20), 50)
    assert [(limit.most, limit.within) for limit in found] == [(50, STORM), (20, HOUR)]
    assert [limit.reason for limit in found] == [AlertStorm(50, 300), HourlyLimit("soc", 20)]


def test_one_place_of_the_hour_is_kept_for_the_summary_and_none_of_the_storm():
    assert [for_alerts(Limit(20, within, REACHED)).most for within in (HOUR, STORM)] == [19, 20]
    assert for_alerts(Limit(1, HOUR, REACHED)).most == 1


def test_a_span_is_full_whether_the_others_come_before_or_after():
    limit = Limit(2, HOUR, REACHED)
    assert is_full(limit, at(-10, -50), NOW)
    assert is_full(limit, at(10, 50), NOW)
    assert is_full(limit, at(-10, 10), NOW)
    assert not is_full(limit, at(-40, 40), NOW)
    assert not is_full(limit, at(-10, -60), NOW)


@given(limits, minutes)
def test_full_is_what_the_slow_count_finds(limit, offsets):
    planned = at(*offsets)
    assert is_full(limit, planned, NOW) == (most_around(limit, (*planned, NOW), NOW) > limit.most)


@given(st.lists(limits, min_size=1, max_size=2), minutes)
def test_the_first_free_moment_is_free_and_not_too_early(some, offsets):
    planned = at(*offsets)
    free = first_free(some, planned, NOW)
    assert free >= NOW
    assert not any(is_full(limit, planned, free) for limit in some)
    if free > NOW:
        assert any(is_full(limit, planned, NOW) for limit in some)


@given(limits, st.lists(st.integers(0, 120), min_size=1, max_size=40))
def test_whoever_asks_first_never_exceeds_the_limit(limit, arrivals):
    planned = ()
    for arrival in arrivals:
        planned = (*planned, first_free([limit], planned, NOW + arrival * MINUTE))
    assert all(most_around(limit, planned, moment) <= limit.most for moment in planned)
