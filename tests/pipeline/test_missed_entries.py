"""Feeds that came due while the daemon was down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.config_lines import configured, rss
from support.servers import FeedServer, Reply

from monitor import clock
from monitor.daemon.app import Daemon
from monitor.store import feeds


@pytest.fixture
def later(monkeypatch):
    """Give a function that puts the clock forward by so many hours."""
    ahead, real = [0.0], clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=ahead[0]))
    return lambda hours: ahead.__setitem__(0, ahead[0] + hours)


async def test_a_feed_that_is_missed_again_and_again_is_never_put_off_by_more_than_its_interval(tmp_path, later):
    with FeedServer(host="127.3.5.1") as site:
        config = configured(tmp_path, {"wire": site.route("/feed", Reply(body=rss(["A quiet week"])))})
        async with Daemon(config) as daemon:
            await daemon.poll_now()
        for _ in range(8):  # each time the process ends before the feed's new moment has come
            later(5)
            async with Daemon(config) as daemon:
                await daemon.poller.poll_due(clock.now())
                (record,) = await daemon.ask(feeds.load_feeds)
                assert record.due_at - clock.now() < timedelta(hours=1)
