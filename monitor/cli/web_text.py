"""The texts behind a URL that was typed on the command line: the entries of a feed, or one page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.errors import FeedError, FeedState

if TYPE_CHECKING:
    from monitor.feeds.http.fetch import Fetcher
    from monitor.feeds.http.responses import FetchResult
    from monitor.model import Text

_TITLE = re.compile(r"<title\b[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_HEAD = re.compile(r"<head\b.*?</head\s*>", re.IGNORECASE | re.DOTALL)

HTTP = ("http://", "https://")
TIMEOUT_S = 20.0


async def fetch(url: str) -> FetchResult:
    """Return what *url* answers; FeedError when it cannot be had."""
    from monitor import clock
    from monitor.model import Feed, FeedRecord

    async with fetcher_for(url) as fetcher:
        return await fetcher.fetch(Feed("typed", url, TIMEOUT_S), FeedRecord("typed", url, clock.now()))


def fetcher_for(url: str) -> Fetcher:
    """Return an HTTP client for *url* and what it leads to, to be opened."""
    from monitor import clock
    from monitor.daemon.poller import user_agent
    from monitor.feeds.http.address_guard import literal_network
    from monitor.feeds.http.fetch import Fetcher, FetchSettings

    # whoever types a private address means it; a redirect to another one is still refused
    allowed = literal_network(url)
    return Fetcher(
        FetchSettings(timeout_s=TIMEOUT_S, user_agent=user_agent(""), allow_private=allowed), clock=clock.now
    )


async def texts_at(url: str) -> list[Text]:
    """Return the texts of the entries of the feed at *url*, or the one text of the page there."""
    from monitor.feeds.parse.workers import ParserPool

    fetched = await fetch(url)
    body = fetched.body or b""
    pool = ParserPool()
    try:
        return [entry.text for entry in (await pool.parse(body, fetched.content_type, fetched.url)).entries]
    except FeedError as error:
        if error.state is not FeedState.NOT_A_FEED:
            raise
        return [_page(body)]
    finally:
        await pool.close()


def _page(body: bytes) -> Text:
    """Return the title and the text of an HTML page; bytes that are not UTF-8 become U+FFFD."""
    from monitor.feeds.parse.plain_text import clean_text
    from monitor.model import Text

    html = body.decode("utf-8", "replace")
    title = _TITLE.search(html)
    return Text(clean_text(title[1]) if title else "", content=clean_text(_HEAD.sub(" ", html, count=1)))
