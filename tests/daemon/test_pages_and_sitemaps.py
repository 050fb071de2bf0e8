"""Web pages and sitemaps, polled like feeds: real requests, workers and database; only the clock is ours."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from support.config_lines import CONSOLE, WATCHLIST
from support.pages import block, news_sitemap, page, plain_sitemap
from support.servers import FeedServer, Reply

from monitor.config import load
from monitor.daemon.app import Daemon
from monitor.store import delivery_list, entries, feeds, hits

SELECTORS = '{ entry = ".list .row", title = "h3 a", link = "h3 a@href", date = ".when", summary = ".teaser" }'
NEWS = "Lazarus Group stole coins of Vantor"


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.3.33.1") as server:
        yield server


def config_of(folder, url: str, page_table: str = "", more: str = ""):
    path = folder / "config.toml"
    line = f"page = {page_table}\n" if page_table else ""
    path.write_text(f'[storage]\npath = "monitor.db"\n[feeds.bureau]\nurl = "{url}"\n{line}{more}{WATCHLIST}{CONSOLE}')
    loaded = load(path, environ={})
    assert loaded.config is not None, "\n".join(map(str, loaded.problems))
    return loaded.config


async def record(daemon: Daemon):
    return await daemon.ask(lambda db: feeds.load_feed(db, "bureau"))


def html(*blocks: str) -> Reply:
    return Reply(body=page(blocks), headers=[("Content-Type", "text/html; charset=utf-8")])


async def test_a_new_entry_of_a_page_is_a_hit_once_and_an_edited_one_is_a_correction(tmp_path, site, simulated_clock):
    old = [block(n) for n in range(4)]
    url = site.route("/notices", html(*old))
    async with Daemon(config_of(tmp_path, url, SELECTORS)) as daemon:
        counts = [(await daemon.poll_now())[0]]
        site.route("/notices", html(block(9, title=NEWS), *old))
        counts += await daemon.poll_now()
        counts += await daemon.poll_now()
        site.route("/notices", html(block(9, title=f"{NEWS} and of Oakmere"), *old))
        counts += await daemon.poll_now()
        found = await daemon.ask(lambda db: hits.totals(db))
    assert [(report.new, report.hits) for report in counts] == [(4, 0), (1, 1), (0, 0), (0, 0)]
    assert found[0] == 5


async def test_a_page_with_a_changed_layout_is_reported_with_what_it_gave_before(tmp_path, site, simulated_clock):
    url = site.route("/notices", html(*[block(n) for n in range(9)]))
    async with Daemon(config_of(tmp_path, url, SELECTORS)) as daemon:
        await daemon.poll_now()
        site.route("/notices", html(block(1), block(2)))
        await daemon.poll_now()
        fewer = await record(daemon)
        site.route("/notices", Reply(body=b"<html><body><p>New design!</p></body></html>"))
        await daemon.poll_now()
        none = await record(daemon)
    assert (fewer.state, fewer.cause) == ("layout changed", "the page gives 2 entries; it used to give about 9")
    assert none.state == "not a feed"
    assert none.cause.endswith('no part of the page matches entry = ".list .row"; it used to give about 9 entries')
    assert "feeds --discover" in none.remedy


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
async def test_a_news_sitemap_is_polled_like_a_feed(tmp_path, site, simulated_clock, pack):
    now = f"{simulated_clock():%Y-%m-%dT%H:%M:%SZ}"
    old = ("https://post.example/1", now, "Oakmere opens an office")
    url = site.route("/news.xml", Reply(body=pack(news_sitemap(old))))
    async with Daemon(config_of(tmp_path, url)) as daemon:
        await daemon.poll_now()
        site.route("/news.xml", Reply(body=pack(news_sitemap(("https://post.example/2", now, NEWS), old))))
        report = (await daemon.poll_now())[0]
        sent = await daemon.ask(lambda db: delivery_list.count_by_state(db))
    assert (report.state, report.new, report.hits) == ("ok", 1, 1)
    assert sum(sent.values()) == 1


async def test_the_newest_parts_of_a_sitemap_index_are_read(tmp_path, site, simulated_clock):
    day = f"{simulated_clock():%Y-%m-%d}"
    parts = [(site.route(f"/part-{n}.xml", Reply(body=plain_sitemap((f"/{n}/a-page-{n}", day)))), day) for n in (1, 2)]
    url = site.route("/index.xml", Reply(body=plain_sitemap(*parts, root="sitemapindex", item="sitemap")))
    async with Daemon(config_of(tmp_path, url)) as daemon:
        first = (await daemon.poll_now())[0]
        newer = plain_sitemap(("/2/lazarus-group-stole-coins", day), ("/2/a-page-2", day))
        site.route("/part-2.xml", Reply(body=newer))
        later = [parts[0], (parts[1][0], f"{simulated_clock():%Y-%m-%dT%H:%M:%SZ}")]
        site.route("/index.xml", Reply(body=plain_sitemap(*later, root="sitemapindex", item="sitemap")))
        second = (await daemon.poll_now())[0]
        titles = await daemon.ask(lambda db: [entry.title for entry in entries.last_listed(db, "bureau", 10)])
    assert (first.state, first.new) == ("ok", 2)
    assert (second.new, second.hits) == (1, 1)
    assert "lazarus group stole coins" in titles


async def test_a_missing_part_of_an_index_fails_and_is_tried_again(tmp_path, site, simulated_clock):
    day = f"{simulated_clock():%Y-%m-%d}"
    index = plain_sitemap((site.url("/gone.xml"), day), root="sitemapindex", item="sitemap")
    url = site.route("/index.xml", Reply(body=index, etag=b'"1"'))
    async with Daemon(config_of(tmp_path, url)) as daemon:
        first = (await daemon.poll_now())[0]
        site.route("/gone.xml", Reply(body=plain_sitemap(("/a-page", day))))
        second = (await daemon.poll_now())[0]
    assert (first.state, second.state, second.new) == ("not found", "ok", 1)
