"""A story is one alert, however many outlets report it, and a follow-up only if something new is reported."""

from __future__ import annotations

import pytest
from support.newsroom import DESK, HOUR, MINUTE, Newsroom, decisions, sent

TWELVE = [f"outlet-{n}" for n in range(12)]

# one event in the words of twelve outlets
HEIST = [
    "Night Heron drains $42 million from Larkspur bridge",
    "Larkspur bridge loses $42 million to Night Heron",
    "Night Heron behind $42 million theft at Larkspur bridge, analysts say",
    "Larkspur bridge hacked for $42 million; Night Heron suspected",
    "Hackers of Night Heron take $42 million out of the Larkspur bridge",
    "$42 million gone from Larkspur bridge in Night Heron attack",
    "Larkspur bridge halts after Night Heron steals $42 million",
    "Night Heron hits Larkspur bridge, $42 million missing",
    "Larkspur bridge exploit: Night Heron walks away with $42 million",
    "How Night Heron emptied the Larkspur bridge of $42 million",
    "Larkspur bridge confirms $42 million loss to Night Heron",
    "Night Heron moves the $42 million it stole from Larkspur bridge",
]


@pytest.fixture
def twelve(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, TWELVE) as opened:
        yield opened


@pytest.fixture
def newsroom(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, TWELVE[:4]) as opened:
        yield opened


async def test_one_story_in_twelve_outlets_is_one_alert_and_one_follow_up_for_each_threshold(twelve):
    async with twelve.daemon() as daemon:
        await twelve.run_for(daemon, 10 * MINUTE)
        for outlet, title in zip(TWELVE, HEIST, strict=True):
            twelve.publish(outlet, title)
            await twelve.run_for(daemon, 20 * MINUTE)
        messages = await sent(daemon)
        assert [(message.kind, message.why) for message in messages] == [
            ("alert", ""),
            ("follow-up", "now reported by 3 outlets"),
            ("follow-up", "now reported by 10 outlets"),
        ]
        assert ("suppress", "story already notified as hit #1") in await decisions(daemon)
        assert len(await decisions(daemon)) == 12


async def test_one_story_in_twelve_outlets_at_once_is_one_message(twelve):
    async with twelve.daemon() as daemon:
        await twelve.run_for(daemon, 10 * MINUTE)
        for outlet, title in zip(TWELVE, HEIST, strict=True):
            twelve.publish(outlet, title)
        await daemon.poll_now()
        await twelve.run_for(daemon, 3 * HOUR)
        assert [(message.kind, message.hits) for message in await sent(daemon)] == [("alert", 12)]


async def test_a_rise_in_severity_and_a_threshold_together_are_one_follow_up(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, 10 * MINUTE)
        for outlet, title in zip(TWELVE[:2], HEIST, strict=False):
            newsroom.publish(outlet, title)
            await newsroom.run_for(daemon, 20 * MINUTE)
        newsroom.publish(TWELVE[2], "Night Heron charged over $42 million theft from Larkspur bridge")
        await newsroom.run_for(daemon, 20 * MINUTE)
        kinds = [(message.kind, message.why) for message in await sent(daemon)]
    assert kinds == [
        ("alert", ""),
        ("follow-up", "severity rose from medium to critical; now reported by 3 outlets"),
    ]


UNNAMED = [
    "Larkspur bridge drained of $42 million",
    "Hackers take $42 million from Larkspur bridge",
    "Larkspur bridge says $42 million were stolen",
]


async def test_who_carries_it_before_the_alert_goes_out_stands_in_the_alert_and_calls_for_nothing_more(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, 10 * MINUTE)
        newsroom.publish(TWELVE[0], HEIST[0])
        await daemon.poll_now()
        for outlet, title in zip(TWELVE[1:3], UNNAMED, strict=False):
            newsroom.publish(outlet, title)
        await daemon.poll_now()
        await newsroom.run_for(daemon, 20 * MINUTE)
        newsroom.publish(TWELVE[3], UNNAMED[2])
        await newsroom.run_for(daemon, 20 * MINUTE)
        assert [message.kind for message in await sent(daemon)] == ["alert"]


async def test_outlets_that_do_not_name_the_actor_corroborate_too(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, 10 * MINUTE)
        for outlet, title in zip(TWELVE[:3], [HEIST[0], *UNNAMED[:2]], strict=True):
            newsroom.publish(outlet, title)
            await newsroom.run_for(daemon, 20 * MINUTE)
        messages = await sent(daemon)
    assert [(message.kind, message.why, message.hits) for message in messages] == [
        ("alert", "", 1),
        ("follow-up", "now reported by 3 outlets", 1),
    ]


async def test_one_outlet_that_repeats_itself_and_a_copy_of_it_corroborate_nothing(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, 10 * MINUTE)
        for title in HEIST[:5]:
            newsroom.publish(TWELVE[0], title)
            await newsroom.run_for(daemon, 10 * MINUTE)
        for copyist in TWELVE[1:4]:
            newsroom.publish(copyist, HEIST[4])
        await newsroom.run_for(daemon, 30 * MINUTE)
        assert [message.kind for message in await sent(daemon)] == ["alert"]


async def test_three_events_of_one_actor_in_two_days_are_three_alerts(tmp_path, simulated_clock):
    events = (
        "Night Heron drains $42 million from Larkspur bridge",
        "Night Heron steals $7.5 million of tokens from exchange Copperfield",
        "Wallet maker Tanager blames Night Heron for poisoned update",
    )
    with Newsroom(tmp_path, simulated_clock, TWELVE[:3], every="1h") as newsroom:
        async with newsroom.daemon() as daemon:
            await newsroom.run_for(daemon, HOUR)
            for outlet, title in zip(TWELVE[:3], events, strict=True):
                newsroom.publish(outlet, title)
                await newsroom.run_for(daemon, 16 * HOUR)
            assert [message.kind for message in await sent(daemon)] == ["alert"] * 3


async def test_a_heavy_feed_counts_as_several_outlets(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, TWELVE[:2], weights={TWELVE[1]: 2}) as newsroom:
        async with newsroom.daemon() as daemon:
            await newsroom.run_for(daemon, 10 * MINUTE)
            for outlet, title in zip(TWELVE[:2], HEIST, strict=False):
                newsroom.publish(outlet, title)
                await newsroom.run_for(daemon, 20 * MINUTE)
            assert [message.why for message in await sent(daemon)] == ["", "now reported by outlets that count as 3"]


async def test_an_alert_waits_and_a_critical_one_does_not(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, 10 * MINUTE)
        newsroom.publish(TWELVE[0], HEIST[0])
        newsroom.publish(TWELVE[1], "Two men of Night Heron indicted in Oslo")
        await daemon.poll_now()
        polled_at = newsroom.clock.now
        await newsroom.run_for(daemon, 10 * MINUTE)
        waits = {message.hits and (message.at - polled_at).total_seconds() for message in await sent(daemon)}
    assert waits == {1.0, 90.0}


async def test_without_grouping_every_hit_is_an_alert(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, TWELVE[:3], DESK + '[alerts]\ngroup = "none"\n') as newsroom:
        async with newsroom.daemon() as daemon:
            await newsroom.run_for(daemon, 10 * MINUTE)
            for outlet, title in zip(TWELVE[:3], HEIST, strict=False):
                newsroom.publish(outlet, title)
            await newsroom.run_for(daemon, 20 * MINUTE)
            assert [message.kind for message in await sent(daemon)] == ["alert"] * 3
