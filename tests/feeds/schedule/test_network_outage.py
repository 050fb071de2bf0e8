from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.errors import FeedState
from monitor.feeds.schedule.network_outage import NetworkOutage


def test_most_of_at_least_three_feeds_make_an_outage_and_three_answers_in_a_row_end_it(simulated_clock):
    outage = NetworkOutage()
    for feed in "ab":
        outage.record(feed, FeedState.DNS, simulated_clock.now)
    assert not outage.is_on
    for feed in "cdefg":
        outage.record(feed, FeedState.DNS, simulated_clock.now)
    assert outage.is_on
    ended = [outage.record(feed, FeedState.SERVER_ERROR, simulated_clock.now) for feed in "abcd"]
    assert ended == [False, False, True, False]
    assert not outage.is_on


@pytest.mark.parametrize("feeds_in_all", [3, 4, 5, 6, 7, 50])
def test_the_end_of_an_outage_is_noticed_once_however_many_feeds_there_are(simulated_clock, feeds_in_all):
    outage, keys = NetworkOutage(), [str(number) for number in range(feeds_in_all)]
    for key in keys:
        outage.record(key, FeedState.TIMEOUT, simulated_clock.now)
    ended = [outage.record(key, FeedState.OK, simulated_clock.now) for key in keys * 2]
    assert [number for number, end in enumerate(ended, 1) if end] == [3]


def test_failures_of_the_servers_are_no_outage_and_old_outcomes_do_not_count(simulated_clock):
    outage = NetworkOutage()
    for feed in "abcd":
        outage.record(feed, FeedState.SERVER_ERROR, simulated_clock.now)
    assert not outage.is_on
    for feed in "abcd":
        outage.record(feed, FeedState.TIMEOUT, simulated_clock.now)
    assert outage.is_on
    outage.record("e", FeedState.OK, simulated_clock.now + timedelta(days=3))
    assert not outage.is_on


@pytest.mark.parametrize(
    ("later", "is_on"), [(timedelta(days=2), True), (timedelta(days=2, seconds=1), False)], ids=str
)
def test_an_outcome_counts_for_two_days(simulated_clock, later, is_on):
    outage = NetworkOutage()
    for feed in "abcd":
        outage.record(feed, FeedState.DNS, simulated_clock.now)
    outage.record("a", FeedState.DNS, simulated_clock.now + later)
    assert outage.is_on == is_on


def test_the_last_outcome_of_a_feed_replaces_the_one_before(simulated_clock):
    outage = NetworkOutage()
    for state in (FeedState.DNS, FeedState.OK, FeedState.NO_CONNECTION, FeedState.NO_CONNECTION):
        outage.record("a", state, simulated_clock.now)
    for feed in "bc":
        outage.record(feed, FeedState.OK, simulated_clock.now)
    assert not outage.is_on
    outage.record("b", FeedState.TIMEOUT, simulated_clock.now)
    assert outage.is_on


def test_after_an_outage_the_next_one_is_noticed_and_ends_too(simulated_clock):
    outage, ended = NetworkOutage(), []
    for state in (FeedState.DNS, FeedState.OK, FeedState.DNS, FeedState.OK):
        ended += [outage.record(feed, state, simulated_clock.now) for feed in "abc"]
    assert [number for number, end in enumerate(ended) if end] == [5, 11]


def test_the_end_of_an_outage_forgets_all_failures(simulated_clock):
    outage = NetworkOutage()
    for state in (FeedState.DNS, FeedState.OK):
        for feed in "abc":
            outage.record(feed, state, simulated_clock.now)
    for feed, state in zip("abcd", (FeedState.DNS, FeedState.DNS, FeedState.OK, FeedState.OK), strict=True):
        outage.record(feed, state, simulated_clock.now)
    assert not outage.is_on


def test_a_clock_that_was_set_back_does_not_keep_old_outcomes(simulated_clock):
    outage = NetworkOutage()
    for feed in "abc":
        outage.record(feed, FeedState.DNS, simulated_clock.now)
    outage.record("d", FeedState.OK, simulated_clock.now + timedelta(days=9))
    for feed in "abc":
        outage.record(feed, FeedState.DNS, simulated_clock.now + timedelta(days=1))
    outage.record("d", FeedState.DNS, simulated_clock.now + timedelta(days=3, seconds=61))
    assert not outage.is_on
