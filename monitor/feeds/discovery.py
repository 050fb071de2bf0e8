"""Finds the feeds of a site: those that its page names, else those at common addresses."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from monitor.errors import FeedError, FeedState
from monitor.feeds.http.fetch import Fetcher
from monitor.feeds.http.responses import FetchResult
from monitor.feeds.parse.workers import ParserPool
from monitor.model import NEVER, Feed, FeedRecord, ParsedFeed


@dataclass(frozen=True, slots=True)
class Discovered:
    """A feed of a site."""

    url: str  # after redirects
    feed: ParsedFeed


async def discover(url: str, fetcher: Fetcher, pool: ParserPool) -> tuple[list[Discovered], list[FeedError]]:
    """Return the feeds of a site, and the errors of those that its page names and that cannot be read.

    Args:
        url: A page of the site, or a feed, which is then the only result.
        fetcher: The HTTP client.
        pool: Parses the documents.

    Raises:
        FeedError: *url* itself cannot be fetched, or its document breaks the parser.
    """
    start = await _fetch(url, fetcher)
    found: list[Discovered] = []
    failed: list[FeedError] = []
    try:
        return [Discovered(start.url, await _read(start, pool))], []
    except FeedError as error:
        if error.state is not FeedState.NOT_A_FEED:
            raise
    named = await pool.run(read_feed_links, start.body or b"", start.url)
    for address in named or common_feed_addresses(start.url):
        try:
            response = await _fetch(address, fetcher)
            if response.url not in {one.url for one in found}:
                found.append(Discovered(response.url, await _read(response, pool)))
        except FeedError as error:
            if named:  # a guessed address without a feed is no error
                failed.append(FeedError(error.state, f"{address}: {error.cause}", error.remedy))
    return found, failed


async def _fetch(url: str, fetcher: Fetcher) -> FetchResult:
    return await fetcher.fetch(Feed(url, url, 0.0), FeedRecord(url, url, NEVER))


async def _read(fetched: FetchResult, pool: ParserPool) -> ParsedFeed:
    return await pool.parse(fetched.body or b"", fetched.content_type, fetched.url)


def read_feed_links(body: bytes, url: str) -> tuple[str, ...]:
    """Call ``feed_links`` in a worker process."""
    from monitor.feeds.parse.feed_links import feed_links

    return feed_links(body, url)


def common_feed_addresses(url: str) -> tuple[str, ...]:
    """Return the addresses at which sites usually have their feeds, for the site at *url*."""
    folder = url if url.endswith("/") else f"{url}/"
    near = [f"{folder}feed"] if folder.count("/") > 3 else []
    names = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")
    return tuple(dict.fromkeys([*near, *(urljoin(url, name) for name in names)]))
