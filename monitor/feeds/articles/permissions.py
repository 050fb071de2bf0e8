"""Whether pages of a site may be read by a program, asked of the site itself, at most once a day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.errors import FeedError, FeedState
from monitor.feeds.articles.robots import NO_RULES, Robots, matches_path, read_robots, reserved_paths

NAME = "crypto-news-monitor"  # that robots.txt calls us by
KEPT = timedelta(days=1)  # RFC 9309 section 2.4
AGAIN = timedelta(hours=1)  # after a site did not tell
_SITES = 1000  # that are remembered
_MOST = 512 * 1024  # characters of a robots.txt that are read (RFC 9309 section 2.5: at least 500 KiB)

_ABSENT = (FeedState.NOT_FOUND, FeedState.GONE, FeedState.FORBIDDEN, FeedState.REFUSED, FeedState.EMPTY)
_ROBOTS = "robots.txt asks programs not to read it"
_RESERVED = "the site reserves its texts from being read by programs (tdmrep.json)"

Get = Callable[[str], Awaitable[str]]  # the text at an address


@dataclass(slots=True)
class _Site:
    """What a site has said."""

    robots: Robots
    reserved: tuple[str, ...]
    until: datetime
    trouble: str = ""  # why it could not be asked: then it is left alone (RFC 9309 section 2.3.1.4)


@dataclass(slots=True)
class Permissions:
    """What sites allow; each is asked when its first page is wanted.

    Args:
        get: Fetches a text; FeedError when it cannot.
        clock: The present moment.
    """

    get: Get
    clock: Callable[[], datetime]
    _sites: dict[str, _Site] = field(default_factory=dict)
    _asking: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def pause_s(self, url: str) -> float:
        """Return how long to pause after a request for *url*, as its site asks.

        Raises:
            FeedError: The site asks not to read it.
        """
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        site = await self._site(root)
        if site.trouble:
            raise FeedError(FeedState.FORBIDDEN, f"its site could not be asked whether it may be read: {site.trouble}")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if not site.robots.allows(path):
            raise FeedError(FeedState.FORBIDDEN, _ROBOTS)
        if any(matches_path(pattern, path) for pattern in site.reserved):
            raise FeedError(FeedState.FORBIDDEN, _RESERVED)
        return site.robots.delay_s

    async def _site(self, root: str) -> _Site:
        lock = self._asking.setdefault(root, asyncio.Lock())
        try:
            async with lock:
                site = self._sites.get(root)
                if site is None or site.until <= self.clock():
                    self._sites.pop(root, None)
                    site = self._sites[root] = await self._asked(root)
                    while len(self._sites) > _SITES:
                        del self._sites[next(iter(self._sites))]
                return site
        finally:
            if not lock.locked():
                self._asking.pop(root, None)

    async def _asked(self, root: str) -> _Site:
        now = self.clock()
        try:
            robots = read_robots(await self._text(f"{root}/robots.txt"), NAME)
            reserved = reserved_paths(await self._text(f"{root}/.well-known/tdmrep.json"))
        except FeedError as error:
            return _Site(NO_RULES, (), now + AGAIN, error.cause)
        return _Site(robots, reserved, now + KEPT)

    async def _text(self, url: str) -> str:
        """Return what stands at *url*; empty when there is nothing, which forbids nothing (section 2.3.1.3)."""
        try:
            return (await self.get(url))[:_MOST]
        except FeedError as error:
            if error.state in _ABSENT:
                return ""
            raise
