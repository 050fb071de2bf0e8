"""A report that names an actor of which a destination was not notified causes a follow-up, once for each actor."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from support.command_line import Terminal
from support.newsroom import DESK, HOUR, MINUTE, Newsroom, decisions, sent

from monitor.daemon.operator_actions import AddSilence, Triage, perform_action

OUTLETS = ["wire", "herald", "post", "ledger"]
# "marsh" is a general actor that yields to the crew "heron"; "grebe" is in no rule but the one for thefts
WATCHLIST = """
[actors.marsh]
aliases = ["Marshland hackers"]
yields_to = ["heron"]
[actors.grebe]
name = "Grebe Collective"
aliases = ["Grebe Collective"]
[keywords]
thefts = ["drained", "stolen"]
[rules.thefts]
keywords = ["thefts"]
send_to = ["desk"]
[alerts]
wait = "0s"
"""
UNNAMED = "Larkspur bridge drained of $42 million"
GENERAL = "Marshland hackers behind $42 million Larkspur bridge theft, police say"
NAMED = "Night Heron behind $42 million Larkspur bridge theft, police say"
AGAIN = "Larkspur bridge: $42 million taken by Night Heron, say analysts"
UNRULED = "Grebe Collective behind $42 million Larkspur bridge theft, analysts say"


def newsroom_with(more, tmp_path, clock):
    # "[keywords]" and "[rules]" are extended: the newsroom has tables of these names already
    watchlist = WATCHLIST.replace("[keywords]\nthefts", "[keywords.thefts]\nterms")
    return Newsroom(tmp_path, clock, OUTLETS, watchlist + more)


@pytest.fixture
def newsroom(tmp_path, simulated_clock):
    with newsroom_with(DESK, tmp_path, simulated_clock) as opened:
        yield opened


async def publish(newsroom, daemon, *titles, outlets=OUTLETS):
    """Let one outlet after the other publish a title; return the messages that were sent."""
    await newsroom.run_for(daemon, 20 * MINUTE)
    for outlet, title in zip(outlets, titles, strict=False):
        newsroom.publish(outlet, title)
        await newsroom.run_for(daemon, 20 * MINUTE)
    return said(await sent(daemon))


async def act(newsroom, daemon, action):
    await daemon.ask(lambda db: perform_action(db, action, newsroom.clock.now))


def said(messages):
    return [(message.kind, message.why) for message in messages]


async def test_a_crew_beside_the_general_actor_is_new_and_once(newsroom):
    async with newsroom.daemon() as daemon:
        assert await publish(newsroom, daemon, UNNAMED, NAMED, AGAIN) == [
            ("alert", ""),
            ("follow-up", "new actor: Night Heron"),
            ("follow-up", "now reported by 3 outlets"),
        ]


async def test_an_actor_of_a_report_that_is_no_hit_is_named_with_its_outlet(newsroom):
    async with newsroom.daemon() as daemon:
        assert await publish(newsroom, daemon, UNNAMED, GENERAL, UNRULED, NAMED) == [
            ("alert", ""),
            ("follow-up", "new actor: Marshland hackers, named by herald"),
            ("follow-up", "now reported by 3 outlets; new actor: Grebe Collective, named by post"),
            ("follow-up", "new actor: Night Heron"),
        ]


async def test_a_general_actor_is_not_new_beside_the_crew(newsroom):
    async with newsroom.daemon() as daemon:
        assert await publish(newsroom, daemon, NAMED, GENERAL) == [("alert", "")]


async def test_the_same_outlet_may_bring_a_new_actor(newsroom):
    async with newsroom.daemon() as daemon:
        messages = await publish(newsroom, daemon, UNNAMED, UNRULED, UNRULED, outlets=["wire"] * 3)
        assert messages == [("alert", ""), ("follow-up", "new actor: Grebe Collective, named by wire")]


async def test_a_restart_forgets_no_actor(newsroom):
    async with newsroom.daemon() as daemon:
        await publish(newsroom, daemon, UNNAMED, NAMED)
    async with newsroom.daemon() as daemon:
        newsroom.publish("wire", AGAIN)
        await newsroom.run_for(daemon, HOUR)
        assert said(await sent(daemon)) == [("alert", ""), ("follow-up", "new actor: Night Heron")]


async def test_while_the_alert_waits_it_names_the_actor(tmp_path, simulated_clock):
    with newsroom_with(DESK, tmp_path, simulated_clock) as newsroom:
        newsroom.rewrite('wait = "0s"', 'wait = "30m"')
        async with newsroom.daemon() as daemon:
            assert await publish(newsroom, daemon, UNNAMED, UNRULED, UNRULED) == [
                ("alert", "new actor: Grebe Collective, named by herald")
            ]


async def test_a_follow_up_that_waits_takes_the_actor_in(newsroom):
    newsroom.rewrite('wait = "0s"', 'wait = "25m"')
    async with newsroom.daemon() as daemon:
        assert await publish(newsroom, daemon, UNNAMED) == []
        await newsroom.run_for(daemon, HOUR)
        await publish(newsroom, daemon, NAMED, UNRULED, outlets=["herald", "post"])
        await newsroom.run_for(daemon, HOUR)
        assert said(await sent(daemon)) == [
            ("alert", ""),
            ("follow-up", "new actor: Night Heron; new actor: Grebe Collective, named by post"),
        ]


async def test_a_digest_says_of_which_story(tmp_path, simulated_clock):
    digest = '[destinations.desk]\nurl = "console://"\ndigest = ["Mon-Sun 00:00"]\n'
    with newsroom_with(digest, tmp_path, simulated_clock) as newsroom:
        async with newsroom.daemon() as daemon:
            await publish(newsroom, daemon, UNNAMED, UNRULED)
            await newsroom.run_for(daemon, timedelta(days=1))
            [(kind, why)] = said(await sent(daemon))
            assert kind == "digest"
            assert why.endswith("new actor: Grebe Collective, named by herald (story of hit #1)")


async def test_a_silenced_actor_is_not_new_until_the_silence_ends(newsroom):
    async with newsroom.daemon() as daemon:
        await publish(newsroom, daemon, UNNAMED)
        await act(newsroom, daemon, AddSilence("actor", "grebe", 3 * 3600.0, "known", "ana"))
        assert await publish(newsroom, daemon, UNRULED, outlets=["herald"]) == [("alert", "")]
        await newsroom.run_for(daemon, 3 * HOUR)
        messages = await publish(newsroom, daemon, UNRULED, outlets=["herald"])
        assert messages[1:] == [("follow-up", "new actor: Grebe Collective, named by herald")]


async def test_a_story_triaged_as_noise_brings_no_new_actor(newsroom):
    async with newsroom.daemon() as daemon:
        await publish(newsroom, daemon, UNNAMED)
        await act(newsroom, daemon, Triage(1, "noise", "ana", "a rerun"))
        assert await publish(newsroom, daemon, NAMED, UNRULED, outlets=["herald", "wire"]) == [("alert", "")]


async def test_min_severity_of_the_destination_suppresses_the_actor_of_a_lesser_hit(tmp_path, simulated_clock):
    severe = '[destinations.desk]\nurl = "console://"\nmin_severity = "high"\n'
    with newsroom_with(severe, tmp_path, simulated_clock) as newsroom:
        newsroom.rewrite('keywords = ["thefts"]', 'keywords = ["thefts"]\nseverity = "high"')
        async with newsroom.daemon() as daemon:
            assert await publish(newsroom, daemon, UNNAMED, NAMED) == [("alert", "")]
            assert ("suppress", "severity medium is below min_severity high of desk") in await decisions(daemon)


async def test_quiet_hours_hold_the_new_actor_back(tmp_path, simulated_clock):
    quiet = '[destinations.desk]\nurl = "console://"\nquiet_hours = ["00:00-23:59"]\nbreak_quiet = "critical"\n'
    with newsroom_with(quiet, tmp_path, simulated_clock) as newsroom:
        newsroom.rewrite('keywords = ["thefts"]', 'keywords = ["thefts"]\nseverity = "critical"')
        async with newsroom.daemon() as daemon:
            assert await publish(newsroom, daemon, UNNAMED, NAMED) == [("alert", "")]
            assert any("new actor: Night Heron; quiet hours" in why for _, why in await decisions(daemon))


async def test_show_and_the_audit_record_say_it(newsroom, capsys, tmp_path):
    async with newsroom.daemon() as daemon:
        await publish(newsroom, daemon, UNNAMED, UNRULED)
    terminal = Terminal(capsys, tmp_path)
    said = "new actor: Grebe Collective, named by herald"
    shown = " ".join(terminal.type("show", "1").out.split())  # lines are as wide as the terminal
    assert f"Later messages desk: follow-up; delivery 2 is sent; {said}" in shown
    assert json.loads(terminal.type("show", "1", "--json").out)["deliveries"][1]["why"] == said
    assert said in terminal.type("deliveries", "--csv").out
