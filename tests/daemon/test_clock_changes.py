"""A clock that is a day ahead and is set back, and entries of impossible dates: nothing is lost, nothing told twice."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from support.config_lines import CONSOLE, configured, rss
from support.patience import PATIENCE_S
from support.servers import FeedServer, Reply
from support.simulated_clock import START

from monitor import clock
from monitor.daemon.app import Daemon
from monitor.daemon.scheduler import run_delayed_jobs
from monitor.store import feeds
from monitor.store.hits import HitQuery, list_hits

THEFT = "Lazarus Group stole $50 million from a bridge"
DAY = timedelta(days=1)
EACH_BY_ITSELF = CONSOLE + '[alerts]\ngroup = "none"\n'  # the titles differ in a number alone: one story


class Clock:
    """The clock on the wall, which somebody sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def turn(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def wall(monkeypatch) -> Clock:
    hands = Clock()
    monkeypatch.setattr(clock, "now", hands)
    return hands


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.3.4.1") as server:
        yield server


async def go_on(daemon: Daemon, site: FeedServer, wall: Clock, within: timedelta) -> None:
    """Do what the scheduler does until the feed has been polled once more."""
    polls, end = len(site.requests), wall.now + within
    while len(site.requests) == polls:
        assert wall.now < end, "the feed was not polled"
        wall.turn(timedelta(seconds=20))
        await daemon.housekeeper.correct_future_times(wall.now)
        await daemon.poller.poll_due(wall.now)
        await daemon.poller.idle()
    await daemon.deliver_all()
    await daemon.housekeeper.tidy(wall.now)


def titles(number: int) -> list[str]:
    """Return the titles of the items that the feed shows after so many thefts, the newest first."""
    return [*(f"{THEFT} {n}" for n in range(number, 0, -1)), "A quiet week"]


async def test_a_clock_set_a_day_ahead_and_back_loses_and_repeats_no_alert(tmp_path, site, wall):
    out = io.StringIO()
    url = site.route("/feed", *(Reply(body=rss(titles(number))) for number in range(6)))
    async with Daemon(configured(tmp_path, {"wire": url}, EACH_BY_ITSELF), console=out) as daemon:
        for hours in (0, 0, 24, -24, 0, 0):
            wall.turn(timedelta(hours=hours))
            # every hour, but for the first interval and after a sleep; at once when the clock was set back
            await go_on(daemon, site, wall, within=timedelta(minutes=1) if hours < 0 else timedelta(hours=2.5))
    assert len(site.requests) == 6
    assert [out.getvalue().count(f"bridge {n}") for n in range(1, 6)] == [1] * 5


async def test_a_restart_after_the_clock_was_set_back_polls_at_once(tmp_path, site, wall):
    config = configured(tmp_path, {"wire": site.route("/feed", Reply(body=rss(["A quiet week"])))})
    wall.turn(DAY)
    async with Daemon(config) as daemon:
        await daemon.poll_now()
    wall.turn(-DAY)
    async with Daemon(config) as daemon:
        (record,) = await daemon.ask(feeds.load_feeds)
        assert record.due_at <= wall.now


async def test_a_retry_scheduled_while_the_clock_was_ahead_is_not_delayed(tmp_path, site, wall):
    more = '[destinations.desk]\nurl = "json://127.3.4.9:9/hook"\n[alerts]\nfirst_run = "alert"\n'
    config = configured(tmp_path, {"wire": site.route("/feed", Reply(body=rss([THEFT])))}, more)
    async with Daemon(config) as daemon:
        await daemon.poll_now()
        wall.turn(DAY)
        await daemon.deliver_all()
        wall.turn(-DAY)
        await daemon.housekeeper.correct_future_times(wall.now)
        await daemon.deliver_all()
        states = await daemon.ask(lambda db: db.execute("SELECT state, attempts FROM deliveries").fetchall())
    assert states == [("pending", 2)]


@pytest.mark.parametrize(
    ("date", "alerts", "reason"),
    [
        pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", 1, "rules matched", id="1970"),
        pytest.param("Tue, 01 Jan 2002 00:00:00 GMT", 0, "too old", id="2002"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", 1, "rules matched", id="9999"),
        pytest.param("Thu, 31 Dec 9998 23:59:59 +1400", 1, "rules matched", id="9998"),
        pytest.param("Mon, 01 Jan 0001 00:00:00 GMT", 1, "rules matched", id="the year one"),
        pytest.param("", 1, "rules matched", id="none"),
    ],
)
async def test_an_entry_with_an_impossible_date_is_stored_and_decided_once(tmp_path, site, date, alerts, reason):
    item = f"<item><guid>1</guid><title>{THEFT}</title><pubDate>{date}</pubDate></item>"
    channel = (
        "<rss version='2.0'><channel><title>Wire</title>%s<item><title>A quiet week</title></item></channel></rss>"
    )
    out = io.StringIO()
    url = site.route("/feed", *(Reply(body=(channel % text).encode()) for text in ("", item, item + " ")))
    more = CONSOLE + '[alerts]\ntimezone = "Pacific/Kiritimati"\n'
    async with Daemon(configured(tmp_path, {"wire": url}, more), console=out) as daemon:
        for _ in range(3):
            await daemon.poll_now()
            await daemon.deliver_all()
        assert len(await daemon.ask(lambda db: list_hits(db, HitQuery()))) == 1
        decided = await daemon.ask(lambda db: db.execute("SELECT reasons FROM decisions").fetchall())
    assert out.getvalue().count("CRITICAL") == alerts
    assert reason in decided[0][0]


async def test_jobs_delayed_by_a_clock_that_was_set_back_run_now():
    ran = asyncio.Event()

    async def job() -> None:
        ran.set()

    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(job, "interval", seconds=1, next_run_time=clock.now() + DAY)  # as if the clock had been set back
    in_time = clock.now() + timedelta(minutes=5)
    scheduler.add_job(ran.is_set, "interval", hours=1, next_run_time=in_time, id="in time")
    scheduler.start()
    run_delayed_jobs(scheduler)
    await asyncio.wait_for(ran.wait(), PATIENCE_S)
    assert scheduler.get_job("in time").next_run_time == in_time
    scheduler.shutdown(wait=False)
