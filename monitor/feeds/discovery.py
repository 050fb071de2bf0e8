"""Find what to poll on a site: its feeds; otherwise its sitemaps; otherwise CSS selectors for its page."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from monitor.errors import FeedError, FeedState
from monitor.feeds.http.fetch import Fetcher
from monitor.feeds.http.responses import FetchResult
from monitor.feeds.parse.workers import ParserPool
from monitor.feeds.text.links import web_address
from monitor.model import NEVER, Feed, FeedRecord, PageSelectors, ParsedFeed

if TYPE_CHECKING:
    from monitor.feeds.parse.page_proposals import Proposal


MAX_SITEMAPS = 5  # sitemaps read at most, of those that robots.txt names


@dataclass(frozen=True, slots=True)
class Discovered:
    """A feed or a sitemap that was found on a site."""

    url: str  # after redirects
    feed: ParsedFeed


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found on a site: feeds or sitemaps, else proposed selectors; and why some feeds cannot be read."""

    feeds: list[Discovered] = field(default_factory=list)  # the feeds; if there are none, the sitemaps
    failed: list[FeedError] = field(default_factory=list)  # why feeds that the page names could not be read
    proposals: tuple[Proposal, ...] = ()  # selectors for the page, if there is neither a feed nor a sitemap


async def discover(url: str, fetcher: Fetcher, pool: ParserPool) -> Discovery:
    """Return what can be polled of a site: its feeds, or else its sitemaps, or else selectors for its page.

    Args:
        url: The address of a page of the site. If it is the address of a feed, that is the only result.
        fetcher: The HTTP client.
        pool: The worker processes that parse the documents.

    Raises:
        FeedError: *url* itself cannot be fetched, or parsing its document failed.
    """
    start = await _fetch(url, fetcher)
    found: list[Discovered] = []
    failed: list[FeedError] = []
    try:
        return Discovery([Discovered(start.url, await _read(start, pool))])
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
    found = found or await _sitemaps(start.url, fetcher, pool)
    if found:
        return Discovery(found, failed)
    proposals = await pool.run(propose_selectors_of, start.body or b"", start.content_type, start.url)
    return Discovery([], failed, proposals)


def inline_table(selectors: PageSelectors) -> str:
    """Return the CSS selectors of a page as written in the configuration, such as ``page = { entry = ".row" }``."""
    parts = {name: getattr(selectors, name) for name in ("entry", "title", "link", "date", "summary")}
    written = ", ".join(
        f"{name} = {json.dumps(css, ensure_ascii=False)}" for name, css in parts.items() if css or name == "title"
    )
    return f"page = {{ {written} }}"


async def _sitemaps(url: str, fetcher: Fetcher, pool: ParserPool) -> list[Discovered]:
    """Return the sitemaps that the robots.txt of a site names, news sitemaps first; undated ones are left out."""
    try:
        robots = await _fetch(urljoin(url, "/robots.txt"), fetcher)
    except FeedError:
        return []
    found = []
    for address in sitemaps_named(robots.body or b"", url)[:MAX_SITEMAPS]:
        try:
            response = await _fetch(address, fetcher)
            sitemap = await _read(response, pool)
        except FeedError:
            continue  # a sitemap without dates, which cannot be polled
        if sitemap.entries or sitemap.parts:
            found.append(Discovered(response.url, sitemap))
    return found


def sitemaps_named(robots: bytes, url: str) -> list[str]:
    """Return the addresses of the sitemaps that a robots.txt names, news sitemaps first; what is no address is ignored.

    Args:
        robots: The content of the robots.txt.
        url: An address of the site, to resolve relative addresses.
    """
    lines = (line.partition(":") for line in robots.decode("utf-8", "replace").splitlines())
    named = [web_address(value, url) for field_name, _, value in lines if field_name.strip().lower() == "sitemap"]
    return sorted(dict.fromkeys(filter(None, named)), key=lambda address: "news" not in address.lower())


def propose_selectors_of(body: bytes, content_type: str, url: str) -> tuple[Proposal, ...]:
    """Return the best selectors for the entries of a web page; see ``propose_selectors``. Runs in a worker process.

    Args:
        body: The page, in its own encoding.
        content_type: The Content-Type header.
        url: The URL of the page, after redirects.
    """
    from monitor.feeds.parse.page_proposals import propose_selectors
    from monitor.feeds.text.charsets import to_utf8

    return propose_selectors(to_utf8(body, content_type), url)


async def _fetch(url: str, fetcher: Fetcher) -> FetchResult:
    return await fetcher.fetch(Feed(url, url, 0.0), FeedRecord(url, url, NEVER))


async def _read(fetched: FetchResult, pool: ParserPool) -> ParsedFeed:
    return await pool.parse(fetched.body or b"", fetched.content_type, fetched.url)


def read_feed_links(body: bytes, url: str) -> tuple[str, ...]:
    """Return the addresses of the feeds that a web page names; see ``feed_links``. Runs in a worker process."""
    from monitor.feeds.parse.feed_links import feed_links

    return feed_links(body, url)


def common_feed_addresses(url: str) -> tuple[str, ...]:
    """Return the addresses at which the feed of a site usually is, such as ``/feed`` and ``/rss.xml``.

    Args:
        url: An address of the site.
    """
    folder = url if url.endswith("/") else f"{url}/"
    near = [f"{folder}feed"] if folder.count("/") > 3 else []
    names = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")
    return tuple(dict.fromkeys([*near, *(urljoin(url, name) for name in names)]))
