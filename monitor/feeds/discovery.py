"""Finds the feeds of a site: those that its page names, else those at the usual addresses."""

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
    """A feed that was found."""

    url: str  # where it answers
    feed: ParsedFeed


async def discover(url: str, fetcher: Fetcher, pool: ParserPool) -> tuple[list[Discovered], list[FeedError]]:
    """Return the feeds of the site at *url*, or that address when it is one, and why others it names cannot be read.

    Raises:
        FeedError: The address cannot be had.
    """
    start = await _fetched(url, fetcher)
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
            answer = await _fetched(address, fetcher)
            if answer.url not in {one.url for one in found}:
                found.append(Discovered(answer.url, await _read(answer, pool)))
        except FeedError as error:
            if named:  # that there is nothing at an address that was guessed is no failure
                failed.append(FeedError(error.state, f"{address}: {error.cause}", error.remedy))
    return found, failed


async def _fetched(url: str, fetcher: Fetcher) -> FetchResult:
    return await fetcher.fetch(Feed(url, url, 0.0), FeedRecord(url, url, NEVER))


async def _read(fetched: FetchResult, pool: ParserPool) -> ParsedFeed:
    return await pool.parse(fetched.body or b"", fetched.content_type, fetched.url)


def read_feed_links(body: bytes, url: str) -> tuple[str, ...]:
    """Return ``feed_links`` of the arguments; called in a worker."""
    from monitor.feeds.parse.feed_links import feed_links

    return feed_links(body, url)


def common_feed_addresses(url: str) -> tuple[str, ...]:
    """Return where feeds of the site at *url* mostly are."""
    below = url if url.endswith("/") else f"{url}/"
    near = [f"{below}feed"] if below.count("/") > 3 else []
    names = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")
    return tuple(dict.fromkeys([*near, *(urljoin(url, name) for name in names)]))
