"""Time that stands still until a test sets it, and a daemon that lives in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.daemon.app import Daemon
from monitor.store import feeds


class Watch:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now


async def live(daemon: Daemon, watch: Watch, until: datetime | timedelta) -> None:
    """Poll all that falls due until then, or for so long, each at its moment."""
    end = until if isinstance(until, datetime) else watch.now + until
    while watch.now < end:
        due = await daemon.ask(feeds.next_feed_due)
        watch.now = min(max(watch.now, due or end), end)
        await daemon.poller.poll_due(watch.now)
        await daemon.poller.idle()
