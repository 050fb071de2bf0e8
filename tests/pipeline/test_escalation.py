"""Escalation: a hit that nobody acknowledges in time is sent to other destinations, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.newsroom import HOUR, MINUTE, Newsroom, decisions, sent

from monitor.daemon.operator_actions import AddSilence, Triage, perform_action
from monitor.daemon.timer_kinds import HANDLERS
from monitor.model import RuleMatch, Severity
from monitor.pipeline.escalation import escalate, start_escalations
from monitor.store import timers

TWO = """escalate = { after = "15m", to = ["phone"] }
[destinations.desk]
url = "console://"
[destinations.phone]
url = "console://"
"""
CHARGED = "Two men of Night Heron indicted in Oslo"
AGAIN = "Night Heron: two men indicted in Oslo over laundering"


@pytest.fixture
def newsroom(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, ["wire", "herald"], TWO) as opened:
        yield opened


NOISE = Triage(1, "noise", "ana", "a rerun")


def with_rules(config, rename):
    """Return *config* with other names of its rules; None removes one."""
    renamed = {rename(name): rule for name, rule in config.rules.items()}
    rules = {name: replace(rule, id=name) for name, rule in renamed.items() if name is not None}
    return replace(config, rules=rules)


async def alerted_at(newsroom, daemon):
    """Let the wire publish; return when the desk was notified."""
    await newsroom.run_for(daemon, HOUR)
    newsroom.publish("wire", CHARGED)
    await newsroom.run_for(daemon, 16 * MINUTE)
    return next(message.at for message in await sent(daemon) if message.destination == "desk")


def phoned(messages):
    return [(message.kind, message.why, message.hits) for message in messages if message.destination == "phone"]


async def test_a_hit_that_nobody_acknowledges_is_escalated_once_after_the_time(newsroom):
    async with newsroom.daemon() as daemon:
        at = await alerted_at(newsroom, daemon)
        await newsroom.run_for(daemon, 3 * HOUR)
        messages = await sent(daemon)
    assert phoned(messages) == [("escalation", "not acknowledged within 15 min", 1)]
    # a tick comes each second
    assert messages[-1].at - at - 15 * MINUTE <= timedelta(seconds=2)


@pytest.mark.parametrize("word", ["ack", "noise", "relevant"])
async def test_a_triaged_hit_is_not_escalated(newsroom, word):
    async with newsroom.daemon() as daemon:
        await alerted_at(newsroom, daemon)
        await daemon.ask(lambda db: perform_action(db, Triage(1, word, "ana"), newsroom.clock.now))
        await newsroom.run_for(daemon, HOUR)
        assert phoned(await sent(daemon)) == []


async def test_more_reports_of_the_story_neither_delay_nor_repeat_the_escalation(newsroom):
    async with newsroom.daemon() as daemon:
        at = await alerted_at(newsroom, daemon)
        for title in (AGAIN, f"{AGAIN}, papers say"):
            newsroom.publish("herald", title)
            await newsroom.run_for(daemon, 16 * MINUTE)
        messages = [message for message in await sent(daemon) if message.destination == "phone"]
    assert [message.at - at < 16 * MINUTE for message in messages] == [True]


async def test_an_escalation_that_came_due_while_the_daemon_was_down_is_sent_late(newsroom):
    async with newsroom.daemon() as daemon:
        await alerted_at(newsroom, daemon)
        assert HANDLERS["escalation"] is escalate
        assert len(await daemon.ask(timers.list_timers)) == 1
    newsroom.clock.now += 5 * HOUR
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, MINUTE)
        assert [(message.kind, message.late) for message in await sent(daemon)][-1] == ("escalation", True)


async def test_a_suppressed_hit_is_not_escalated(newsroom):
    silence = AddSilence("actor", "heron", 86_400, "known", "ana")
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, HOUR)
        await daemon.ask(lambda db: perform_action(db, silence, newsroom.clock.now))
        newsroom.publish("wire", CHARGED)
        await newsroom.run_for(daemon, HOUR)
        assert await sent(daemon) == []
        assert await daemon.ask(timers.list_timers) == []


async def test_a_follow_up_of_an_acknowledged_story_is_not_escalated(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, ["wire", "herald", "post"], TWO) as newsroom:
        async with newsroom.daemon() as daemon:
            await alerted_at(newsroom, daemon)
            await daemon.ask(lambda db: perform_action(db, Triage(1, "ack", "ana"), newsroom.clock.now))
            for outlet, title in (("herald", AGAIN), ("post", f"{AGAIN}, papers say")):
                newsroom.publish(outlet, title)
                await newsroom.run_for(daemon, 30 * MINUTE)
            messages = await sent(daemon)
    assert [message.kind for message in messages] == ["alert", "follow-up"]


async def test_the_time_counts_from_the_first_notification(newsroom):
    async with newsroom.daemon() as daemon:
        now, rules = newsroom.clock.now, [RuleMatch("charged", Severity.CRITICAL, "", ("desk",))]
        for minutes in (0, 10):
            begun = {"desk": now + minutes * MINUTE, "phone": now - HOUR}
            await daemon.ask(
                lambda db, begun=begun: start_escalations(
                    db, daemon.active().config, rules, begun, story=1, now=begun["desk"]
                )
            )
        assert [timer.due_at for timer in await daemon.ask(timers.list_timers)] == [now + 15 * MINUTE]


@pytest.mark.parametrize("rename", [lambda name: f"new-{name}", lambda name: None if name == "charged" else name])
async def test_an_escalation_outlives_its_rule(newsroom, rename):
    async with newsroom.daemon() as daemon:
        await alerted_at(newsroom, daemon)
        await daemon.change_to(with_rules(daemon.active().config, rename))
        await newsroom.run_for(daemon, HOUR)
        assert phoned(await sent(daemon)) == [("escalation", "not acknowledged within 15 min", 1)]


async def test_an_escalation_to_a_removed_destination_waits_for_it(newsroom):
    async with newsroom.daemon() as daemon:
        await alerted_at(newsroom, daemon)
        config = daemon.active().config
        phone = config.destinations["phone"]
        await daemon.change_to(replace(config, destinations={"desk": config.destinations["desk"]}, rules={}))
        await newsroom.run_for(daemon, HOUR)
        assert phoned(await sent(daemon)) == []
        await daemon.change_to(replace(config, destinations={**config.destinations, "phone": phone}))
        await newsroom.run_for(daemon, MINUTE)
        assert phoned(await sent(daemon)) == [("escalation", "not acknowledged within 15 min", 1)]


async def test_noise_ends_follow_ups_and_escalations_of_the_story(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, ["wire", "herald", "post", "block"], TWO) as newsroom:
        async with newsroom.daemon() as daemon:
            await alerted_at(newsroom, daemon)
            said = await daemon.ask(lambda db: perform_action(db, NOISE, newsroom.clock.now))
            assert said.endswith("its story gets no more follow-ups: 0 pending messages and 1 escalation cancelled")
            for outlet in ("herald", "post", "block"):
                newsroom.publish(outlet, f"{AGAIN}, {outlet} says")
                await newsroom.run_for(daemon, 30 * MINUTE)
            messages = await sent(daemon)
            reasons = {reason for _, reason in await decisions(daemon)}
    assert [message.kind for message in messages] == ["alert"]
    assert "ana triaged hit #1 of the story as noise" in reasons


async def test_noise_drops_a_follow_up_that_waits(tmp_path, simulated_clock):
    more = TWO + '[alerts]\nwait = "1h"\ncorroborate = [2]\n'
    with Newsroom(tmp_path, simulated_clock, ["wire", "herald"], more) as newsroom:
        async with newsroom.daemon() as daemon:
            await alerted_at(newsroom, daemon)
            newsroom.publish("herald", AGAIN)
            await newsroom.run_for(daemon, 16 * MINUTE)
            said = await daemon.ask(lambda db: perform_action(db, NOISE, newsroom.clock.now))
            assert "2 pending messages" in said  # the phone was notified by an escalation
            await newsroom.run_for(daemon, 3 * HOUR)
            messages = await sent(daemon)
    assert [message.kind for message in messages if message.destination == "desk"] == ["alert"]
