"""Fourteen webhooks: five are good, one is down for ten minutes, eight take a message and never answer.

The daemon runs on schedule in this process, so that its clock can be put forward while it is down; a second of it is
a second of ours in between. The deadline of a send is half a second instead of a minute.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from itertools import product

import pytest
from support.config_lines import WATCHLIST, configured, rss
from support.patience import until
from support.servers import FeedServer, Reply, Request

from monitor import clock
from monitor.alerts.apprise.plugins import check_url
from monitor.daemon import delivery
from monitor.daemon.app import Daemon
from monitor.daemon.service import run
from monitor.model import Delivery, DeliveryState
from monitor.store import Reader, delivery_list, outbox

# by name the last, so that whoever goes by the names serves them late
GOOD = tuple(f"sound-{n}" for n in range(5))
HANGING = tuple(f"hanging-{n}" for n in range(8))
HITS = ("Lazarus Group robs Adobu", "Bridge lost to Lazarus Group: Bedefo", "Lazarus Group moves the loot of Cidugo")
TOKENS = tuple(title.split()[-1] for title in HITS)
PENDING, IN_FLIGHT = DeliveryState.PENDING, DeliveryState.IN_FLIGHT
MARK = "(possible repeat)"


class Hooks(FeedServer):
    """Webhooks that keep what came, to which one, and when; those in ``silent`` never answer."""

    came: list[tuple[str, str, datetime]]
    silent: frozenset[str] = frozenset()

    def _reply(self, request: Request) -> Reply:
        name = request.path.partition("?")[0].strip("/")
        if request.method == "POST":
            self.came.append((name, json.loads(request.body)["message"], clock.now()))
            return Reply(hang=name in self.silent)
        return super()._reply(request)

    def texts(self, name: str) -> list[str]:
        return [text for to, text, _ in self.came if to == name]


def hooks(host: str, port: int = 0) -> Hooks:
    server = Hooks(host=host, port=port)
    server.came = []
    return server


@pytest.fixture
def site():
    with hooks("127.3.4.1") as server:
        server.silent = frozenset(HANGING)
        server.route("/feed", Reply(body=rss(["A quiet week"])))
        yield server


@pytest.fixture
def down():
    """A server that is not there yet; its address is."""
    with hooks("127.3.4.2") as server:
        port = server.port
    return hooks("127.3.4.2", port)


@pytest.fixture
def later(monkeypatch):
    """Put the clock forward by so many seconds, and let a tick of the scheduler see it."""
    ahead, real = [0.0], clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(seconds=ahead[0]))

    async def put_forward(seconds: float) -> None:
        ahead[0] += seconds
        await asyncio.sleep(1.1)

    return put_forward


@pytest.fixture
def config(tmp_path, site, down):
    addresses = {name: f"json://127.3.4.1:{site.port}/{name}?rto=1" for name in (*GOOD, *HANGING)}
    addresses["down"] = f"json://127.3.4.2:{down.port}/down"
    destinations = "".join(f'[destinations.{name}]\nurl = "{url}"\n' for name, url in addresses.items())
    destinations += '[alerts]\ngroup = "none"\n'  # a message for each hit
    # as `monitor run` does before it begins; imports what takes a second
    assert not any(check_url(url) for url in addresses.values())
    watchlist = WATCHLIST.replace('["desk"]', json.dumps([*addresses]))
    return configured(tmp_path, {"wire": site.url("/feed")}, destinations, watchlist)


async def told_of(daemon: Daemon, site: Hooks, hits: Sequence[str]) -> None:
    """Let *hits* be in the feed, and wait until every good one has the last of them."""
    site.route("/feed", Reply(body=rss([*reversed(hits), "A quiet week"])))
    await daemon.poll_now()
    await until(lambda: all(any(TOKENS[len(hits) - 1] in text for text in site.texts(name)) for name in GOOD))


async def stored(daemon: Daemon) -> list[tuple[Delivery, str]]:
    """Return all deliveries with the token of what they carry."""

    def read(db: Reader) -> list[tuple[Delivery, str]]:
        found = delivery_list.list_deliveries(db, list(DeliveryState))
        return [(d, outbox.hits_of(db, d.id)[0].entry.text.title.split()[-1]) for d in found]

    return await daemon.ask(read)


async def nobody_waits(daemon: Daemon, later: Callable[[float], Awaitable[None]]) -> None:
    """Put the clock forward until everything is sent; it must be within twice the longest back-off."""
    for _ in range(30):
        if all(delivery.state is DeliveryState.SENT for delivery, _ in await stored(daemon)):
            return
        await later(60)


def assert_on_time(site: Hooks, sent: Sequence[tuple[Delivery, str]]) -> None:
    for message, token in sent:
        arrived = [at for name, text, at in site.came if name == message.destination and token in text]
        assert len(arrived) == 1
        assert (arrived[0] - message.due_at).total_seconds() < 3  # those that hang would hold it up for four


@pytest.mark.slow
async def test_one_unreachable_and_eight_hanging_destinations_delay_no_other_and_catch_up(
    tmp_path, site, down, config, later, monkeypatch
):
    monkeypatch.setattr(delivery, "SEND_DEADLINE_S", 0.5)
    async with Daemon(config) as daemon:
        running = asyncio.create_task(run(daemon, lambda: config))
        await daemon.poll_now()
        for minute in range(10):
            if minute in (0, 4, 8):
                await told_of(daemon, site, HITS[: 1 + minute // 4])
            await later(60)
        then = await stored(daemon)
        assert_on_time(site, [(d, token) for d, token in then if d.destination in GOOD])
        assert {(d.state, d.possible_repeat) for d, _ in then if d.destination == "down"} == {(PENDING, False)}
        hung = [d for d, _ in then if d.destination in HANGING and d.attempts]
        assert {d.destination for d in hung if d.possible_repeat and d.state in (PENDING, IN_FLIGHT)} == {*HANGING}
        site.silent = frozenset()
        with down:
            await nobody_waits(daemon, later)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert sorted(token for text in down.texts("down") for token in TOKENS if token in text) == sorted(TOKENS)
    assert not any(MARK in text for name in (*GOOD, "down") for text in site.texts(name) + down.texts(name))
    for name, token in product(HANGING, TOKENS):
        first, *again = [text for text in site.texts(name) if token in text]
        assert MARK not in first
        assert all(MARK in text for text in again)
    assert all(len([text for text in site.texts(name) if TOKENS[0] in text]) > 1 for name in HANGING)
