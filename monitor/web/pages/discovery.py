"""The page that finds what the monitor can poll on a site: feeds, sitemaps, or CSS selectors for a page of articles.

For each it shows the TOML to paste into the configuration.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from monitor import clock
from monitor.config import Config
from monitor.errors import FeedError, UsageError
from monitor.feeds.text.links import safe_url
from monitor.model import PageSelectors, ParsedFeed
from monitor.redaction import Redactor
from monitor.web.access import NotPossibleError
from monitor.web.routing import PageRoute, access, line_in, pages, read_form

if TYPE_CHECKING:
    from monitor.feeds.discovery import Discovery

MAX_URL = 2000  # characters
LONGEST_S = 60.0
TIMEOUT_S = 15.0  # of a request
MAX_FOUND = 20
SHOWN = 3  # titles of each
_SUFFIXES = frozenset({"www", "feeds", "rss", "com", "org", "net", "co", "uk", "io", "gov", "news"})


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed, sitemap or page that the monitor can poll, with the TOML to paste into the configuration."""

    url: str
    title: str
    form: str  # of its document
    entries: int
    newest: tuple[tuple[datetime | None, str], ...]  # time and title
    toml: str


async def discover_feeds(request: Request) -> Response:
    """Show what the monitor can poll at the address that the user typed.

    Raises:
        UsageError: No address was typed.
        NotPossibleError: Another discovery is running.
    """
    url = line_in(await read_form(request), "url", MAX_URL).strip()
    url = url if "://" in url else f"https://{url}"
    if not safe_url(url):
        raise UsageError("type the address of a site or of a feed, such as https://news.example")
    running: asyncio.Lock = request.app.state.discovering
    if running.locked():
        raise NotPossibleError("another discovery is running; try again in a minute")
    config, problem = access(request).config(), ""
    found: Discovery | None
    async with running:
        try:
            async with asyncio.timeout(LONGEST_S):
                found = await _discover(url, config)
        except FeedError as error:
            found, problem = None, str(error)
        except TimeoutError:
            found, problem = None, f"the discovery took longer than {LONGEST_S:.0f} s"
    hide = Redactor(config.secrets).redact
    context = {
        "url": url,
        "problem": hide(problem),
        "found": _rows(found, url, config) if found else [],
        "failed": [hide(str(error)) for error in found.failed[:MAX_FOUND]] if found else [],
    }
    return pages(request).render(request, "discovery.html", context)


async def _discover(url: str, config: Config) -> Discovery:
    # here, since a page without a daemon needs none of this until somebody asks
    from monitor.daemon.poller import user_agent
    from monitor.feeds.discovery import discover
    from monitor.feeds.http.fetch import Fetcher, FetchSettings
    from monitor.feeds.parse.workers import ParserPool

    # no address that a person typed is allowed besides those of [http]: whoever uses the page must not look around here
    settings = FetchSettings(
        timeout_s=TIMEOUT_S,
        user_agent=user_agent(config.http.contact),
        allow_private=config.http.allow_private,
        max_body=config.http.max_size,
        proxy=config.http.proxy,
    )
    pool = ParserPool(workers=1)
    try:
        async with Fetcher(settings, clock=clock.now) as fetcher:
            return await discover(url, fetcher, pool)
    finally:
        await pool.close()


def _rows(found: Discovery, url: str, config: Config) -> list[FoundFeed]:
    keys = set(config.feeds) | config.disabled_feeds
    return [
        *(_row(one.url, one.feed, None, keys) for one in found.feeds[:MAX_FOUND]),
        *(_row(url, proposal.feed, proposal.selectors, keys) for proposal in found.proposals[:MAX_FOUND]),
    ]


def _row(url: str, feed: ParsedFeed, selectors: PageSelectors | None, keys: set[str]) -> FoundFeed:
    key = _key(url, keys)
    keys.add(key)
    newest = [(entry.published_at or entry.updated_at, entry.text.title) for entry in feed.entries[:SHOWN]]
    lines = [f"[feeds.{key}]", f"url = {_quoted(url)}"]
    if feed.title:
        lines.append(f"outlet = {_quoted(feed.title[:80])}")
    if selectors is not None:
        from monitor.feeds.discovery import inline_table

        lines.append(inline_table(selectors))
    return FoundFeed(url, feed.title, feed.format, len(feed.entries), tuple(newest), "\n".join(lines) + "\n")


def _key(url: str, taken: Iterable[str]) -> str:
    """Return an unused key for a feed, made from the host name of its address."""
    parts = [part for part in (urlsplit(url).hostname or "").lower().split(".") if part not in _SUFFIXES]
    name = re.sub(r"[^a-z0-9-]+", "-", "-".join(parts)).strip("-") or "feed"
    number = 1
    while (key := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return key


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


ROUTES = (PageRoute("/feeds/discover", discover_feeds, scope="triage", methods=("POST",)),)
