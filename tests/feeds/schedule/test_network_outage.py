"""When most feeds fail at the network at once, the fault is ours, and no feed waits longer for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.config_lines import configured, rss
from support.servers import FeedServer, Reply
from support.simulated_clock import run_until

from monitor.daemon.app import Daemon
from monitor.errors import FeedState
from monitor.feeds.schedule.network_outage import NetworkOutage
from monitor.store import feeds

HOUR = timedelta(hours=1)
KEYS = ("wire", "herald", "gazette", "post")


@pytest.fixture
def site():
    """A server that the test starts and stops."""
    server = FeedServer(host="127.3.9.1")
    for key in KEYS:
        server.route(f"/{key}", Reply(body=rss([f"A quiet week at the {key}"])))
    return server


async def waits(daemon: Daemon, simulated_clock) -> dict[str, timedelta]:
    return {record.key: record.due_at - simulated_clock.now for record in await daemon.ask(feeds.load_feeds)}


async def test_after_five_hours_without_a_network_every_feed_is_polled_within_its_interval(
    tmp_path, site, simulated_clock
):
    site.__enter__()
    urls = {key: site.url(f"/{key}") for key in KEYS}
    async with Daemon(configured(tmp_path, urls)) as daemon:
        await run_until(daemon, simulated_clock, 3 * HOUR)
        interval = timedelta(seconds=daemon.active().config.http.every_s)
        host, port = site.host, site.port
        site.__exit__(None, None, None)
        await run_until(daemon, simulated_clock, 5 * HOUR)
        assert max((await waits(daemon, simulated_clock)).values()) <= 2.2 * interval
        with FeedServer(host=host, port=port) as back:
            for key in KEYS:
                back.route(f"/{key}", Reply(body=rss([f"News of the {key}"])))
            await run_until(daemon, simulated_clock, 3 * interval)
            assert {request.path for request in back.requests} >= {f"/{key}" for key in KEYS}
        assert {record.state for record in await daemon.ask(feeds.load_feeds)} == {FeedState.OK}
        assert max((await waits(daemon, simulated_clock)).values()) <= 1.2 * interval


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
