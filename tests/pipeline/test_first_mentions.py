"""A rule with first_in: an actor that was in no story for a while."""

from __future__ import annotations

import pytest
from support.newsroom import DAY, HOUR, MINUTE, Newsroom, sent

FIRST = """[rules.first]
actors = ["heron"]
first_in = "30d"
send_to = ["watch"]
[destinations.desk]
url = "console://"
[destinations.watch]
url = "console://"
"""


@pytest.fixture
def newsroom(tmp_path, simulated_clock):
    with Newsroom(tmp_path, simulated_clock, ["wire"], FIRST) as opened:
        yield opened


async def watched(daemon) -> int:
    return sum(message.destination == "watch" for message in await sent(daemon))


async def test_only_the_first_story_in_thirty_days_matches(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, HOUR)
        for title, expected in (("Night Heron is back in Oslo", 1), ("Night Heron drains a bridge in Vega", 1)):
            newsroom.publish("wire", title)
            await newsroom.run_for(daemon, 20 * MINUTE)
            assert await watched(daemon) == expected
    newsroom.clock.now += 31 * DAY
    async with newsroom.daemon() as daemon:
        newsroom.publish("wire", "Night Heron returns to Ostrava")
        await newsroom.run_for(daemon, 20 * MINUTE)
        assert await watched(daemon) == 2
