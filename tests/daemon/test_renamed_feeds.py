"""A feed whose key is renamed in the configuration stays the feed it was."""

from __future__ import annotations

import io

import pytest
from support.config_lines import configured, rss
from support.servers import FeedServer, Reply

from monitor import clock
from monitor.daemon.app import Daemon
from monitor.daemon.status import Observed, status_report
from monitor.store import feeds
from monitor.store.chain_check import verify
from monitor.store.hits import HitQuery, list_hits

OLD, THEFT, NEXT = "A quiet week", "Lazarus Group stole $50 million", "Lazarus Group robs a bridge"


@pytest.fixture
def site():
    with FeedServer(host="127.3.8.1") as server:
        server.route(
            "/feed", Reply(body=rss([OLD])), Reply(body=rss([THEFT, OLD])), Reply(body=rss([NEXT, THEFT, OLD]))
        )
        yield server


async def test_a_renamed_feed_keeps_entries_and_state_and_new_entries_are_notified(tmp_path, site):
    out = io.StringIO()
    async with Daemon(configured(tmp_path, {"wire": site.url("/feed")}), console=out) as daemon:
        await daemon.poll_now()
        await daemon.poll_now()
        before = await daemon.ask(lambda db: feeds.load_feed(db, "wire"))
        await daemon.change_to(configured(tmp_path, {"herald": site.url("/feed")}))
        after = await daemon.ask(lambda db: feeds.load_feed(db, "herald"))
        (report,) = await daemon.poll_now()
        found = await daemon.ask(lambda db: list_hits(db, HitQuery()))
        wrong = await daemon.ask(verify)
        observed = Observed(daemon.active(), clock.now(), renamed_feeds=daemon.renamed_feeds)
        notes = (await daemon.ask(lambda db: status_report(db, observed, clock.now())))["notes"]
    assert (report.new, report.hits) == (1, 1)
    assert (after.first_success_at, after.body_hash) == (before.first_success_at, before.body_hash)
    assert {hit["feed"] for hit in found} == {"herald"}
    assert wrong == []
    assert notes == ["feed herald: renamed from wire, its entries and state are kept"]


async def test_renaming_back_and_forth_keeps_the_hit_log_verifiable(tmp_path, site):
    async with Daemon(configured(tmp_path, {"wire": site.url("/feed")}), console=io.StringIO()) as daemon:
        for key in ("herald", "wire", "gazette", "wire"):
            await daemon.poll_now()
            await daemon.change_to(configured(tmp_path, {key: site.url("/feed")}))
        await daemon.change_to(configured(tmp_path, {"wire": site.url("/feed"), "herald": site.url("/other")}))
        await daemon.poll_now()
        assert await daemon.ask(verify) == []
        assert {"gazette", "herald"} <= set(await daemon.ask(lambda db: feeds.former_keys(db, "wire")))


async def test_a_second_feed_with_the_same_address_is_not_a_renaming(tmp_path, site):
    both = {"wire": site.url("/feed"), "herald": site.url("/feed")}
    async with Daemon(configured(tmp_path, {"wire": site.url("/feed")})) as daemon:
        await daemon.poll_now()
        await daemon.change_to(configured(tmp_path, both))
        assert daemon.renamed_feeds == {}
        assert (await daemon.ask(lambda db: feeds.load_feed(db, "herald"))).first_success_at is None


async def test_a_poll_that_ends_after_its_feed_was_renamed_stores_nothing_under_the_old_key(tmp_path, site):
    async with Daemon(configured(tmp_path, {"wire": site.url("/feed")}), console=io.StringIO()) as daemon:
        record = await daemon.ask(lambda db: feeds.load_feed(db, "wire"))
        poll = daemon.poller._begin(record)
        await daemon.change_to(configured(tmp_path, {"herald": site.url("/feed")}))
        await poll
        assert not await daemon.ask(lambda db: feeds.has_record(db, "wire"))
        (report,) = await daemon.poll_now()
        assert report.new > 0
