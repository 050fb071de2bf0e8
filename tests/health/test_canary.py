"""The canary passes through the whole pipeline, and is excluded from all counts."""

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
DESTINATIONS = """
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


async def run_canary(daemon: Daemon, simulated_clock, *, deliver: bool = True, minutes: int = 2) -> HealthChecks:
    """Advance the clock to the time of the canary, and run the daemon for some minutes."""
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
async def canary_daemon(tmp_path, simulated_clock, console) -> Daemon:
    return Daemon(configured(tmp_path, NO_FEED, DESTINATIONS), console=console)


async def test_it_arrives_at_destinations_with_canary_and_its_latency_is_stored(
    canary_daemon, simulated_clock, console
):
    async with canary_daemon as daemon:
        await run_canary(daemon, simulated_clock)
        canary = await daemon.ask(canaries.latest)
    assert [(a.destination, a.state, a.latency_s) for a in canary.arrivals] == [("desk", "sent", 3.0)]
    assert NAME in console.getvalue()


async def test_status_shows_its_latency(canary_daemon, simulated_clock):
    async with canary_daemon as daemon:
        await run_canary(daemon, simulated_clock)
        observed = Observed(daemon.active(), started_at=simulated_clock.now)
        report = await daemon.ask(lambda db: status_report(db, observed, simulated_clock.now))
    assert report["canary"]["words"] == "desk after 3.0 s"
    assert "canary of 2026-11-25 07:00 UTC: desk after 3.0 s" in _lines(report)


async def test_it_is_a_hit_with_decision_and_hash_chain_link_and_marked_as_canary(canary_daemon, simulated_clock):
    async with canary_daemon as daemon:
        await run_canary(daemon, simulated_clock)
        hit = await daemon.ask(lambda db: hits.load_hit(db, 1))
        (decided,) = await daemon.ask(lambda db: decisions_of(db, 1))
        assert await daemon.ask(chain_check.verify) == []
    assert (hit.canary, hit.judgement.actors, hit.entry.feed) == (True, (CANARY,), CANARY)
    assert decided.decision.reasons == (CanarySent(),)


async def test_it_is_excluded_from_all_counts_and_lists(canary_daemon, simulated_clock):
    async with canary_daemon as daemon:
        await run_canary(daemon, simulated_clock)
        assert await daemon.ask(hits.totals) == (0, 0)
        assert await daemon.ask(hits.count_by_feed) == {}
        assert await daemon.ask(lambda db: hits.list_hits(db, hits.HitQuery())) == []
        assert await daemon.ask(lambda db: search(db, parse_query("canary", now=simulated_clock.now))) == []
        assert await daemon.ask(lambda db: list(stories.entries_since(db, simulated_clock.now - 5 * MINUTE, 9))) == []
        assert await daemon.ask(lambda db: incidents.counts_since(db, None)) == (0, 0)
        listed = await daemon.ask(lambda db: hits.list_hits(db, hits.HitQuery(canaries=True)))
    assert [row["feed"] for row in listed] == [CANARY]


async def test_rules_of_the_user_do_not_apply_to_it(tmp_path, simulated_clock):
    watchlist = WATCHLIST.replace('theft = ["stole", ', 'theft = ["item", "stole", ') + BROAD_RULE
    async with Daemon(configured(tmp_path, NO_FEED, DESTINATIONS, watchlist)) as daemon:
        await run_canary(daemon, simulated_clock)
        hit = await daemon.ask(lambda db: hits.load_hit(db, 1))
    assert [match.rule for match in hit.judgement.rules] == [CANARY]


BROAD_RULE = '[rules.words]\nkeywords = ["theft"]\nsend_to = ["mail"]\n'


async def test_the_text_of_the_canary_in_a_real_feed_does_not_trigger_its_rule(tmp_path, simulated_clock):
    with FeedServer(host="127.3.15.2") as site:
        url = site.route("/feed", Reply(body=rss([f"{NAME} and Lazarus Group"])))
        more = f'{DESTINATIONS}[alerts]\nfirst_run = "alert"\n'
        async with Daemon(configured(tmp_path, {"wire": url}, more)) as daemon:
            await daemon.poll_now()
            hit = await daemon.ask(lambda db: hits.load_hit(db, 1))
    assert ([match.rule for match in hit.judgement.rules], hit.canary) == (["any"], False)


async def test_a_canary_that_does_not_arrive_is_an_incident_for_the_other_destinations_until_it_arrives(
    canary_daemon, simulated_clock
):
    async with canary_daemon as daemon:
        await run_canary(daemon, simulated_clock, deliver=False, minutes=9)
        assert await daemon.ask(incidents.load_incidents) == {}
        health = HealthChecks(daemon.health_parts(Progress(), refused=str), started_at=simulated_clock.now)
        await health.check(simulated_clock.now + 2 * MINUTE)
        sent = await daemon.ask(
            lambda db: rows(db, "SELECT destination, annotation FROM deliveries WHERE kind = 'health'")
        )
        assert [row["destination"] for row in sent] == ["mail"]
        assert "the canary has not arrived at desk" in sent[0]["annotation"]
        await daemon.deliver_all()
        await health.check(simulated_clock.now + 3 * MINUTE)
        assert await daemon.ask(incidents.load_incidents) == {}


async def test_a_canary_that_the_watchlist_does_not_match_is_an_incident(canary_daemon, simulated_clock, monkeypatch):
    async with canary_daemon as daemon:
        monkeypatch.setattr("monitor.health.canary.NAME", "Another Name")
        await run_canary(daemon, simulated_clock, minutes=1)
        (incident,) = (await daemon.ask(incidents.load_incidents)).values()
    assert (incident.title, incident.cause) == (
        "the pipeline did not find the canary",
        "the active watchlist does not match the canary",
    )


@pytest.mark.parametrize(
    ("document", "cause"),
    [
        (b"<rss version='2.0'><channel><title>x</title></channel></rss>", "the document of the canary has no entry"),
        (b"nonsense", "the document of the canary could not be read: "),
    ],
)
async def test_a_canary_whose_document_cannot_be_read_is_an_incident(
    canary_daemon, simulated_clock, monkeypatch, document, cause
):
    monkeypatch.setattr("monitor.health.canary._document", lambda _: document)
    async with canary_daemon as daemon:
        await run_canary(daemon, simulated_clock, minutes=1)
        (incident,) = (await daemon.ask(incidents.load_incidents)).values()
    assert incident.cause.startswith(cause)


async def test_a_canary_missed_during_downtime_is_sent_once_at_the_next_start(tmp_path, simulated_clock, console):
    config = configured(tmp_path, NO_FEED, DESTINATIONS)
    async with Daemon(config):
        pass
    simulated_clock.now += timedelta(days=5)
    async with Daemon(config, console=console) as daemon:
        health = HealthChecks(daemon.health_parts(Progress(), refused=str), started_at=simulated_clock.now)
        for _ in range(3):
            await daemon.timers_due(simulated_clock.now)
            await health.check(simulated_clock.now)
        assert len(await daemon.ask(lambda db: rows(db, "SELECT * FROM canaries"))) == 1


async def test_old_canaries_are_deleted_like_hits(canary_daemon, simulated_clock):
    async with canary_daemon as daemon:
        await run_canary(daemon, simulated_clock)
        await daemon.housekeeper.tidy(simulated_clock.now + timedelta(days=1000))
        counts = {t: f"SELECT count(*) AS n FROM {t}" for t in ("entries", "hits", "stories", "deliveries", "canaries")}
        left = {t: (await daemon.ask(lambda db, sql=sql: rows(db, sql)))[0]["n"] for t, sql in counts.items()}
        assert left == dict.fromkeys(counts, 0)


async def test_no_canary_is_scheduled_without_a_destination_for_it(tmp_path, simulated_clock):
    async with Daemon(configured(tmp_path, NO_FEED, DESTINATIONS.replace("canary = true\n", ""))) as daemon:
        assert await daemon.ask(lambda db: rows(db, "SELECT * FROM timers")) == []
