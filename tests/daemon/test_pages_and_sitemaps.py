"""Web pages and sitemaps, polled like feeds: real requests, workers and database; only the clock is ours."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from support.config_lines import CONSOLE, WATCHLIST
from support.page_templates import TEMPLATES, Item, dateless
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


async def test_corrected_selectors_read_a_page_that_has_not_changed(tmp_path, site, simulated_clock):
    url = site.route("/notices", replace(html(block(1), block(2)), etag=b'"1"'))
    wrong = SELECTORS.replace(".list", ".wrong")
    async with Daemon(config_of(tmp_path, url, wrong)) as daemon:
        await daemon.poll_now()
        assert (await record(daemon)).state == "not a feed"
        await daemon.change_to(config_of(tmp_path, url, SELECTORS))
        (report,) = await daemon.poll_now()
        found = await record(daemon)
    assert (report.new, found.state) == (2, "ok")


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


async def test_entries_that_the_parts_of_an_index_leave_out_are_counted(tmp_path, site, simulated_clock, monkeypatch):
    monkeypatch.setattr("monitor.daemon.poller.MAX_ENTRIES", 3)
    day = f"{simulated_clock():%Y-%m-%d}"
    parts = [
        (site.route(f"/part-{n}.xml", Reply(body=plain_sitemap(*((f"/{n}/page-{i}", day) for i in range(4))))), day)
        for n in (1, 2)
    ]
    url = site.route("/index.xml", Reply(body=plain_sitemap(*parts, root="sitemapindex", item="sitemap")))
    async with Daemon(config_of(tmp_path, url)) as daemon:
        await daemon.poll_now()
        stored = await record(daemon)
    assert (stored.state, stored.left_out) == ("truncated", 5)


async def test_a_missing_part_of_an_index_fails_and_is_tried_again(tmp_path, site, simulated_clock):
    day = f"{simulated_clock():%Y-%m-%d}"
    index = plain_sitemap((site.url("/gone.xml"), day), root="sitemapindex", item="sitemap")
    url = site.route("/index.xml", Reply(body=index, etag=b'"1"'))
    async with Daemon(config_of(tmp_path, url)) as daemon:
        first = (await daemon.poll_now())[0]
        site.route("/gone.xml", Reply(body=plain_sitemap(("/a-page", day))))
        second = (await daemon.poll_now())[0]
    assert (first.state, second.state, second.new) == ("not found", "ok", 1)


EACH_BY_ITSELF = '[alerts]\ngroup = "none"\nwait = "0s"\n'
OFFICES = ("Vantor", "Oakmere", "Quillbridge", "Kestrel", "Harrowgate", "Millbrook", "Tessara", "Ferngate")
UNEDITED = {"paging", "plain", "index"}  # the titles of two of them are made of the address
UNDATED = {"rows", "no dates", "base", "plain", "index"}  # a sitemap without news has the date of a change
SITEMAPS = ("news", "news of the day, packed", "plain", "index", "index of news")


class Sites:
    """Ten web pages and five sitemaps with the same entries, each in its own words and at its own address."""

    def __init__(self, server: FeedServer, now: datetime) -> None:
        self._server, self._now, self._published = server, now, 0
        self.names = [*TEMPLATES, *SITEMAPS]
        self.items = {
            name: [self.item(name, n, f"{OFFICES[n]} reports no. {n}") for n in range(4)] for name in self.names
        }

    def item(self, name: str, number: int, title: str) -> Item:
        return Item(number, f"{title} ({name.title()} Bureau)", self._now - timedelta(hours=1))

    def add(self, number: int, title: str) -> None:
        for name in self.names:
            self.items[name].insert(0, self.item(name, number, title))

    def config(self) -> str:
        lines = []
        for name, address in self.publish().items():
            page = f"page = {TEMPLATES[name].page}\n" if name in TEMPLATES else ""
            lines.append(f'[feeds."{key_of(name)}"]\nurl = "{address}"\n{page}')
        return "".join(lines)

    def publish(self) -> dict[str, str]:
        """Serve all sites as they are now, and return their addresses."""
        self._published += 1
        return {name: self._publish(name, self.items[name]) for name in self.names}

    def _publish(self, name: str, items: list[Item]) -> str:
        path = f"/{key_of(name)}"
        if name in TEMPLATES:
            return self._server.route(path, Reply(body=TEMPLATES[name].html(items), headers=HTML))
        if "news" in name:
            body = news_sitemap(*((f"{path}/{item.number}", stamp(item), item.title) for item in items))
        else:
            body = plain_sitemap(*((f"{path}/{slug(item)}", stamp(item)) for item in items))
        if name.startswith("index"):
            part = self._server.route(f"{path}/part.xml", Reply(body=body))
            entry = (part, f"{self._now + timedelta(seconds=self._published):%Y-%m-%dT%H:%M:%SZ}")
            body = plain_sitemap(entry, root="sitemapindex", item="sitemap")
        return self._server.route(path, Reply(body=gzip.compress(body) if "packed" in name else body))


HTML = [("Content-Type", "text/html; charset=utf-8")]


def key_of(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower())


def stamp(item: Item) -> str:
    return f"{item.at:%Y-%m-%dT%H:%M:%SZ}" if item.at else ""


def slug(item: Item) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in item.title.lower()).strip("-")


async def test_ten_pages_and_five_sitemaps_are_read_noticed_once_and_edited(tmp_path, site, simulated_clock):
    sites = Sites(site, simulated_clock())
    path = tmp_path / "config.toml"
    path.write_text(f'[storage]\npath = "monitor.db"\n{sites.config()}{WATCHLIST}{CONSOLE}{EACH_BY_ITSELF}')
    config = load(path, environ={}).config
    assert config is not None
    counts = []
    async with Daemon(config, console=io.StringIO()) as daemon:

        async def poll() -> None:
            sites.publish()
            counts.append({report.feed: (report.state, report.new, report.hits) for report in await daemon.poll_now()})

        await poll()
        sites.add(7, "Lazarus Group stole coins")
        sites.items["rows"][0] = dateless(sites.items["rows"][0])
        await poll()
        await poll()
        sites.items["paging"].pop(0)  # what had been moved to the second page is on the first one again
        for name in {*sites.names} - UNEDITED:
            first = sites.items[name][0]
            sites.items[name][0] = replace(first, title=first.title.replace("coins", "coins and notes"))
        await poll()
        stored = await daemon.ask(lambda db: {name: entries.last_listed(db, key_of(name), 5) for name in sites.names})
        sent = await daemon.ask(lambda db: delivery_list.count_by_state(db))
        site.route("/rows", Reply(body=b"<html><body><p>New design!</p></body></html>", headers=HTML))
        redesigned = {report.feed: report.state for report in await daemon.poll_now()}
    keys = {key_of(name) for name in sites.names}
    assert counts[0] == dict.fromkeys(keys, ("ok", 4, 0))
    assert counts[1] == dict.fromkeys(keys, ("ok", 1, 1))
    assert counts[2] == counts[3] == dict.fromkeys(keys, ("ok", 0, 0))
    assert {name for name, kept in stored.items() if any(e.version == 2 for e in kept)} == {*sites.names} - UNEDITED
    assert {name for name, kept in stored.items() if any(e.published_at is None for e in kept)} == UNDATED
    assert all(entry.link.startswith("http://127.3.33.") for kept in stored.values() for entry in kept)
    assert sum(sent.values()) == len(keys)
    assert {feed for feed, state in redesigned.items() if state != "ok"} == {"rows"}
