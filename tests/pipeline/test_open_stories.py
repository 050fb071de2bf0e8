from __future__ import annotations

from support.config_lines import configured, rss
from support.servers import FeedServer, Reply
from support.sqlite_file import open_sqlite

from monitor.daemon.app import Daemon
from monitor.model import StoryReason
from monitor.store import open_reader, stories

HEIST = "Quillbridge drained of $42 million in overnight exploit"
AGAIN = "Hackers steal $42M from Quillbridge"
OTHER = "Senate schedules hearing about stablecoin reserves"
REFUSE = "CREATE TEMP TRIGGER no BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'no'); END"


def told(config) -> list[tuple[str, int, str]]:
    with open_sqlite(config.storage.path) as db:
        return list(db.execute("SELECT title, story_id, story_reason FROM entries ORDER BY id"))


async def poll(config, *feeds: str) -> None:
    async with Daemon(config) as daemon:
        for feed in feeds:
            await daemon.poll_now(feed)


async def test_two_outlets_with_one_event_share_a_story_and_a_third_entry_has_its_own(tmp_path):
    with FeedServer(host="127.3.4.1") as server:
        one = server.route("/one", Reply(body=rss([OTHER, HEIST], "Chain Post")))
        two = server.route("/two", Reply(body=rss([AGAIN], "Ledger Wire")))
        config = configured(tmp_path, {"one": one, "two": two})
        await poll(config, "one", "two")
    (_, first, why), (_, other, _), (_, same, reason) = told(config)
    assert (first, other, same) == (1, 2, 1)
    assert why.startswith("opens a story")
    assert reason == 'shares "Quillbridge", $42M with the report of Chain Post'


async def test_the_evidence_by_which_an_entry_joined_is_stored(tmp_path):
    with FeedServer(host="127.3.4.1") as server:
        one = server.route("/one", Reply(body=rss([HEIST], "Chain Post")))
        two = server.route("/two", Reply(body=rss([AGAIN], "Ledger Wire")))
        config = configured(tmp_path, {"one": one, "two": two})
        await poll(config, "one", "two")
    with open_reader(config.storage.path) as db:
        [joined, opened] = stories.members_of_story(db, 1, 10)
    assert opened.evidence is None
    evidence = joined.evidence
    assert (evidence.reason, evidence.victim, evidence.amount) == (StoryReason.JOINED, "Quillbridge", "$42M")
    assert (evidence.names[0].name, evidence.outlet) == ("Quillbridge", "Chain Post")
    assert evidence.score > 0
    assert 0 < evidence.similarity < 1


async def test_open_stories_are_known_after_a_restart(tmp_path):
    with FeedServer(host="127.3.4.1") as server:
        one = server.route("/one", Reply(body=rss([HEIST], "Chain Post")))
        two = server.route("/two", Reply(body=rss([AGAIN], "Ledger Wire")))
        config = configured(tmp_path, {"one": one, "two": two})
        await poll(config, "one")
        await poll(config, "two")
    assert [story for _, story, _ in told(config)] == [1, 1]


async def test_two_entries_of_one_document_share_a_story(tmp_path):
    with FeedServer(host="127.3.4.1") as server:
        one = server.route("/one", Reply(body=rss([AGAIN + " overnight", HEIST], "Chain Post")))
        config = configured(tmp_path, {"one": one})
        await poll(config, "one")
    assert [story for _, story, _ in told(config)] == [1, 1]


async def test_a_commit_that_failed_leaves_no_story_behind(tmp_path):
    with FeedServer(host="127.3.4.1") as server:
        one = server.route(
            "/one", Reply(body=rss([HEIST], "Chain Post")), Reply(body=rss([AGAIN, OTHER], "Chain Post"))
        )
        config = configured(tmp_path, {"one": one})
        async with Daemon(config) as daemon:
            await daemon.poll_now("one")
            await daemon.ask(lambda db: db.execute(REFUSE))
            await daemon.poll_now("one")  # a mistake of ours: the poll breaks, its transaction is rolled back
            await daemon.ask(lambda db: db.execute("DROP TRIGGER no"))
            assert len(daemon.poller._stories) == 1
    assert len(told(config)) == 1
