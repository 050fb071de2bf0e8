"""Limit the rate of requests to each host: one request at a time, with a pause after each.

Sites of one platform (Substack, GitHub) count as one host.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from yarl import URL

from monitor.errors import HostPaused

# Platforms that serve thousands of sites under their own names but count our requests to all of them together. Each
# domain includes its subdomains.
_PLATFORMS: dict[str, tuple[str, ...]] = {
    # blogs and newsletters
    "beehiiv": ("beehiiv.com",),
    "blogger": ("blogger.com", "blogspot.com"),
    "dev.to": ("dev.to",),
    "ghost": ("ghost.io",),
    "hashnode": ("hashnode.dev", "hashnode.com"),
    "hatena": ("hatenablog.com", "hatenablog.jp"),
    "livejournal": ("livejournal.com",),
    "medium": ("medium.com",),
    "mirror": ("mirror.xyz",),
    "note": ("note.com",),
    "paragraph": ("paragraph.xyz", "paragraph.com"),
    "squarespace": ("squarespace.com",),
    "substack": ("substack.com",),
    "tumblr": ("tumblr.com",),
    "typepad": ("typepad.com",),
    "webflow": ("webflow.io",),
    "weebly": ("weebly.com",),
    "wix": ("wix.com", "wixsite.com"),
    "wordpress.com": ("wordpress.com",),
    # code and issues
    "github": ("github.com", "github.io", "githubusercontent.com"),
    "gitlab": ("gitlab.com", "gitlab.io"),
    # discussions, pictures, audio and video
    "anchor": ("anchor.fm",),
    "buzzsprout": ("buzzsprout.com",),
    "discourse": ("discourse.group", "trydiscourse.com"),
    "libsyn": ("libsyn.com",),
    "megaphone": ("megaphone.fm",),
    "reddit": ("reddit.com",),
    "soundcloud": ("soundcloud.com",),
    "telegram": ("t.me", "tg.i-c-a.su", "telegram.me"),
    "vimeo": ("vimeo.com",),
    "youtube": ("youtube.com",),
    # generated feeds
    "bing": ("bing.com",),
    "feed43": ("feed43.com",),
    "feedburner": ("feedburner.com", "feedproxy.google.com", "feeds.feedblitz.com"),
    "feedspot": ("feedspot.com",),
    "fetchrss": ("fetchrss.com",),
    "google news": ("news.google.com",),
    "kill-the-newsletter": ("kill-the-newsletter.com",),
    "nitter": ("nitter.net", "nitter.poast.org", "nitter.privacydev.net"),
    "openrss": ("openrss.org",),
    "politepol": ("politepol.com", "politepaul.com"),
    "rss.app": ("rss.app",),
    "rss-bridge": ("rss-bridge.org",),
    "rsshub": ("rsshub.app",),
    "statuspage": ("statuspage.io",),
    "yahoo": ("yahoo.com",),
}
_PLATFORM_OF = {name: platform for platform, names in _PLATFORMS.items() for name in names}

_MAX_QUEUES = 1000  # queues kept at most; then those of idle hosts are dropped


def host_of(url: URL) -> str:
    """Return the name under which the requests to *url* are limited: its platform (``substack``) or its domain.

    ``www.`` is removed from a domain. A port other than the default one of the scheme is part of the name.
    """
    name = (url.raw_host or "").lower().rstrip(".")
    labels = name.split(".")
    for start in range(len(labels) - 1):
        if platform := _PLATFORM_OF.get(".".join(labels[start:])):
            return platform
    name = name.removeprefix("www.")
    return name if url.is_default_port() else f"{name}:{url.port}"


@dataclass(slots=True)
class _Queue:
    """The requests to one host that are waiting or running."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0  # requests that wait, including the running one
    free_at: float = 0.0  # when the pause after the last request ends, by the monotonic clock


class HostLimits:
    """Limits how often each host is requested, and remembers which hosts asked for a pause.

    Args:
        clock: Returns the current time.
        seconds: A monotonic clock, for the pauses between requests.
        sleep: Waits for the given number of seconds.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        seconds: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self._sleep = sleep
        self._queues: dict[str, _Queue] = {}
        self._paused_until: dict[str, datetime] = {}

    @asynccontextmanager
    async def slot(self, host: str, *, pause_s: float) -> AsyncIterator[None]:
        """Wait until a request to *host* is allowed, then run the block; the next request waits *pause_s* after it.

        Raises:
            HostPaused: The host asked for a pause that has not ended.
        """
        queue = self._queue(host)
        queue.waiting += 1
        try:
            self._ensure_not_paused(host)
            async with queue.lock:
                if (early_s := queue.free_at - self._seconds()) > 0:
                    await self._sleep(early_s)
                self._ensure_not_paused(host)  # the server may have answered the previous request with a pause
                try:
                    yield
                finally:
                    queue.free_at = self._seconds() + pause_s
        finally:
            queue.waiting -= 1

    def pause(self, host: str, until: datetime) -> None:
        """Allow no requests to *host* before *until*; a longer pause that is already in force stays in force."""
        self._paused_until[host] = max(until, self._paused_until.get(host, until))

    def paused(self) -> Mapping[str, datetime]:
        """Return the hosts that are paused at present, with the time at which each pause ends."""
        now = self._clock()
        self._paused_until = {host: until for host, until in self._paused_until.items() if until > now}
        return self._paused_until

    def _ensure_not_paused(self, host: str) -> None:
        until = self._paused_until.get(host)
        if until is not None and until > self._clock():
            raise HostPaused(host, until)

    def _queue(self, host: str) -> _Queue:
        if host not in self._queues and len(self._queues) >= _MAX_QUEUES:
            # redirects to invented hosts must not fill the memory
            now = self._seconds()
            self._queues = {name: queue for name, queue in self._queues.items() if queue.waiting or queue.free_at > now}
        return self._queues.setdefault(host, _Queue())
