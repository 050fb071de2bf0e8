"""Fetch the texts at a URL that was typed on the command line: the entries of a feed, or a single web page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.errors import FeedError, FeedState

if TYPE_CHECKING:
    from monitor.feeds.http.fetch import Fetcher
    from monitor.feeds.http.responses import FetchResult
    from monitor.model import Text

HTTP = ("http://", "https://")
TIMEOUT_S = 20.0


async def fetch(url: str) -> FetchResult:
    """Fetch *url* and return the server's response.

    Raises:
        FeedError: The server did not respond, or responded with an error.
    """
    from monitor import clock
    from monitor.model import Feed, FeedRecord

    async with fetcher_for(url) as fetcher:
        return await fetcher.fetch(Feed("typed", url, TIMEOUT_S), FeedRecord("typed", url, clock.now()))


def fetcher_for(url: str) -> Fetcher:
    """Return an HTTP client, still to be opened, that may fetch *url* and the targets of its redirects."""
    from monitor import clock
    from monitor.daemon.poller import user_agent
    from monitor.feeds.http.address_guard import literal_network
    from monitor.feeds.http.fetch import Fetcher, FetchSettings

    # allow a private address that the user typed, but no redirect to another private address
    allowed = literal_network(url)
    return Fetcher(
        FetchSettings(timeout_s=TIMEOUT_S, user_agent=user_agent(""), allow_private=allowed), clock=clock.now
    )


async def texts_at(url: str) -> list[Text]:
    """Return the texts of all entries of the feed at *url*; if it is a web page, the one text of that page.

    Raises:
        FeedError: The server did not respond, or its response is neither a feed nor a readable web page.
    """
    from monitor.feeds.parse.page_text import page_text
    from monitor.feeds.parse.workers import ParserPool

    fetched = await fetch(url)
    body = fetched.body or b""
    pool = ParserPool()
    try:
        return [entry.text for entry in (await pool.parse(body, fetched.content_type, fetched.url)).entries]
    except FeedError as error:
        if error.state is not FeedState.NOT_A_FEED:
            raise
        return [await pool.run(page_text, body)]
    finally:
        await pool.close()
