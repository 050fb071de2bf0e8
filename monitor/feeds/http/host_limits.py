"""One request at a time to each host, with a pause between two, and none while it wants to be left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from monitor.errors import HostPaused

_MANY = 1000  # hosts that are remembered before those nobody waits for are forgotten


@dataclass(slots=True)
class _Line:
    """Those who wait for one host."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0  # the one whose turn it is included
    free_at: float = 0.0  # when the pause is over


class HostLimits:
    """Who may ask which host, and when.

    Args:
        clock: The present moment.
        seconds: A clock that never goes back, for the pauses.
        sleep: Waits for so many seconds.
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
        self._lines: dict[str, _Line] = {}
        self._limited_until: dict[str, datetime] = {}

    @asynccontextmanager
    async def slot(self, host: str, *, pause_s: float) -> AsyncIterator[None]:
        """Wait until it is our turn at *host*; it is over with the block, and the next comes *pause_s* later.

        Raises:
            HostPaused: It wants to be left alone.
        """
        line = self._line(host)
        line.waiting += 1
        try:
            self._ensure_awake(host)
            async with line.lock:
                if (early_s := line.free_at - self._seconds()) > 0:
                    await self._sleep(early_s)
                self._ensure_awake(host)  # the one before may have been told to go away
                try:
                    yield
                finally:
                    line.free_at = self._seconds() + pause_s
        finally:
            line.waiting -= 1

    def limit(self, host: str, until: datetime) -> None:
        """Leave *host* alone until then, or longer when that was asked before."""
        self._limited_until[host] = max(until, self._limited_until.get(host, until))

    def rate_limited(self) -> Mapping[str, datetime]:
        """Return the hosts that want to be left alone, and until when."""
        now = self._clock()
        self._limited_until = {host: until for host, until in self._limited_until.items() if until > now}
        return self._limited_until

    def _ensure_awake(self, host: str) -> None:
        until = self._limited_until.get(host)
        if until is not None and until > self._clock():
            raise HostPaused(host, until)

    def _line(self, host: str) -> _Line:
        if host not in self._lines and len(self._lines) >= _MANY:
            # hosts that redirects made up must not fill the memory
            now = self._seconds()
            self._lines = {name: line for name, line in self._lines.items() if line.waiting or line.free_at > now}
        return self._lines.setdefault(host, _Line())
