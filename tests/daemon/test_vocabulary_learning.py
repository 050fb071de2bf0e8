from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from support.config_lines import configured, rss
from support.servers import FeedServer, Reply

from monitor import clock
from monitor.daemon.app import Daemon
from monitor.model import Text

MISSPELLED = Text("Lazarux Group met in Rome")
BACKLOG = [
    "Bakers in Lisbon praise the old lazarux flour after a wet harvest in the north of the country",
    "Norway opens its longest tunnel and a lazarux museum near the western fjords this winter",
    "Chess final in Chennai ends level as rain stops the lazarux broadcast for three hours",
    "Solar farm in Kenya sells power to villages while lazarux prices fall to a record low",
    "Tennis: injured champion leaves Paris early, lazarux cup goes to a teenager from Brno",
    "Bank of Chile keeps rates and warns of lazarux lending in its yearly letter to savers",
]


@pytest.fixture
async def fed(tmp_path) -> AsyncIterator[Daemon]:
    """A daemon that has read six stories with a word in them that is nearly a name."""
    with FeedServer(host="127.3.0.9") as server:
        url = server.route("/feed", Reply(body=rss(BACKLOG)))
        async with Daemon(configured(tmp_path, {"wire": url})) as daemon:
            await daemon.poll_now()
            yield daemon


async def test_a_word_in_many_stories_no_longer_matches_as_a_misspelling(fed):
    before = fed.active()
    assert before.watchlist.matcher.find(MISSPELLED).mentions
    await fed.learn(clock.now())
    assert not fed.active().watchlist.matcher.find(MISSPELLED).mentions
    assert fed.active().version != before.version


async def test_words_are_learned_once_a_day(fed):
    now = clock.now()
    await fed.learn(now)
    first = fed.active()
    await fed.ask(lambda db: db.execute("DELETE FROM learned_words").close())
    await fed.learn(now + timedelta(hours=23))
    assert fed.active() is first
    await fed.learn(now + timedelta(hours=25))
    assert fed.active().version != first.version


async def test_learned_words_survive_a_reload_and_a_restart(fed, tmp_path):
    await fed.learn(clock.now())
    config = fed.active().config
    await fed.change_to(config)
    assert not fed.active().watchlist.matcher.find(MISSPELLED).mentions
    await fed.__aexit__(None, None, None)
    async with Daemon(config) as again:
        assert not again.active().watchlist.matcher.find(MISSPELLED).mentions
