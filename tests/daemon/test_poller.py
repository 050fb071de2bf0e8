"""Polls, with real requests, workers and database; only the clock is ours."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from support.config_lines import configured, rss
from support.servers import FeedServer, Reply
from support.simulated_clock import run_until

from monitor.daemon.app import Daemon
from monitor.errors import FeedState
from monitor.feeds.schedule.due_time import FIRST_SPREAD_S
from monitor.model import NEVER, DueReason, FeedRecord
from monitor.store import feeds

RFC822 = "%a, %d %b %Y %H:%M:%S GMT"


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.3.12.1") as server:
        server.route("/feed", Reply(body=rss(["Old"]), etag=b'"1"'))
        yield server


async def record(daemon: Daemon, key: str = "wire") -> FeedRecord:
    found = await daemon.ask(lambda db: feeds.load_feed(db, key))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("reply", "state"),
    [(Reply(body=b""), "empty"), (Reply(body=b"<html><body>Hi</body></html>"), "not a feed")],
    ids=["empty", "page"],
)
async def test_a_document_that_is_not_a_feed_is_not_downloaded_again_until_it_changes(
    tmp_path, site, simulated_clock, reply, state
):
    url = site.route("/feed", replace(reply, etag=b'"1"'))
    async with Daemon(configured(tmp_path, {"wire": url})) as daemon:
        reports = [(await daemon.poll_now())[0] for _ in range(2)]
        first = await record(daemon)
        site.route("/feed", Reply(body=rss(["News"]), etag=b'"2"'))
        reports += await daemon.poll_now()
    assert [report.state for report in reports] == [state, state, "ok"]
    assert (first.cause, first.failures) == (reports[0].cause, 2)
    assert [request.header("If-None-Match") for request in site.requests] == [None, b'"1"', b'"1"']


async def test_a_feed_that_is_gone_is_polled_once_even_across_restarts_until_it_is_edited(
    tmp_path, site, simulated_clock
):
    url = site.route("/feed", Reply(status=410))
    for _ in range(3):
        async with Daemon(configured(tmp_path, {"wire": url})) as daemon:
            await run_until(daemon, simulated_clock, timedelta(days=30))
            assert (await record(daemon)).due_at == NEVER
    assert len(site.requests) == 1
    async with Daemon(configured(tmp_path, {"wire": f"{url}?edited"})) as daemon:
        await run_until(daemon, simulated_clock, timedelta(days=30))
    assert len(site.requests) == 2


async def test_a_running_daemon_applies_an_edited_interval(tmp_path, site, simulated_clock):
    hourly = configured(tmp_path, {"wire": site.url("/feed")})
    async with Daemon(hourly) as daemon:
        await daemon.poll_now()
        assert (await record(daemon)).due_at >= simulated_clock.now + timedelta(hours=1)
        feed = replace(hourly.feeds["wire"], every_s=60)
        await daemon.change_to(replace(hourly, feeds={"wire": feed}))
        assert (await record(daemon)).due_at <= simulated_clock.now + timedelta(minutes=2)


async def test_retry_after_of_a_host_applies_to_all_its_feeds_and_survives_a_restart(tmp_path, site, simulated_clock):
    busy = site.route("/busy", Reply(status=429, headers=[("Retry-After", "7200")]))
    async with Daemon(configured(tmp_path, {"busy": busy})) as daemon:
        await daemon.poll_now()
    over = simulated_clock.now + timedelta(hours=2)
    async with Daemon(configured(tmp_path, {"busy": busy, "wire": site.url("/feed")})) as daemon:
        await run_until(daemon, simulated_clock, timedelta(minutes=119))
        waiting = await record(daemon)
        await run_until(daemon, simulated_clock, timedelta(minutes=10))
        assert over <= (await record(daemon)).last_success_at <= simulated_clock.now
    assert (waiting.state, waiting.failures) == ("new", 0)
    assert waiting.due_reason is DueReason.HOST_PAUSED


async def test_a_moved_feed_is_reported_and_polled_at_its_new_address_after_days(tmp_path, site, simulated_clock):
    new = site.route("/new", Reply(body=rss(["Old"]), etag=b'"1"'))
    async with Daemon(configured(tmp_path, {"wire": site.redirect("/feed", "/new", 301)})) as daemon:
        for _ in range(6):
            await daemon.poll_now()
            simulated_clock.now += timedelta(days=1)
        polled = await record(daemon)
    assert (polled.state, polled.taken_url, polled.remedy) == ("moved", new, f"set its url to {new}")
    assert [request.path for request in site.requests][-3:] == ["/feed", "/new", "/new"]


async def test_a_feed_that_is_silent_for_longer_than_ever_is_reported(tmp_path, site, simulated_clock):
    days = "".join(
        f"<item><title>Day {n}</title><pubDate>{simulated_clock.now - timedelta(days=n):{RFC822}}</pubDate></item>"
        for n in range(1, 20)
    )
    site.route("/feed", Reply(body=f"<rss version='2.0'><channel><title>T</title>{days}</channel></rss>".encode()))
    async with Daemon(configured(tmp_path, {"wire": site.url("/feed")})) as daemon:
        await daemon.poll_now()
        before = (await record(daemon)).state
        simulated_clock.now += timedelta(days=9)
        report = (await daemon.poll_now())[0]
        after = await record(daemon)
    assert (before, report.state, after.state) == ("ok", FeedState.OK, "silent")
    assert after.cause == "nothing new for 10 days; its longest pause was 24 hours"


async def test_an_adaptive_feed_is_polled_as_often_as_it_publishes(tmp_path, site, simulated_clock):
    hours = "".join(
        f"<item><title>{n}</title><pubDate>{simulated_clock.now - timedelta(hours=6 * n):{RFC822}}</pubDate></item>"
        for n in range(1, 40)
    )
    site.route("/feed", Reply(body=f"<rss version='2.0'><channel><title>T</title>{hours}</channel></rss>".encode()))
    config = configured(tmp_path, {"wire": site.url("/feed")})
    config = replace(config, feeds={"wire": replace(config.feeds["wire"], every_s=60, adaptive=True)})
    async with Daemon(config) as daemon:
        await daemon.poll_now()
        polled = await record(daemon)
    assert polled.rhythm is not None
    assert sum(polled.rhythm.per_hour) == 39
    assert simulated_clock.now + timedelta(minutes=20) < polled.due_at < simulated_clock.now + timedelta(hours=7)


async def test_a_poll_round_starts_at_most_as_many_polls_as_documents_are_allowed_in_memory(
    tmp_path, simulated_clock, monkeypatch
):
    monkeypatch.setattr("monitor.daemon.poller.MAX_DOCUMENTS", 2)
    with FeedServer(host="127.3.12.2") as sites:
        urls = {f"f{n}": sites.route(f"/{n}", Reply(body=rss([f"News {n}"]))) for n in range(5)}
        async with Daemon(configured(tmp_path, urls)) as daemon:
            await daemon.poller.poll_due(simulated_clock.now)
            simulated_clock.now += timedelta(seconds=FIRST_SPREAD_S)
            asked = []
            for _ in range(4):
                await daemon.poller.poll_due(simulated_clock.now)
                await daemon.poller.idle()
                asked.append(len(sites.requests))
    assert asked == [2, 4, 5, 5]


async def test_a_poll_for_which_no_file_can_be_opened_is_logged_in_one_line(
    tmp_path, site, simulated_clock, caplog, monkeypatch
):
    async with Daemon(configured(tmp_path, {"wire": site.url("/feed")})) as daemon:

        async def no_more_files(*_):
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

        monkeypatch.setattr(daemon.poller._fetcher, "fetch", no_more_files)
        (report,) = await daemon.poll_now()
    assert report.cause == "this process cannot open more files; raise the limit (ulimit -n)"
    assert [r.exc_info for r in caplog.records if r.exc_info] == []
