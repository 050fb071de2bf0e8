from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from support.pages import block, news_sitemap
from support.servers import FeedServer, Reply

from monitor.cli.app import run

FEED = Reply(
    body=b"<rss version='2.0'><channel><title>Harbour Wire</title>"
    b"<item><title>First</title><link>/1</link><pubDate>Thu, 19 Nov 2026 08:00:00 GMT</pubDate></item>"
    b"<item><title>Second \x1b[31m</title><pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>"
)


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.4.5.1") as server:
        yield server


def page(site: FeedServer, head: str = "", body: str = "") -> str:
    return site.route("/", Reply(body=f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()))


def discovered(capsys: pytest.CaptureFixture[str], url: str) -> tuple[int, list[dict]]:
    code = run(["feeds", "--discover", url, "--json"])
    return code, json.loads(capsys.readouterr().out or "[]")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/wire.xml">', ""),
        ('<base href="/a/"><link type="application/atom+xml" rel="home Alternate" href="../wire.xml">', ""),
        ("", '<a href="/about">About</a> <a href="/feed.xml">RSS</a>'),
        ("", ""),
    ],
    ids=["link", "link below a base", "anchor", "usual address"],
)
def test_the_feeds_of_a_site_are_found(capsys, site, head, body):
    for path in ("/wire.xml", "/feed.xml"):
        site.route(path, FEED)
    code, (found,) = discovered(capsys, page(site, head, body))
    assert (code, found["title"], found["entries"]) == (0, "Harbour Wire", 2)
    assert found["url"] == site.url("/wire.xml" if head else "/feed.xml")
    assert [entry["title"] for entry in found["last"]] == ["Second [31m", "First"]
    assert found["newest_at"] == "2026-11-20T08:00:00.000Z"


def test_an_address_that_is_a_feed_is_found_as_such(capsys, site):
    code, (found,) = discovered(capsys, site.route("/f", FEED))
    assert (code, found["url"]) == (0, site.url("/f"))
    assert len(site.requests) == 1


def test_discover_shows_the_latest_entries_without_control_characters(capsys, site):
    assert run(["feeds", "--discover", site.route("/f", FEED)]) == 0
    shown = capsys.readouterr().out
    assert "Harbour Wire, rss20, 2 entries" in shown
    assert "2026-11-19 08:00  First" in shown
    assert "\x1b" not in shown


def test_a_site_without_a_feed_is_reported(capsys, site):
    assert run(["feeds", "--discover", page(site)]) == 1
    assert "links to no feed, and there is none at the usual addresses" in capsys.readouterr().err


def test_an_advertised_feed_that_cannot_be_read_is_reported_with_the_cause(capsys, site):
    head = '<link rel="alternate" type="application/rss+xml" href="/gone">'
    assert run(["feeds", "--discover", page(site, head)]) == 1
    assert f"{site.url('/gone')}: the server answered 404" in capsys.readouterr().err


def test_a_page_cannot_lead_to_a_private_address(capsys, site):
    with FeedServer(host="127.4.5.2") as inner:
        head = f'<link rel="alternate" type="application/rss+xml" href="{inner.route("/f", FEED)}">'
        assert run(["feeds", "--discover", page(site, head)]) == 1
        assert inner.connections == 0
    assert "127.4.5.2 is a loopback address" in capsys.readouterr().err


def test_an_address_that_cannot_be_fetched_is_reported(capsys, site):
    assert run(["feeds", "--discover", site.route("/", Reply(status=503))]) == 1
    assert "the server answered 503" in capsys.readouterr().err


def test_discover_finds_the_sitemap_that_robots_txt_names(capsys, site):
    sitemap = site.route("/news.xml", Reply(body=news_sitemap(("/1", "2026-11-20T08:00:00Z", "First"))))
    site.route("/robots.txt", Reply(body=f"User-agent: *\nDisallow:\nSitemap: {sitemap}\n".encode()))
    code, (found,) = discovered(capsys, page(site))
    assert (code, found["url"], found["format"]) == (0, sitemap, "news sitemap")
    assert [entry["title"] for entry in found["last"]] == ["First"]


def test_discover_proposes_selectors_and_shows_the_entries_they_give(capsys, site):
    rows = "".join(block(n, date=f"November {20 - n}, 2026") for n in range(5))
    url = page(site, body=f'<div class="list">{rows}</div>')
    assert run(["feeds", "--discover", url]) == 0
    said = capsys.readouterr()
    assert "selectors for the page itself" in said.err
    assert 'page = { entry = "div.row", title = "a", link = "a@href", date = "span.when" }' in said.out
    assert "Notice about Vantor exchange" in said.out
    table = next(line.strip() for line in said.out.splitlines() if "page = {" in line)
    assert run(["parse", url, "--page", table]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["title"], first["published"]) == ("Notice about Vantor exchange", "2026-11-20T00:00:00.000Z")
