"""When most feeds fail at the network at once, the fault is ours, and no feed waits longer for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.config_lines import WATCHLIST, configured, rss
from support.servers import FeedServer, Reply
from support.simulated_clock import run_until

from monitor.daemon.app import Daemon
from monitor.errors import FeedState
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


async def test_no_back_off_grows_in_an_outage_of_many_intervals(tmp_path, site, simulated_clock):
    site.__enter__()
    urls = {key: site.url(f"/{key}") for key in KEYS}
    async with Daemon(configured(tmp_path, urls, watchlist=WATCHLIST.replace("1h", "20m"))) as daemon:
        await run_until(daemon, simulated_clock, HOUR)
        site.__exit__(None, None, None)
        await run_until(daemon, simulated_clock, 5 * HOUR)
        assert max((await waits(daemon, simulated_clock)).values()) <= 2.2 * timedelta(minutes=20)


async def test_a_feed_whose_back_off_grew_before_the_outage_is_polled_soon_after_it(tmp_path, site, simulated_clock):
    site.__enter__()
    with FeedServer(host="127.3.9.2") as other:
        elsewhere = other.host, other.port
        urls = {key: site.url(f"/{key}") for key in KEYS} | {"daily": other.url("/daily")}
    async with Daemon(configured(tmp_path, urls, watchlist=WATCHLIST.replace("1h", "20m"))) as daemon:
        await run_until(daemon, simulated_clock, 12 * HOUR)
        assert (await waits(daemon, simulated_clock))["daily"] > HOUR
        host, port = site.host, site.port
        site.__exit__(None, None, None)
        await run_until(daemon, simulated_clock, HOUR)
        with FeedServer(host=host, port=port) as back, FeedServer(host=elsewhere[0], port=elsewhere[1]) as again:
            for key in KEYS:
                back.route(f"/{key}", Reply(body=rss([f"News of the {key}"])))
            again.route("/daily", Reply(body=rss(["News of the day"])))
            await run_until(daemon, simulated_clock, 3.5 * timedelta(minutes=20))
            assert [request.path for request in again.requests][:1] == ["/daily"]
