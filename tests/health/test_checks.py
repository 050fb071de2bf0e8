"""Incidents, heartbeat and ping of a daemon with real parts and a simulated clock."""

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
from monitor.store.delivery_list import load_delivery

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DESTINATIONS = '[destinations.desk]\nurl = "console://"\n[destinations.mail]\nurl = "console://"\n'
BOTH = DESTINATIONS + '[health]\nsend_to = ["desk", "mail"]\nfeed_down = "6h"\n'


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.3.14.1") as server:
        server.route("/feed", Reply(body=rss(["Old"]), etag=b'"1"'))
        server.route("/ping", Reply(body=b"OK"))
        yield server


class RunningDaemon:
    """A daemon with its health checks, and a clock that advances by minutes."""

    def __init__(self, daemon: Daemon, clock: SimulatedClock) -> None:
        self.daemon, self.clock, self.refused = daemon, clock, ""
        self.health = HealthChecks(daemon.health_parts(Progress(), refused=lambda: self.refused), started_at=clock.now)

    async def run_for(self, span: timedelta, step: timedelta = MINUTE, *, poll: bool = False) -> RunningDaemon:
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

    async def sent(self, to: str = "desk", kind: DeliveryKind = DeliveryKind.HEALTH) -> list[Message]:
        sql = "SELECT id FROM deliveries WHERE destination = :to AND kind = :kind ORDER BY id"
        found = await self.daemon.ask(lambda db: rows(db, sql, {"to": to, "kind": kind}))
        return [await self.message(row["id"]) for row in found]

    async def message(self, number: int) -> Message:
        return await self.daemon.ask(lambda db: messages.message_of(db, load_delivery(db, number)))

    async def titles(self, to: str = "desk") -> list[str]:
        return [message.annotation.title for message in await self.sent(to)]


class Setup(NamedTuple):
    folder: Path
    site: FeedServer
    clock: SimulatedClock
    console: io.StringIO

    def daemon(self, more: str = BOTH, feed: str = "/feed", **feeds: str) -> Daemon:
        listed = {"wire": self.site.url(feed)} | feeds
        return Daemon(configured(self.folder, listed, more), console=self.console)


@pytest.fixture
def setup(tmp_path, site, simulated_clock, monkeypatch) -> Setup:
    monkeypatch.setattr("monitor.daemon.poller.SUSPENDED_AFTER", HOUR)  # a step of minutes is no sleep of the machine
    return Setup(tmp_path, site, simulated_clock, io.StringIO())


async def test_a_failing_feed_and_its_recovery_are_each_reported_once_across_restarts(setup):
    setup.site.route("/feed", Reply(status=404))
    for hours in (4, 4, 4):
        async with setup.daemon() as daemon:
            running = await RunningDaemon(daemon, setup.clock).run_for(hours * HOUR, 5 * MINUTE, poll=True)
    async with setup.daemon() as daemon:
        assert await RunningDaemon(daemon, setup.clock).titles() == ["feed wire cannot be read"]
        (message,) = await RunningDaemon(daemon, setup.clock).sent("mail")
        assert "What to do: the feed may have moved: look for its new address" in message.annotation.lines
        setup.site.route("/feed", Reply(body=rss(["Old"])))
        running = await RunningDaemon(daemon, setup.clock).run_for(26 * HOUR, 5 * MINUTE, poll=True)
        assert (await running.titles())[1:] == ["resolved: feed wire can be read again"]
    assert "feed wire cannot be read" in setup.console.getvalue()


async def test_two_hundred_feeds_that_fail_with_the_network_are_one_message(setup):
    nowhere = {f"f{n}": f"http://127.3.14.{n % 200 + 20}:9/feed" for n in range(200)}
    async with setup.daemon(**nowhere) as daemon:
        running = RunningDaemon(daemon, setup.clock)
        await daemon.poll_now()
        await running.run_for(7 * HOUR, 10 * MINUTE)
        (message,) = await running.sent()
    assert message.annotation.title == "200 of 201 feeds cannot be read"
    assert "this machine" in message.annotation.lines[1]


async def test_a_refused_configuration_and_its_correction_are_each_reported_once(setup):
    async with setup.daemon() as daemon:
        running = RunningDaemon(daemon, setup.clock)
        running.refused = "config.toml:3:1: error: unknown section [rulez]"
        await running.run_for(10 * MINUTE)
    async with setup.daemon() as daemon:
        running = await RunningDaemon(daemon, setup.clock).run_for(10 * MINUTE)
        assert await running.titles() == [
            "the configuration on disk is refused, the previous one stays active",
            "resolved: the configuration on disk is active",
        ]


async def test_a_failing_destination_is_reported_only_to_the_others(setup):
    more = BOTH.replace('mail]\nurl = "console://"', f'mail]\nurl = "json://127.3.14.1:{setup.site.port}/hook"')
    setup.site.route("/hook", Reply(status=500))
    setup.site.route("/feed", Reply(body=rss(["Lazarus Group stole $2M"])))
    more = more.replace("[health]", '[alerts]\nfirst_run = "alert"\n[health]')
    async with setup.daemon(more.replace("[destinations.desk]", SECOND_RULE)) as daemon:
        await daemon.poll_now()
        running = RunningDaemon(daemon, setup.clock)
        for _ in range(45):
            await running.run_for(MINUTE)
        assert [await running.titles(to) for to in ("mail", "desk")] == [[], ["1 delivery to mail cannot be delivered"]]
        setup.site.route("/hook", Reply())
        setup.clock.now += HOUR
        await running.run_for(2 * MINUTE)
        assert (await running.titles())[1:] == ["resolved: mail is accepting deliveries again"]


SECOND_RULE = '[rules.all]\nactors = ["*"]\nsend_to = ["mail"]\n[destinations.desk]'


async def test_a_dead_delivery_is_reported_only_to_the_other_destinations(setup):
    async with setup.daemon() as daemon:
        running = RunningDaemon(daemon, setup.clock)
        running.refused = "something"
        await running.run_for(MINUTE)
        values = [reason_stored(GivenUp("refused"))]
        sql = "UPDATE deliveries SET state = 'dead', sent_at = NULL, end_reason = ? WHERE destination = 'mail'"
        await daemon.ask(lambda db: db.execute(sql, values).close())
        await running.run_for(20 * MINUTE)
        assert len(await running.sent("mail")) == 1
        assert (await running.titles())[1:] == ["1 delivery to mail was given up"]


async def test_low_disk_space_is_reported_and_does_not_stop_polls(setup, monkeypatch):
    usage = shutil.disk_usage(setup.folder)
    free = [100_000_000]
    monkeypatch.setattr("monitor.health.checks.shutil.disk_usage", lambda _: usage._replace(free=free[0]))
    async with setup.daemon(BOTH + 'min_disk = "500MB"\n') as daemon:
        running = await RunningDaemon(daemon, setup.clock).run_for(10 * MINUTE)
        assert await running.titles() == ["only 100 MB of disk space left"]
        assert [report.new for report in await daemon.poll_now()] == [1]
        free[0] = 10**9
        await running.run_for(MINUTE)
        assert (await running.titles())[1:] == ["resolved: there is enough disk space again"]


def pings(site: FeedServer) -> int:
    return sum(request.path == "/ping" for request in site.requests)


async def test_the_ping_is_sent_every_minute_and_not_during_an_incident(setup):
    async with setup.daemon(f'{BOTH}ping = "{setup.site.url("/ping")}"\n') as daemon:
        running = await RunningDaemon(daemon, setup.clock).run_for(5 * MINUTE)
        assert pings(setup.site) == 5
        running.refused = "something"
        await running.run_for(5 * MINUTE)
        assert pings(setup.site) == 5
        running.refused = ""
        await running.run_for(MINUTE)
        assert (pings(setup.site), running.health.ping_error) == (6, "")


async def test_a_ping_obeys_the_address_check_and_its_failure_does_not_stop_the_checks(setup, caplog):
    site = setup.site
    async with setup.daemon(BOTH + 'ping = "http://10.255.255.1/ping"\n') as daemon:
        running = await RunningDaemon(daemon, setup.clock).run_for(3 * MINUTE)
        assert "private address" in running.health.ping_error
        assert (
            len([record for record in caplog.records if "the ping of the dead man's switch failed" in record.message])
            == 1
        )
    site.route("/moved", Reply(status=302, headers=[("Location", site.url("/ping"))]))
    async with setup.daemon(f'{BOTH}ping = "{site.url("/moved")}"\n') as daemon:
        assert "302" in (await RunningDaemon(daemon, setup.clock).run_for(MINUTE)).health.ping_error
    assert pings(site) == 0


async def test_a_heartbeat_is_sent_on_schedule_counts_since_the_last_one_and_is_marked_if_late(setup):
    setup.site.route("/feed", Reply(body=rss(["Lazarus Group stole $2M"])))
    more = BOTH + 'heartbeat = "09:00"\n'
    async with setup.daemon(more) as daemon:
        await daemon.poll_now()
        running = await RunningDaemon(daemon, setup.clock).run_for(49 * HOUR, 30 * MINUTE)
        first, second = (message.annotation.title for message in await running.sent(kind=DeliveryKind.HEARTBEAT))
        assert first.startswith("heartbeat: 1 feed, 1 hit")
        assert second.startswith("heartbeat: 1 feed, 0 hits since ")
        link = await daemon.ask(lambda db: rows(db, "SELECT lower(hex(link)) AS link FROM hit_links"))
        assert (
            f"The hit log ends with hit #1, link {link[0]['link']}"
            in (await running.sent(kind=DeliveryKind.HEARTBEAT))[0].annotation.lines
        )
    setup.clock.now += timedelta(days=3, hours=5)
    async with setup.daemon(more) as daemon:
        late = (await (await RunningDaemon(daemon, setup.clock).run_for(MINUTE)).sent(kind=DeliveryKind.HEARTBEAT))[2:]
        assert [message.delivery.late for message in late] == [True]


async def test_an_incident_without_recipients_is_reported_once_send_to_is_set(setup):
    async with setup.daemon(DESTINATIONS) as daemon:
        running = RunningDaemon(daemon, setup.clock)
        running.refused = "something"
        await running.run_for(HOUR, 10 * MINUTE)
        assert await running.titles() == []
        await daemon.change_to(configured(setup.folder, {"wire": setup.site.url("/feed")}, BOTH))
        await running.run_for(MINUTE)
        assert len(await running.titles()) == 1
