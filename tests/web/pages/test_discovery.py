from __future__ import annotations

import asyncio
import re
import tomllib
from dataclasses import replace
from html import unescape

import pytest
from support.page_client import page_client
from support.servers import FeedServer, Reply

from monitor.config import WebSettings, WebUser

RSS = b"""<rss version="2.0"><channel><title>The "Desk" &lt;script&gt;</title>
<item><guid>1</guid><title>Exchange robbed</title><pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate></item>
</channel></rss>"""


@pytest.fixture
def site():
    with FeedServer() as server:
        server.route("/feed", Reply(body=RSS, headers=[("Content-Type", "application/rss+xml")]))
        page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body>x</body></html>'
        server.route("/", Reply(body=page, headers=[("Content-Type", "text/html")]))
        yield server


def test_a_feed_of_a_site_is_shown_as_toml_to_paste(database, watched_config, site):
    with page_client(database, config=watched_config) as client:
        shown = client.post("/feeds/discover", {"url": site.url("/")})
    assert shown.status_code == 200
    assert "Exchange robbed" in shown.text
    assert "<script>" not in shown.text.split("<main")[1]
    toml = unescape(re.search(r"<pre[^>]*>(.*?)</pre>", shown.text, re.DOTALL)[1])
    (feed,) = tomllib.loads(toml)["feeds"].values()
    assert feed == {"url": site.url("/feed"), "outlet": 'The "Desk" <script>'}


def test_no_private_address_is_asked(database, watched_config, site):
    config = replace(watched_config, http=replace(watched_config.http, allow_private=()))
    with page_client(database, config=config) as client:
        for url in (site.url("/"), "http://127.0.0.1:1/", "http://[::1]/", "http://169.254.169.254/latest/meta-data"):
            shown = client.post("/feeds/discover", {"url": url})
            assert 'role="alert"' in shown.text
    assert site.requests == []


@pytest.mark.parametrize("url", ["", " ", "file:///etc/passwd", "gopher://x", "http://", "http://["])
def test_what_is_no_address_is_explained(page, url):
    assert page.post("/feeds/discover", {"url": url}).status_code == 400


def test_one_site_at_a_time(page):
    lock = page.client.app._app.state.discovering

    async def held():
        await lock.acquire()

    asyncio.run(held())
    assert page.post("/feeds/discover", {"url": "https://x.example"}).status_code == 409


def test_a_viewer_cannot_have_addresses_asked(database):
    with page_client(database, WebSettings(users={"bo": WebUser("$argon2id$x")})) as client:
        assert client.post("/feeds/discover", {"url": "https://x.example"}).status_code == 401


def test_a_feed_shows_its_last_entries_and_when_it_publishes(database, watched_config):
    with page_client(database, config=watched_config) as client:
        shown = client.get(f"/feeds/{next(iter(watched_config.feeds))}").text
    assert "Last entries" in shown
