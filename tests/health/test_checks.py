"""The monitor's own health in a daemon of real parts; only the clock is ours."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from support.config_lines import configured, rss
from support.servers import FeedServer, Reply
from support.simulated_clock import SimulatedClock

from monitor.daemon.app import Daemon
from monitor.health.checks import HealthChecks
from monitor.health.progress import Progress
from monitor.model import DeliveryKind, Message
from monitor.model.reason import GivenUp
from monitor.store import messages
from monitor.store.db.statements import rows
from monitor.store.db.stored_reasons import reason_stored
from monitor.store.deliveries import load_delivery

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DESKS = '[destinations.desk]\nurl = "console://"\n[destinations.mail]\nurl = "console://"\n'
BOTH = DESKS + '[health]\nsend_to = ["desk", "mail"]\nfeed_down = "6h"\n'


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.3.14.1") as server:
        server.route("/feed", Reply(body=rss(["Old"]), etag=b'"1"'))
        server.route("/ping", Reply(body=b"OK"))
        yield server


class Life:
    """A daemon, its health, and a clock that moves by minutes."""

    def __init__(self, daemon: Daemon, clock: SimulatedClock) -> None:
        self.daemon, self.clock, self.refused = daemon, clock, ""
        self.health = HealthChecks(daemon.health_parts(Progress(), refused=lambda: self.refused), started_at=clock.now)

    async def live(self, span: timedelta, step: timedelta = MINUTE, *, poll: bool = False) -> Life:
        end = self.clock.now + span
        while self.clock.now < end:
            self.clock.now += step
            if poll:
                await self.daemon.poller.poll_due(self.clock.now)
                await self.daemon.poller.idle()
            await self.daemon.timers_due(self.clock.now)
            await self.health.check(self.clock.now)
            await self.daemon.deliver_all()
        return self

    async def said(self, to: str = "desk", kind: DeliveryKind = DeliveryKind.HEALTH) -> list[Message]:
        sql = "SELECT id FROM deliveries WHERE destination = :to AND kind = :kind ORDER BY id"
        found = await self.daemon.ask(lambda db: rows(db, sql, {"to": to, "kind": kind}))
        return [await self.message(row["id"]) for row in found]

    async def message(self, number: int) -> Message:
        return await self.daemon.ask(lambda db: messages.message_of(db, load_delivery(db, number)))

    async def titles(self, to: str = "desk") -> list[str]:
        return [message.annotation.title for message in await self.said(to)]


class Place(NamedTuple):
    folder: Path
    site: FeedServer
    clock: SimulatedClock
    console: io.StringIO

    def daemon(self, more: str = BOTH, feed: str = "/feed", **feeds: str) -> Daemon:
        listed = {"wire": self.site.url(feed)} | feeds
        return Daemon(configured(self.folder, listed, more), console=self.console)


@pytest.fixture
def place(tmp_path, site, simulated_clock, monkeypatch) -> Place:
    monkeypatch.setattr("monitor.daemon.poller.SUSPENDED_AFTER", HOUR)  # a step of minutes is no sleep of the machine
    return Place(tmp_path, site, simulated_clock, io.StringIO())


async def test_a_feed_that_fails_is_told_once_and_once_more_when_it_is_back_restarts_included(place):
    place.site.route("/feed", Reply(status=404))
    for hours in (4, 4, 4):
        async with place.daemon() as daemon:
            life = await Life(daemon, place.clock).live(hours * HOUR, 5 * MINUTE, poll=True)
    async with place.daemon() as daemon:
        assert await Life(daemon, place.clock).titles() == ["feed wire cannot be read"]
        (told,) = await Life(daemon, place.clock).said("mail")
        assert "What to do: the feed may have moved: look for its new address" in told.annotation.lines
        place.site.route("/feed", Reply(body=rss(["Old"])))
        life = await Life(daemon, place.clock).live(26 * HOUR, 5 * MINUTE, poll=True)
        assert (await life.titles())[1:] == ["over: feed wire is read again"]
    assert "feed wire cannot be read" in place.console.getvalue()


async def test_two_hundred_feeds_behind_one_dead_network_are_one_message(place):
    nowhere = {f"f{n}": f"http://127.3.14.{n % 200 + 20}:9/feed" for n in range(200)}
    async with place.daemon(**nowhere) as daemon:
        life = Life(daemon, place.clock)
        await daemon.poll_now()
        await life.live(7 * HOUR, 10 * MINUTE)
        (told,) = await life.said()
    assert told.annotation.title == "200 of 201 feeds cannot be read"
    assert "this machine" in told.annotation.lines[1]


async def test_a_refused_configuration_is_told_once_and_when_it_is_in_order_again(place):
    async with place.daemon() as daemon:
        life = Life(daemon, place.clock)
        life.refused = "config.toml:3:1: error: unknown section [rulez]"
        await life.live(10 * MINUTE)
    async with place.daemon() as daemon:
        life = await Life(daemon, place.clock).live(10 * MINUTE)
        assert await life.titles() == [
            "the configuration on disk is refused, the one before stays in force",
            "over: the configuration on disk is in force",
        ]


async def test_a_destination_that_fails_is_told_through_the_others_alone(place):
    more = BOTH.replace('mail]\nurl = "console://"', f'mail]\nurl = "json://127.3.14.1:{place.site.port}/hook"')
    place.site.route("/hook", Reply(status=500))
    place.site.route("/feed", Reply(body=rss(["Lazarus Group stole $2M"])))
    more = more.replace("[health]", '[alerts]\nfirst_run = "alert"\n[health]')
    async with place.daemon(more.replace("[destinations.desk]", SECOND_RULE)) as daemon:
        await daemon.poll_now()
        life = Life(daemon, place.clock)
        for _ in range(45):
            await life.live(MINUTE)
        assert [await life.titles(to) for to in ("mail", "desk")] == [[], ["1 delivery for mail cannot be delivered"]]
        place.site.route("/hook", Reply())
        place.clock.now += HOUR
        await life.live(2 * MINUTE)
        assert (await life.titles())[1:] == ["over: mail takes what it is sent again"]


SECOND_RULE = '[rules.all]\nactors = ["*"]\nsend_to = ["mail"]\n[destinations.desk]'


async def test_a_delivery_that_was_given_up_is_told_to_the_others(place):
    async with place.daemon() as daemon:
        life = Life(daemon, place.clock)
        life.refused = "something"
        await life.live(MINUTE)
        values = [reason_stored(GivenUp("refused"))]
        sql = "UPDATE deliveries SET state = 'dead', sent_at = NULL, end_reason = ? WHERE destination = 'mail'"
        await daemon.ask(lambda db: db.execute(sql, values).close())
        await life.live(20 * MINUTE)
        assert len(await life.said("mail")) == 1
        assert (await life.titles())[1:] == ["1 delivery for mail was given up"]


async def test_little_space_on_the_disk_is_told_and_stops_nothing(place, monkeypatch):
    usage = shutil.disk_usage(place.folder)
    free = [100_000_000]
    monkeypatch.setattr("monitor.health.checks.shutil.disk_usage", lambda _: usage._replace(free=free[0]))
    async with place.daemon(BOTH + 'min_disk = "500MB"\n') as daemon:
        life = await Life(daemon, place.clock).live(10 * MINUTE)
        assert await life.titles() == ["only 100 MB are free on the disk"]
        assert [report.new for report in await daemon.poll_now()] == [1]
        free[0] = 10**9
        await life.live(MINUTE)
        assert (await life.titles())[1:] == ["over: there is enough space on the disk again"]


def pings(site: FeedServer) -> int:
    return sum(request.path == "/ping" for request in site.requests)


async def test_the_ping_is_fetched_every_minute_while_all_is_well_and_not_while_something_is_wrong(place):
    async with place.daemon(f'{BOTH}ping = "{place.site.url("/ping")}"\n') as daemon:
        life = await Life(daemon, place.clock).live(5 * MINUTE)
        assert pings(place.site) == 5
        life.refused = "something"
        await life.live(5 * MINUTE)
        assert pings(place.site) == 5
        life.refused = ""
        await life.live(MINUTE)
        assert (pings(place.site), life.health.ping_error) == (6, "")


async def test_a_ping_goes_through_the_address_check_and_its_failure_stops_nothing(place, caplog):
    site = place.site
    async with place.daemon(BOTH + 'ping = "http://10.255.255.1/ping"\n') as daemon:
        life = await Life(daemon, place.clock).live(3 * MINUTE)
        assert "private address" in life.health.ping_error
        assert len([record for record in caplog.records if "the ping failed" in record.message]) == 1
    site.route("/moved", Reply(status=302, headers=[("Location", site.url("/ping"))]))
    async with place.daemon(f'{BOTH}ping = "{site.url("/moved")}"\n') as daemon:
        assert "302" in (await Life(daemon, place.clock).live(MINUTE)).health.ping_error
    assert pings(site) == 0


async def test_still_here_comes_at_its_moment_counts_from_the_last_one_and_says_when_it_is_late(place):
    place.site.route("/feed", Reply(body=rss(["Lazarus Group stole $2M"])))
    more = BOTH + 'heartbeat = "09:00"\n'
    async with place.daemon(more) as daemon:
        await daemon.poll_now()
        life = await Life(daemon, place.clock).live(49 * HOUR, 30 * MINUTE)
        first, second = (message.annotation.title for message in await life.said(kind=DeliveryKind.HEARTBEAT))
        assert first.startswith("still here: 1 feed, 1 hit")
        assert second.startswith("still here: 1 feed, 0 hits since ")
        link = await daemon.ask(lambda db: rows(db, "SELECT lower(hex(link)) AS link FROM hit_links"))
        assert (
            f"The hit log ends with hit #1, link {link[0]['link']}"
            in (await life.said(kind=DeliveryKind.HEARTBEAT))[0].annotation.lines
        )
    place.clock.now += timedelta(days=3, hours=5)
    async with place.daemon(more) as daemon:
        late = (await (await Life(daemon, place.clock).live(MINUTE)).said(kind=DeliveryKind.HEARTBEAT))[2:]
        assert [message.delivery.late for message in late] == [True]


async def test_what_nobody_was_told_is_told_as_soon_as_somebody_is_named(place):
    async with place.daemon(DESKS) as daemon:
        life = Life(daemon, place.clock)
        life.refused = "something"
        await life.live(HOUR, 10 * MINUTE)
        assert await life.titles() == []
        await daemon.change_to(configured(place.folder, {"wire": place.site.url("/feed")}, BOTH))
        await life.live(MINUTE)
        assert len(await life.titles()) == 1
