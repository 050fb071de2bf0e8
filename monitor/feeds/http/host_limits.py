"""One request at a time to each host, with a pause between two, and none while the host asked for a longer pause."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from monitor.errors import HostPaused

_MAX_QUEUES = 1000  # hosts that are remembered before the idle ones are forgotten


@dataclass(slots=True)
class _Queue:
    """The requests to one host."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0  # the running one included
    free_at: float = 0.0  # when the pause ends


class HostLimits:
    """Limits how often each host receives requests.

    Args:
        clock: Returns the present moment.
        seconds: A clock that never goes back, for the pauses.
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
        """Wait until *host* may be asked; the next request waits until *pause_s* after the block.

        Raises:
            HostPaused: The host asked for a pause.
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
        """Send no requests to *host* before *until*; if it has already asked for a longer pause, that one stays."""
        self._paused_until[host] = max(until, self._paused_until.get(host, until))

    def paused(self) -> Mapping[str, datetime]:
        """Return the hosts that want no requests at present, and until when."""
        now = self._clock()
        self._paused_until = {host: until for host, until in self._paused_until.items() if until > now}
        return self._paused_until

    def _ensure_not_paused(self, host: str) -> None:
        until = self._paused_until.get(host)
        if until is not None and until > self._clock():
            raise HostPaused(host, until)

    def _queue(self, host: str) -> _Queue:
        if host not in self._queues and len(self._queues) >= _MAX_QUEUES:
            # hosts that redirects invented must not fill the memory
            now = self._seconds()
            self._queues = {name: queue for name, queue in self._queues.items() if queue.waiting or queue.free_at > now}
        return self._queues.setdefault(host, _Queue())
