"""Feeds with ``full_text``: their articles are matched, and never cost an entry or another feed's turn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.config_lines import CONSOLE, configured
from support.patience import until
from support.servers import FeedServer, Reply

from monitor.config import Config, load
from monitor.daemon.app import Daemon
from monitor.model import Hit
from monitor.store import hits
from monitor.store.db.statements import rows

FILLER = [f"<p>Words about day {n} in the harbour, and what people there say of it, go on.</p>" for n in range(60)]
STORY = f"{''.join(FILLER[:30])}<p>The Lazarus Group drained it.</p>{''.join(FILLER[30:])}"
ARTICLE = f"<html><body><article>{STORY}</article></body></html>"
PAGE = Reply(body=ARTICLE.encode(), headers=[("Content-Type", "text/html")])


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.3.15.1") as server:
        server.route("/a", PAGE)
        yield server


def show(server: FeedServer, *names: str, summary: str = "Short.", path: str = "/feed") -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>{name}</guid><title>Bridge in trouble: {name}</title>"
        f"<link>{server.url(f'/{name}')}</link><description>{summary}</description></item>"
        for name in names
    )
    return server.route(
        path, Reply(body=f"<rss version='2.0'><channel><title>W</title>{items}</channel></rss>".encode())
    )


def watching(folder: Path, site: FeedServer, more: str = "") -> Config:
    lines = f'{CONSOLE}[feeds.wire]\nurl = "{site.url("/feed")}"\nfull_text = true\n{more}'
    return configured(folder, {"other": site.url("/other")}, lines)


async def found(daemon: Daemon) -> list[Hit]:
    def read(db):
        return [hits.load_hit(db, row["id"]) for row in hits.list_hits(db, hits.HitQuery())]

    return await daemon.ask(read)


async def test_what_stands_in_the_article_alone_is_found_and_only_the_words_around_it_are_kept(tmp_path, site):
    show(site, "old")
    async with Daemon(watching(tmp_path, site)) as daemon:
        await daemon.poll_now("wire")
        show(site, "a", "old")
        await daemon.poll_now("wire")
        (hit,) = await found(daemon)
    content = hit.entry.text.content
    assert [content[m.start : m.end] for m in hit.judgement.mentions] == ["Lazarus Group", "drained"]
    assert "The Lazarus Group drained it." in content
    assert len(content) < 600
    assert hit.entry.text.summary == "Short."
    # the backlog is not news
    assert not any(request.path == "/old" for request in site.requests)


@pytest.mark.parametrize("kept", [False, True], ids=["words around", "whole"])
async def test_an_edit_of_the_summary_takes_nothing_back_that_stands_in_the_article(tmp_path, site, kept):
    config = watching(tmp_path, site)
    show(site, "old")
    async with Daemon(replace(config, storage=replace(config.storage, keep_full_text=kept))) as daemon:
        await daemon.poll_now("wire")
        for summary in ("Short.", "Shorter.", "Shortest."):
            show(site, "a", "old", summary=summary)
            await daemon.poll_now("wire")
        (hit,) = await found(daemon)
        count = "SELECT count(*) AS n FROM deliveries"
        assert (await daemon.ask(lambda db: rows(db, count)))[0]["n"] == 1
        (entry,) = await daemon.ask(lambda db: rows(db, "SELECT * FROM entries WHERE key = 'a'"))
    assert (entry["summary"], entry["version"]) == ("Shortest.", 3)
    assert entry["content"] == hit.entry.text.content
    assert sum(request.path == "/a" for request in site.requests) == 1


async def test_the_whole_article_is_kept_when_that_is_asked_for(tmp_path, site):
    show(site, "old")
    config = watching(tmp_path, site)
    async with Daemon(replace(config, storage=replace(config.storage, keep_full_text=True))) as daemon:
        await daemon.poll_now("wire")
        show(site, "a", "old")
        await daemon.poll_now("wire")
        (hit,) = await found(daemon)
    assert len(hit.entry.text.content) > 3000


@pytest.mark.parametrize("reply", [Reply(status=403), Reply(body=b"<html></html>")], ids=["refused", "no article"])
async def test_without_the_article_the_summary_counts(tmp_path, site, reply):
    site.route("/a", reply)
    show(site, "old")
    async with Daemon(watching(tmp_path, site)) as daemon:
        await daemon.poll_now("wire")
        show(site, "a", summary="The Lazarus Group stole it.")
        await daemon.poll_now("wire")
        (hit,) = await found(daemon)
    assert (hit.entry.text.summary, hit.entry.text.content) == ("The Lazarus Group stole it.", "")


async def test_an_article_is_read_once_and_its_entry_is_no_other_for_it_at_the_next_poll(tmp_path, site):
    show(site, "old")
    async with Daemon(watching(tmp_path, site)) as daemon:
        await daemon.poll_now("wire")
        for names in (("a", "old"), ("a",), ("a", "old"), ("b", "a")):
            show(site, *names)
            await daemon.poll_now("wire")
        versions = await daemon.ask(lambda db: list(db.query("SELECT version FROM entries WHERE key = 'a'")))
        assert len(await found(daemon)) == 1
    assert versions == [{"version": 1}]
    assert [request.path for request in site.requests].count("/a") == 1


async def test_an_entry_whose_article_was_being_read_when_the_process_ended_is_not_lost(tmp_path, site):
    show(site, "old")
    config = watching(tmp_path, site)
    async with Daemon(config) as daemon:
        await daemon.poll_now("wire")
        site.route("/a", Reply(hang=True))
        show(site, "a", "old")
        polling = asyncio.create_task(daemon.poll_now("wire"))
        await until(lambda: any(request.path == "/a" for request in site.requests))
    await asyncio.gather(polling, return_exceptions=True)
    site.route("/a", PAGE)
    async with Daemon(config) as daemon:
        await daemon.poll_now("wire")
        assert len(await found(daemon)) == 1


async def test_articles_that_hang_cost_no_other_feed_its_turn(tmp_path, site):
    with FeedServer(host="127.3.15.2") as other:
        names = [f"slow-{n}" for n in range(40)]
        for name in names:
            site.route(f"/{name}", Reply(hang=True))
        show(site, "old")
        show(other, "news", path="/other")
        lines = watching(tmp_path, site).path.read_text().replace(site.url("/other"), other.url("/other"))
        (tmp_path / "config.toml").write_text(lines)
        async with Daemon(load(tmp_path / "config.toml", environ={}).config) as daemon:
            await daemon.poll_now("wire")
            show(site, *names)
            hanging = asyncio.create_task(daemon.poll_now("wire"))
            await until(lambda: any(request.path.startswith("/slow") for request in site.requests))
            (report,) = await daemon.poll_now("other")
            assert not hanging.done()
        await asyncio.gather(hanging, return_exceptions=True)
    assert (report.state, report.new) == ("ok", 1)
