"""Days of polling, simulated: the clock jumps from one due moment to the next, the requests are real."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.config_lines import CONSOLE, WATCHLIST, configured
from support.referee import Overload, Referee, Site
from support.simulated_clock import SimulatedClock, run_until

from monitor.config import Config
from monitor.daemon.app import Daemon
from monitor.errors import FeedState
from monitor.model import FeedRecord
from monitor.store import feeds

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A, B, C = "127.3.9.1", "127.3.9.2", "127.3.9.3"


def polling(folder: Path, referee: Referee, every: str, more: str = "") -> Config:
    """Return a configuration of all sites of *referee*; those that are redirected to are found by themselves."""
    led_to = {site.to.rpartition("/")[2] for site in referee.sites if site.to}
    named = [site for site in referee.sites if site.path.strip("/") not in led_to]
    addresses = {site.path.strip("/"): referee.url(site.path, site.host) for site in named}
    return configured(
        folder, addresses, CONSOLE + more, WATCHLIST.replace('every = "1h"', f'every = "{every}"\nmax_wait = "1d"')
    )


async def records(daemon: Daemon) -> dict[str, FeedRecord]:
    return {record.key: record for record in await daemon.ask(feeds.load_feeds)}


@pytest.fixture
def referee(simulated_clock: SimulatedClock) -> Iterator[Referee]:
    simulated_clock.now = BEGIN
    with Referee(host=A, more_hosts=(B, C), clock=simulated_clock) as running:
        running.sites = [
            Site("/plain", A),
            Site("/redated", A, redated=True),
            Site("/undated", A, dated=False, etag=b'"%d"'),
            Site("/max-age", A, max_age_s=7200),
            Site("/expires", A, expires_s=5400),
            Site("/bare", A, etag=None, dated=False, news_every=DAY),
            Site("/ttl", B, head="<ttl>120</ttl>"),
            Site("/led", B, to=running.url("/target", C)),
            Site("/target", C),
            Site("/beside", C),
        ]
        running.overloads = [
            Overload(A, BEGIN + 5 * HOUR, 2 * HOUR, 429),
            Overload(C, BEGIN + 8 * HOUR, 3 * HOUR, 503, as_date=True),
        ]
        yield running


async def test_a_day_of_polls_violates_no_rule_of_the_servers(
    tmp_path: Path, referee: Referee, simulated_clock: SimulatedClock
) -> None:
    async with Daemon(polling(tmp_path, referee, "30m")) as daemon:
        await run_until(daemon, simulated_clock, BEGIN + DAY)
        after = await records(daemon)
    assert referee.faults == {}
    assert referee.answers[429] == referee.answers[503] == 1
    assert referee.answers[304] > 1.5 * referee.answers[200]
    assert {record.state for record in after.values()} == {FeedState.OK}


@pytest.mark.slow
async def test_weeks_of_polls_violate_no_rule_and_fetch_each_document_anew_once_a_week(
    tmp_path: Path, referee: Referee, simulated_clock: SimulatedClock
) -> None:
    for site in referee.sites:
        site.news_every = 30 * DAY
    async with Daemon(polling(tmp_path, referee, "6h")) as daemon:
        await run_until(daemon, simulated_clock, BEGIN + 22 * DAY)
    assert referee.faults == {}
    assert 2 * 8 <= referee.answers[-1] <= 3 * 8


async def test_polls_across_restarts_violate_no_rule_of_the_servers(
    tmp_path: Path, referee: Referee, simulated_clock: SimulatedClock
) -> None:
    config = polling(tmp_path, referee, "30m")
    for hours in (1, 5.5, 6, 12):
        async with Daemon(config) as daemon:
            await run_until(daemon, simulated_clock, BEGIN + hours * HOUR)
    assert referee.faults == {}
    assert referee.answers[429] == referee.answers[503] == 1


async def test_a_wrong_304_is_detected_within_a_week(
    tmp_path: Path, referee: Referee, simulated_clock: SimulatedClock
) -> None:
    referee.sites = [Site("/liar", A, lies_from=BEGIN + DAY)]
    referee.overloads = []
    async with Daemon(polling(tmp_path, referee, "6h")) as daemon:
        await run_until(daemon, simulated_clock, BEGIN + 8 * DAY)
        last_new_at = (await records(daemon))["liar"].last_new_at
    assert referee.answers[-1] == 1
    assert last_new_at is not None
    assert last_new_at > BEGIN + 7 * DAY


async def test_a_restart_never_doubles_the_rate_of_polls(tmp_path: Path, simulated_clock: SimulatedClock) -> None:
    hosts = [f"127.3.10.{n}" for n in range(1, 31)]
    with Referee(host=hosts[0], more_hosts=hosts[1:], clock=simulated_clock) as referee:
        referee.sites = [Site(f"/{host.replace('.', '-')}", host, news_every=DAY) for host in hosts]
        config = polling(tmp_path, referee, "10m")
        async with Daemon(config) as daemon:
            await run_until(daemon, simulated_clock, timedelta(minutes=25))
        simulated_clock.now += timedelta(minutes=15)
        began = simulated_clock.now
        async with Daemon(config) as daemon:
            await run_until(daemon, simulated_clock, began + timedelta(minutes=30))
        assert referee.most_within(timedelta(minutes=3), began, simulated_clock.now) <= 2 * 9
        assert len([at for at in referee.times if at >= began]) > 60


@pytest.mark.slow
async def test_a_suspended_machine_makes_no_burst_of_polls(tmp_path: Path, simulated_clock: SimulatedClock) -> None:
    hosts = [f"127.3.11.{n}" for n in range(1, 51)]
    with Referee(host=hosts[0], more_hosts=hosts[1:], clock=simulated_clock) as referee:
        referee.sites = [Site(f"/{host.replace('.', '-')}", host, news_every=DAY) for host in hosts]
        async with Daemon(polling(tmp_path, referee, "10m")) as daemon:
            await run_until(daemon, simulated_clock, HOUR)
            began = simulated_clock.now = simulated_clock.now + 8 * HOUR
            await run_until(daemon, simulated_clock, began + timedelta(minutes=15))
        assert referee.most_within(timedelta(minutes=2), began, simulated_clock.now) <= 2 * 10
