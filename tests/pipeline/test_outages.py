"""A weekend without us, without a feed, without Slack: nothing lost, nothing old sent as new, one digest says so."""

from __future__ import annotations

import pytest
from support.newsroom import DESK, HOUR, MINUTE, Newsroom, decisions, sent
from support.servers import Reply

EVENTS = [
    "Night Heron drains $42 million from Larkspur bridge",
    "Night Heron steals $7.5 million of tokens from exchange Copperfield",
    "Wallet maker Tanager blames Night Heron for poisoned update",
    "Police in Oslo search flat of alleged Night Heron launderer",
    "Night Heron phishing kit found on developer forum of Quillon",
]
HOOK = '[destinations.desk]\nurl = "json://{hook}/hook"\n'


@pytest.fixture
def newsroom(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, ["wire", "herald"]) as opened:
        yield opened


async def test_after_a_weekend_of_ours_old_news_is_one_digest_and_fresh_news_an_alert(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, HOUR)
    went_down = newsroom.clock.now
    for number, title in enumerate(EVENTS[:3]):
        newsroom.publish("wire", title, at=went_down + (number + 1) * HOUR)
    newsroom.publish("herald", EVENTS[3], at=went_down + 4 * HOUR)
    newsroom.publish("herald", EVENTS[4], at=went_down + 50 * HOUR)
    newsroom.clock.now = went_down + 60 * HOUR
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, 2 * HOUR)
        messages = [(message.kind, message.hits, message.why) for message in await sent(daemon)]
    assert sorted(messages) == [
        ("alert", 1, ""),
        ("digest", 4, "published while the monitor or a feed was down, older than max_age 48 h"),
    ]


async def test_after_a_weekend_of_a_feed_its_old_news_is_one_digest(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, ["wire", "herald"], every="1h") as newsroom:
        async with newsroom.daemon() as daemon:
            await newsroom.run_for(daemon, HOUR)
            newsroom.break_down("wire")
            went_down = newsroom.clock.now
            await newsroom.run_for(daemon, 60 * HOUR)
            newsroom.publish("wire", *EVENTS[:2], at=went_down + HOUR)
            await newsroom.run_for(daemon, 26 * HOUR)
            messages = [(message.kind, message.hits) for message in await sent(daemon)]
        assert messages == [("digest", 2)]


async def test_an_old_entry_of_a_feed_that_was_read_all_along_is_kept_and_not_sent(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, HOUR)
        newsroom.publish("wire", EVENTS[0], at=newsroom.clock.now - 60 * HOUR)
        await newsroom.run_for(daemon, HOUR)
        assert await sent(daemon) == []
        assert await decisions(daemon) == [("suppress", "published 2 d ago, older than max_age 48 h")]


async def test_an_entry_without_a_publication_date_is_as_old_as_its_last_update(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, HOUR)
        updated = (newsroom.clock.now - 60 * HOUR).isoformat()
        entry = f"<entry><id>urn:1</id><title>{EVENTS[0]}</title><updated>{updated}</updated></entry>"
        atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>wire</title>{entry}</feed>"
        newsroom.site.route("/wire", Reply(body=atom.encode()))
        await newsroom.run_for(daemon, HOUR)
        assert await decisions(daemon) == [("suppress", "last updated 2 d ago, older than max_age 48 h")]


async def test_an_update_makes_an_entry_with_an_old_publication_date_no_younger(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, HOUR)
        published, updated = ((newsroom.clock.now - age * HOUR).isoformat() for age in (60, 1))
        dates = f"<published>{published}</published><updated>{updated}</updated>"
        entry = f"<entry><id>urn:1</id><title>{EVENTS[0]}</title>{dates}</entry>"
        atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>wire</title>{entry}</feed>"
        newsroom.site.route("/wire", Reply(body=atom.encode()))
        await newsroom.run_for(daemon, HOUR)
        assert await decisions(daemon) == [("suppress", "published 2 d ago, older than max_age 48 h")]


@pytest.mark.slow
async def test_after_an_outage_of_a_weekend_the_waiting_messages_are_one_digest_that_says_so(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, ["wire"], HOOK) as newsroom:
        newsroom.site.route("/hook", Reply(status=500))
        async with newsroom.daemon() as daemon:
            await newsroom.run_for(daemon, HOUR)
            for title in EVENTS:
                newsroom.publish("wire", title)
                await newsroom.run_for(daemon, 20 * MINUTE)
            newsroom.clock.now += 55 * HOUR
            await newsroom.run_for(daemon, 20 * MINUTE)
            assert await sent(daemon) == []
            newsroom.site.route("/hook", Reply(status=200))
            await newsroom.run_for(daemon, 3 * HOUR)
            messages = await sent(daemon)
            reasons = [reason for _, reason in await decisions(daemon)]
    assert [(message.kind, message.hits) for message in messages] == [("alert", 1), ("digest", 4)]
    assert messages[1].why.startswith("desk could not be reached from ")
    assert sum(reason.endswith("; combined into one digest") for reason in reasons) == 4


async def test_a_short_outage_delays_each_alert_and_changes_none(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, ["wire"], HOOK) as newsroom:
        newsroom.site.route("/hook", *[Reply(status=500)] * 4, Reply(status=200))
        async with newsroom.daemon() as daemon:
            await newsroom.run_for(daemon, HOUR)
            newsroom.publish("wire", *EVENTS[:3])
            await newsroom.run_for(daemon, HOUR)
            assert [message.kind for message in await sent(daemon)] == ["alert"] * 3


QUIET = DESK + 'quiet_hours = ["{begin}-{end}"]\n'


async def test_what_quiet_hours_held_back_while_we_were_down_is_sent_at_the_start_and_marked_late(
    tmp_path, simulated_clock
):
    begin, end = (simulated_clock.now + span for span in (-HOUR, 4 * HOUR))
    quiet = QUIET.replace("{begin}", f"{begin:%H:%M}").replace("{end}", f"{end:%H:%M}")
    with Newsroom(tmp_path, simulated_clock, ["wire"], quiet) as newsroom:
        async with newsroom.daemon() as daemon:
            await newsroom.run_for(daemon, 20 * MINUTE)
            newsroom.publish("wire", EVENTS[0])
            await newsroom.run_for(daemon, HOUR)
            assert await sent(daemon) == []
        newsroom.clock.now += 30 * HOUR
        async with newsroom.daemon() as daemon:
            await newsroom.run_for(daemon, MINUTE)
            assert [(message.kind, message.late) for message in await sent(daemon)] == [("alert", True)]
