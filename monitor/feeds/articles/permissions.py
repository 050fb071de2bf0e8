"""Check whether a site allows programs to read its pages, by its robots.txt and tdmrep.json.

The two files of a site are read at most once a day.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.errors import FeedError, FeedState
from monitor.feeds.articles.robots import NO_RULES, Robots, matches_path, read_robots, reserved_paths

ROBOT_NAME = "crypto-news-monitor"  # in robots.txt
CACHED_FOR = timedelta(days=1)  # RFC 9309 section 2.4
RETRY_AFTER = timedelta(hours=1)  # if the rules of a site could not be read
_MAX_SITES = 1000  # sites whose rules are cached
_MAX_CHARACTERS = 512 * 1024  # of a robots.txt (RFC 9309 section 2.5: at least 500 KiB)

_ABSENT = (FeedState.NOT_FOUND, FeedState.GONE, FeedState.FORBIDDEN, FeedState.REFUSED, FeedState.EMPTY)
_ROBOTS = "robots.txt asks programs not to read it"
_RESERVED = "the site reserves its texts from being read by programs (tdmrep.json)"

Get = Callable[[str], Awaitable[str]]  # the text at an address


@dataclass(slots=True)
class _Site:
    """The rules of one site for programs, and until when they are cached."""

    robots: Robots
    reserved: tuple[str, ...]
    until: datetime
    error: str = ""  # why they could not be read: then nothing may be (RFC 9309 section 2.3.1.4)


@dataclass(slots=True)
class Permissions:
    """Checks whether sites allow programs to read a page; reads the rules of a site before its first page.

    Args:
        get: Fetches a text; raises FeedError if that fails.
        clock: Returns the current time.
    """

    get: Get
    clock: Callable[[], datetime]
    _sites: dict[str, _Site] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def crawl_delay_s(self, url: str) -> float:
        """Return how many seconds the site of *url* asks programs to wait after a request (``Crawl-delay``).

        Raises:
            FeedError: The site does not allow programs to read the page.
        """
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        site = await self._site(root)
        if site.error:
            raise FeedError(FeedState.FORBIDDEN, f"the robots.txt of the site could not be read: {site.error}")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if not site.robots.allows(path):
            raise FeedError(FeedState.FORBIDDEN, _ROBOTS)
        if any(matches_path(pattern, path) for pattern in site.reserved):
            raise FeedError(FeedState.FORBIDDEN, _RESERVED)
        return site.robots.delay_s

    async def _site(self, root: str) -> _Site:
        lock = self._locks.setdefault(root, asyncio.Lock())
        try:
            async with lock:
                site = self._sites.get(root)
                if site is None or site.until <= self.clock():
                    self._sites.pop(root, None)
                    site = self._sites[root] = await self._read_rules(root)
                    while len(self._sites) > _MAX_SITES:
                        del self._sites[next(iter(self._sites))]
                return site
        finally:
            if not lock.locked():
                self._locks.pop(root, None)

    async def _read_rules(self, root: str) -> _Site:
        now = self.clock()
        try:
            robots = read_robots(await self._text(f"{root}/robots.txt"), ROBOT_NAME)
            reserved = reserved_paths(await self._text(f"{root}/.well-known/tdmrep.json"))
        except FeedError as error:
            return _Site(NO_RULES, (), now + RETRY_AFTER, error.cause)
        return _Site(robots, reserved, now + CACHED_FOR)

    async def _text(self, url: str) -> str:
        """Return the text at *url*; empty if there is none, in which case everything is allowed.

        See RFC 9309 section 2.3.1.3.
        """
        try:
            return (await self.get(url))[:_MAX_CHARACTERS]
        except FeedError as error:
            if error.state in _ABSENT:
                return ""
            raise
