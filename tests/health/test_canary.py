"""The canary: through the whole line, and counted nowhere."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from support.config_lines import WATCHLIST, configured, rss
from support.servers import FeedServer, Reply

from monitor.cli.status import _lines
from monitor.daemon.app import Daemon
from monitor.daemon.status import Observed, status_report
from monitor.health.canary import CANARY, NAME
from monitor.health.checks import HealthChecks
from monitor.health.progress import Progress
from monitor.model.reason import CanarySent
from monitor.store import canaries, chain_check, hits, incidents, stories
from monitor.store.db.statements import rows
from monitor.store.outbox import decisions_of
from monitor.store.search import parse_query, search

MINUTE = timedelta(minutes=1)
DESKS = """
[destinations.desk]
url = "console://"
canary = true
[destinations.mail]
url = "console://"
[health]
send_to = ["desk", "mail"]
canary = "07:00"
"""
NO_FEED = {"wire": "http://127.3.15.1:9/feed"}


async def sing(daemon: Daemon, simulated_clock, *, deliver: bool = True, minutes: int = 2) -> HealthChecks:
    """Let the moment of a canary come, and the minutes after it pass."""
    (due,) = [row["due_at"] for row in await daemon.ask(lambda db: rows(db, "SELECT * FROM timers"))]
    health = HealthChecks(daemon.health_parts(Progress(), refused=str), started_at=simulated_clock.now)
    simulated_clock.now = simulated_clock.now.fromisoformat(due)
    for _ in range(minutes):
        await daemon.timers_due(simulated_clock.now)
        await health.check(simulated_clock.now)
        simulated_clock.now += timedelta(seconds=3)
        if deliver:
            await daemon.deliver_all()
        simulated_clock.now += MINUTE - timedelta(seconds=3)
    return health


@pytest.fixture
def console() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
async def singing(tmp_path, simulated_clock, console) -> Daemon:
    return Daemon(configured(tmp_path, NO_FEED, DESKS), console=console)


async def test_it_arrives_where_it_is_wanted_and_its_latency_is_kept(singing, simulated_clock, console):
    async with singing as daemon:
        await sing(daemon, simulated_clock)
        canary = await daemon.ask(canaries.latest)
    assert [(a.destination, a.state, a.latency_s) for a in canary.arrivals] == [("desk", "sent", 3.0)]
    assert NAME in console.getvalue()


async def test_status_shows_how_it_fared(singing, simulated_clock):
    async with singing as daemon:
        await sing(daemon, simulated_clock)
        observed = Observed(daemon.active(), started_at=simulated_clock.now)
        stands = await daemon.ask(lambda db: status_report(db, observed, simulated_clock.now))
    assert stands["canary"]["words"] == "desk after 3.0 s"
    assert "canary of 2026-11-28 07:00 UTC: desk after 3.0 s" in _lines(stands)


async def test_it_is_a_hit_with_its_decision_and_link_and_marked_as_invented(singing, simulated_clock):
    async with singing as daemon:
        await sing(daemon, simulated_clock)
        hit = await daemon.ask(lambda db: hits.load_hit(db, 1))
        (decided,) = await daemon.ask(lambda db: decisions_of(db, 1))
        assert await daemon.ask(chain_check.verify) == []
    assert (hit.canary, hit.judgement.actors, hit.entry.feed) == (True, (CANARY,), CANARY)
    assert decided.decision.reasons == (CanarySent(),)


async def test_it_counts_nowhere(singing, simulated_clock):
    async with singing as daemon:
        await sing(daemon, simulated_clock)
        assert await daemon.ask(hits.totals) == (0, 0)
        assert await daemon.ask(hits.count_by_feed) == {}
        assert await daemon.ask(lambda db: hits.list_hits(db, hits.HitQuery())) == []
        assert await daemon.ask(lambda db: search(db, parse_query("canary", now=simulated_clock.now))) == []
        assert await daemon.ask(lambda db: list(stories.entries_since(db, simulated_clock.now - 5 * MINUTE, 9))) == []
        assert await daemon.ask(lambda db: incidents.counts_since(db, None)) == (0, 0)
        listed = await daemon.ask(lambda db: hits.list_hits(db, hits.HitQuery(canaries=True)))
    assert [row["feed"] for row in listed] == [CANARY]


async def test_a_rule_of_the_user_says_nothing_of_it(tmp_path, simulated_clock):
    greedy = WATCHLIST.replace('theft = ["stole", ', 'theft = ["invented", "stole", ') + GREEDY
    async with Daemon(configured(tmp_path, NO_FEED, DESKS, greedy)) as daemon:
        await sing(daemon, simulated_clock)
        hit = await daemon.ask(lambda db: hits.load_hit(db, 1))
    assert [match.rule for match in hit.judgement.rules] == [CANARY]


GREEDY = '[rules.words]\nkeywords = ["theft"]\nsend_to = ["mail"]\n'


async def test_a_feed_that_writes_what_the_canary_says_sets_nothing_off(tmp_path, simulated_clock):
    with FeedServer(host="127.3.15.2") as site:
        url = site.route("/feed", Reply(body=rss([f"{NAME} and Lazarus Group"])))
        more = f'{DESKS}[alerts]\nfirst_run = "alert"\n'
        async with Daemon(configured(tmp_path, {"wire": url}, more)) as daemon:
            await daemon.poll_now()
            hit = await daemon.ask(lambda db: hits.load_hit(db, 1))
    assert ([match.rule for match in hit.judgement.rules], hit.canary) == (["any"], False)


async def test_one_that_does_not_arrive_is_told_to_the_others_and_over_with_one_that_does(singing, simulated_clock):
    async with singing as daemon:
        await sing(daemon, simulated_clock, deliver=False, minutes=9)
        assert await daemon.ask(incidents.load_incidents) == {}
        health = HealthChecks(daemon.health_parts(Progress(), refused=str), started_at=simulated_clock.now)
        await health.check(simulated_clock.now + 2 * MINUTE)
        said = await daemon.ask(
            lambda db: rows(db, "SELECT destination, annotation FROM deliveries WHERE kind = 'health'")
        )
        assert [row["destination"] for row in said] == ["mail"]
        assert "the canary has not arrived at desk" in said[0]["annotation"]
        await daemon.deliver_all()
        await health.check(simulated_clock.now + 3 * MINUTE)
        assert await daemon.ask(incidents.load_incidents) == {}


async def test_one_that_the_watchlist_does_not_find_is_told(singing, simulated_clock, monkeypatch):
    async with singing as daemon:
        monkeypatch.setattr("monitor.health.canary.NAME", "Another Bird")
        await sing(daemon, simulated_clock, minutes=1)
        (incident,) = (await daemon.ask(incidents.load_incidents)).values()
    assert (incident.title, incident.cause) == ("the canary was not found", "the watchlist in force did not find it")


@pytest.mark.parametrize(
    ("document", "cause"),
    [
        (b"<rss version='2.0'><channel><title>x</title></channel></rss>", "its document was read without an entry"),
        (b"nonsense", "its document could not be read: "),
    ],
)
async def test_one_whose_document_cannot_be_read_is_told(singing, simulated_clock, monkeypatch, document, cause):
    monkeypatch.setattr("monitor.health.canary._document", lambda _: document)
    async with singing as daemon:
        await sing(daemon, simulated_clock, minutes=1)
        (incident,) = (await daemon.ask(incidents.load_incidents)).values()
    assert incident.cause.startswith(cause)


async def test_one_that_was_missed_comes_once_when_the_daemon_is_back(tmp_path, simulated_clock, console):
    config = configured(tmp_path, NO_FEED, DESKS)
    async with Daemon(config):
        pass
    simulated_clock.now += timedelta(days=5)
    async with Daemon(config, console=console) as daemon:
        health = HealthChecks(daemon.health_parts(Progress(), refused=str), started_at=simulated_clock.now)
        for _ in range(3):
            await daemon.timers_due(simulated_clock.now)
            await health.check(simulated_clock.now)
        assert len(await daemon.ask(lambda db: rows(db, "SELECT * FROM canaries"))) == 1


async def test_an_old_one_is_deleted_like_any_hit(singing, simulated_clock):
    async with singing as daemon:
        await sing(daemon, simulated_clock)
        await daemon.housekeeper.tidy(simulated_clock.now + timedelta(days=1000))
        counts = {t: f"SELECT count(*) AS n FROM {t}" for t in ("entries", "hits", "stories", "deliveries", "canaries")}
        left = {t: (await daemon.ask(lambda db, sql=sql: rows(db, sql)))[0]["n"] for t, sql in counts.items()}
        assert left == dict.fromkeys(counts, 0)


async def test_without_a_destination_that_waits_for_it_there_is_none(tmp_path, simulated_clock):
    async with Daemon(configured(tmp_path, NO_FEED, DESKS.replace("canary = true\n", ""))) as daemon:
        assert await daemon.ask(lambda db: rows(db, "SELECT * FROM timers")) == []
