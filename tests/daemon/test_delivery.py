"""Destinations fail, hang and come back; each by itself."""

from __future__ import annotations

import asyncio
import gc
import io
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from support.config_lines import WATCHLIST, configured, rss
from support.patience import PATIENCE_S, until
from support.raw_server import RawServer, smtp_dialogue
from support.servers import FeedServer, Reply

from monitor import clock
from monitor.config import load
from monitor.daemon import delivery
from monitor.daemon.app import Daemon
from monitor.model import DeliveryState
from monitor.model.reason import GivenUp, NoDestination
from monitor.store import deliveries, delivery_list

THEFT = "Lazarus Group stole $50 million from a bridge"


@pytest.fixture
def site():
    with FeedServer(host="127.3.2.1") as server:
        server.route("/feed", Reply(body=rss([THEFT])))
        yield server


def two_destinations(folder, site):
    """Return a configuration that tells a webhook of *site* and the terminal, backlog included."""
    watchlist = WATCHLIST.replace('["desk"]', '["hook", "desk"]')
    hook = f'[destinations.hook]\nurl = "json://127.3.2.1:{site.port}/hook"\n[destinations.desk]\nurl = "console://"\n'
    return configured(folder, {"wire": site.url("/feed")}, hook + '[alerts]\nfirst_run = "alert"\n', watchlist)


async def states(daemon) -> dict[str, tuple[DeliveryState, bool]]:
    found = await daemon.ask(lambda db: delivery_list.list_deliveries(db, list(DeliveryState)))
    return {d.destination: (d.state, d.possible_repeat) for d in found}


def posted(site) -> int:
    return sum(request.path == "/hook" for request in site.requests)


@pytest.fixture
def later(monkeypatch):
    """Give a function that puts the clock forward by so many seconds."""
    ahead = [0.0]
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(seconds=ahead[0]))
    return lambda seconds: ahead.__setitem__(0, ahead[0] + seconds)


async def test_a_failing_destination_delays_no_other_and_catches_up_once(tmp_path, site, later):
    site.route("/hook", Reply(status=500), Reply(status=200))
    out = io.StringIO()
    async with Daemon(two_destinations(tmp_path, site), console=out) as daemon:
        await daemon.poll_now()
        assert await daemon.deliver_all() == 1
        assert (await states(daemon))["hook"] == (DeliveryState.PENDING, False)
        later(20)
        assert await daemon.deliver_all() == 1
        later(20)
        assert await daemon.deliver_all() == 0
    assert out.getvalue().count("CRITICAL") == 1
    assert posted(site) == 2


async def test_a_send_that_outlasts_the_deadline_is_unknown_and_its_repetition_is_marked(
    tmp_path, site, later, monkeypatch
):
    monkeypatch.setattr(delivery, "SEND_DEADLINE_S", 0.2)
    site.route("/hook", Reply(drip="head"), Reply(status=200))
    async with Daemon(two_destinations(tmp_path, site), console=io.StringIO()) as daemon:
        await daemon.poll_now()
        daemon.deliverer._late = lambda delivery, sending: _forget(sending)
        await daemon.deliver_all()
        assert (await states(daemon))["hook"] == (DeliveryState.PENDING, True)
        monkeypatch.setattr(delivery, "SEND_DEADLINE_S", PATIENCE_S)
        later(20)
        assert await daemon.deliver_all() == 1
    assert posted(site) == 2


async def _forget(sending) -> None:
    """Wait for the send, as the deliverer does, but do not look at how it ended."""
    await sending


async def test_a_late_acceptance_counts_and_nothing_is_sent_twice(tmp_path, site, later, monkeypatch):
    monkeypatch.setattr(delivery, "SEND_DEADLINE_S", 0.2)
    site.route("/hook", Reply(drip="head"), Reply(status=200))
    async with Daemon(two_destinations(tmp_path, site), console=io.StringIO()) as daemon:
        await daemon.poll_now()
        await daemon.deliver_all()
        later(20)
        await daemon.deliver_all()
        assert (await states(daemon))["hook"][0] is DeliveryState.SENT
    assert posted(site) == 1


def without_hook(config):
    """Return *config* without the destination "hook"."""
    rules = {name: replace(rule, send_to=("desk",)) for name, rule in config.rules.items()}
    return replace(config, destinations={"desk": config.destinations["desk"]}, rules=rules)


async def test_a_send_interrupted_by_a_crash_is_repeated_and_marked(tmp_path, site):
    site.route("/hook", Reply(status=200))
    config = two_destinations(tmp_path, site)
    out = io.StringIO()
    async with Daemon(config, console=out) as daemon:
        await daemon.poll_now()
        await daemon.ask(lambda db: deliveries.lease(db, "desk", clock.now(), 60))
    async with Daemon(config, console=out) as daemon:
        await daemon.deliver_all()
    assert "(possible repeat)" in out.getvalue()


async def test_deliveries_of_a_removed_destination_are_sent_when_it_is_configured_again(tmp_path, site, later):
    site.route("/hook", Reply(status=200))
    config = two_destinations(tmp_path, site)
    async with Daemon(config, console=io.StringIO()) as daemon:
        await daemon.poll_now()
        await daemon.change_to(without_hook(config))
        later(71 * 3600)
        await daemon.deliver_all()
        waiting = await daemon.ask(lambda db: delivery_list.list_deliveries(db, [DeliveryState.OPEN]))
        assert [d.cause for d in waiting] == ['no destination called "hook"; waiting until there is one']
        await daemon.change_to(config)
        await daemon.deliver_all()
        assert (await states(daemon))["hook"][0] is DeliveryState.SENT
    assert posted(site) == 1


async def test_deliveries_of_a_removed_destination_are_given_up_after_give_up(tmp_path, site, later):
    config = two_destinations(tmp_path, site)
    async with Daemon(config, console=io.StringIO()) as daemon:
        await daemon.poll_now()
        await daemon.change_to(without_hook(config))
        later(73 * 3600)
        await daemon.deliver_all()
        dead = await daemon.ask(lambda db: delivery_list.list_deliveries(db, [DeliveryState.DEAD]))
    assert [d.end_reason for d in dead] == [NoDestination("hook")]


async def test_an_edited_destination_receives_messages_while_a_send_to_its_old_address_hangs(
    tmp_path, site, later, monkeypatch
):
    monkeypatch.setattr(delivery, "SEND_DEADLINE_S", 0.2)
    site.route("/hook", Reply(hang=True))
    site.route("/right", Reply(status=200))
    config = two_destinations(tmp_path, site)
    async with Daemon(config, console=io.StringIO()) as daemon:
        await daemon.poll_now()
        waiting = asyncio.create_task(daemon.deliver_all())
        while (await states(daemon))["hook"] != (DeliveryState.PENDING, True):  # noqa: ASYNC110 - the database is polled
            await asyncio.sleep(0.05)
        monkeypatch.setattr(delivery, "SEND_DEADLINE_S", PATIENCE_S)
        config.path.write_text(config.path.read_text().replace("/hook", "/right"))
        await daemon.change_to(load(config.path, environ={}).config)
        await asyncio.wait_for(waiting, PATIENCE_S)
        await daemon.deliver_all()
        assert (await states(daemon))["hook"] == (DeliveryState.SENT, True)


async def test_a_destination_that_was_edited_before_its_send_outlasts_the_deadline_is_not_blocked(
    tmp_path, site, later, monkeypatch
):
    monkeypatch.setattr(delivery, "SEND_DEADLINE_S", 0.4)
    site.route("/hook", Reply(hang=True))
    site.route("/right", Reply(status=200))
    config = two_destinations(tmp_path, site)
    async with Daemon(config, console=io.StringIO()) as daemon:
        await daemon.poll_now()
        sending = asyncio.create_task(daemon.deliver_all())
        await until(lambda: posted(site) > 0)
        config.path.write_text(config.path.read_text().replace("/hook", "/right"))
        await daemon.change_to(load(config.path, environ={}).config)
        await asyncio.wait_for(sending, PATIENCE_S)
        monkeypatch.setattr(delivery, "SEND_DEADLINE_S", PATIENCE_S)
        later(3600)
        await asyncio.wait_for(daemon.deliver_all(), PATIENCE_S)
        assert (await states(daemon))["hook"] == (DeliveryState.SENT, True)


async def test_a_shutdown_while_a_send_hangs_logs_no_error(tmp_path, site, caplog):
    errors = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    site.route("/hook", Reply(hang=True))
    async with Daemon(two_destinations(tmp_path, site), console=io.StringIO()) as daemon:
        await daemon.poll_now()
        await daemon.deliverer.deliver_due(clock.now())
        await until(lambda: posted(site) > 0)
        await daemon.deliverer.stop(0)
        await asyncio.sleep(0)
    assert errors == []
    assert "CancelledError" not in caplog.text


async def test_a_send_that_fails_after_the_shutdown_has_stopped_waiting_logs_no_error(tmp_path, site):
    errors = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    site.route("/hook", Reply(status=500, wait_s=0.2))
    async with Daemon(two_destinations(tmp_path, site), console=io.StringIO()) as daemon:
        await daemon.poll_now()
        await daemon.deliverer.deliver_due(clock.now())
        await until(lambda: posted(site) > 0)
        await daemon.deliverer.stop(0)
        await until(lambda: "send hook" not in {thread.name for thread in threading.enumerate()})
        await asyncio.sleep(0)  # the result arrives
    gc.collect()
    assert errors == []


async def test_a_delivery_is_given_up_by_age_and_stays_visible(tmp_path, site, later):
    site.route("/hook", Reply(status=500))
    async with Daemon(two_destinations(tmp_path, site), console=io.StringIO()) as daemon:
        await daemon.poll_now()
        await daemon.deliver_all()
        later(71 * 3600)
        await daemon.deliver_all()
        assert (await states(daemon))["hook"][0] is DeliveryState.PENDING
        later(2 * 3600)
        await daemon.deliver_all()
        dead = await daemon.ask(lambda db: delivery_list.list_deliveries(db, [DeliveryState.DEAD]))
    assert len(dead) == 1
    assert dead[0].end_reason.cause.startswith("the service answered 500")


async def test_retry_after_of_a_destination_is_obeyed(tmp_path, site, later):
    site.route("/feed", Reply(body=rss([THEFT, "Lazarus Group stole $70 million from an exchange in Norway"])))
    site.route("/hook", Reply(status=429, headers=[("Retry-After", "300")]), Reply(status=200))
    async with Daemon(two_destinations(tmp_path, site), console=io.StringIO()) as daemon:
        await daemon.poll_now()
        await daemon.deliver_all()
        assert posted(site) == 1
        for _ in range(10):
            later(28)
            await daemon.deliver_all()
        assert posted(site) == 1
        later(30)
        await daemon.deliver_all()
        assert (await states(daemon))["hook"] == (DeliveryState.SENT, False)
    assert posted(site) > 1


async def test_an_unknown_outcome_is_repeated_marked_less_and_less_often_and_then_given_up(tmp_path, site, later):
    site.route("/hook", Reply(status=200, headers=[("Content-Encoding", "gzip")], body=b"not gzip"))
    async with Daemon(two_destinations(tmp_path, site), console=io.StringIO()) as daemon:
        await daemon.poll_now()
        await daemon.deliver_all()
        assert (await states(daemon))["hook"] == (DeliveryState.PENDING, True)
        for _ in range(60):
            later(1)
            await daemon.deliver_all()
        assert posted(site) <= 4
        for _ in range(100):
            later(300)
            await daemon.deliver_all()
        (dead,) = await daemon.ask(lambda db: delivery_list.list_deliveries(db, [DeliveryState.DEAD]))
    assert dead.end_reason == GivenUp("the service answered 200, but its body is not gzip")
    assert posted(site) == 10


async def test_a_refused_recipient_is_recorded_and_the_others_get_no_repetition(tmp_path, site, later):
    with RawServer(smtp_dialogue({b"RCPT TO:<BAD@": b"550 no such user\r\n"})) as server:
        recipients = "from=monitor@news.example&to=good@news.example,bad@news.example"
        config = two_destinations(tmp_path, site)
        hook, mail = f"json://127.3.2.1:{site.port}/hook", f"mailto://{server.address}?{recipients}"
        config.path.write_text(config.path.read_text().replace(hook, mail))
        async with Daemon(load(config.path, environ={}).config, console=io.StringIO()) as daemon:
            await daemon.poll_now()
            await daemon.deliver_all()
            later(60)
            await daemon.deliver_all()
            sent = await daemon.ask(lambda db: delivery_list.list_deliveries(db, [DeliveryState.SENT]))
    (cause,) = (d.cause for d in sent if d.destination == "hook")
    assert cause == "not accepted by all recipients: bad@news.example was refused: 550 no such user"
    assert server.connections == 1


async def test_a_gateway_without_an_answer_for_a_day_costs_no_alert(tmp_path, site, later):
    site.route("/hook", Reply(status=504))
    async with Daemon(two_destinations(tmp_path, site), console=io.StringIO()) as daemon:
        await daemon.poll_now()
        for _ in range(15):
            await daemon.deliver_all()
            later(6000)
        assert (await states(daemon))["hook"] == (DeliveryState.PENDING, True)
        site.route("/hook", Reply(status=200))
        await daemon.deliver_all()
        assert (await states(daemon))["hook"] == (DeliveryState.SENT, True)
