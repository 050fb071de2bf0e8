"""A clock that stands still until a test sets it, and a daemon that runs by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.daemon.app import Daemon
from monitor.store import feeds

# the same moment in every run, or a test with quiet hours, digests or days would depend on when it is run
START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class SimulatedClock:
    """A clock that stands at START until a test sets it; call it for the present moment."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


async def run_until(daemon: Daemon, clock: SimulatedClock, until: datetime | timedelta) -> None:
    """Advance the clock to *until*, or by it, and poll each feed when it is due."""
    end = until if isinstance(until, datetime) else clock.now + until
    while clock.now < end:
        due = await daemon.ask(feeds.next_feed_due)
        clock.now = min(max(clock.now, due or end), end)
        await daemon.poller.poll_due(clock.now)
        await daemon.poller.idle()
