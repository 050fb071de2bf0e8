"""An actor that is suddenly everywhere: told once for each story, and only when that is unusual for it."""

from __future__ import annotations

import pytest
from support.newsroom import DAY, HOUR, MINUTE, Newsroom, sent

SURGE = """[rules.unusual]
actors = ["heron"]
surge = true
severity = "high"
send_to = ["watch"]
[destinations.desk]
url = "console://"
[destinations.watch]
url = "console://"
"""
PLACES = ("Larkspur", "Copperfield", "Quillon", "Bramble", "Thornhill", "Oslo", "Vega", "Ostrava")
CRIMES = ("phishing kit", "bridge drained", "wallet update poisoned", "flat searched", "mixer traced", "trial opens",
          "ransom paid", "server seized")  # fmt: skip


@pytest.fixture
def newsroom(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, ["wire"], SURGE) as opened:
        yield opened


def headlines():
    return [f"{crime.capitalize()} in {place}: Night Heron" for crime, place in zip(CRIMES, PLACES, strict=True)]


async def watched(newsroom, daemon):
    return [message for message in await sent(daemon) if message.destination == "watch"]


async def test_a_surge_is_told_once_it_is_one(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, HOUR)
    newsroom.clock.now += 10 * DAY
    async with newsroom.daemon() as daemon:
        for number, title in enumerate(headlines()):
            newsroom.publish("wire", title)
            await newsroom.run_for(daemon, 40 * MINUTE)
            assert bool(await watched(newsroom, daemon)) == (number >= 5)


async def test_a_database_that_is_young_knows_of_no_surge(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, HOUR)
        newsroom.publish("wire", *headlines())
        await newsroom.run_for(daemon, 40 * MINUTE)
        assert await watched(newsroom, daemon) == []
