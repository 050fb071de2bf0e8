"""Tells an outage of our own network from failures of single feeds."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.errors import FeedState

WINDOW = timedelta(days=2)  # the last outcome of a feed counts for so long: twice the longest interval
EXPIRE_EVERY = timedelta(minutes=1)
AT_LEAST = 3  # feeds; of fewer nothing can be concluded
BACK_AFTER = 3  # polls in a row that reach their server: the network is back
NETWORK = frozenset({FeedState.DNS, FeedState.NO_CONNECTION, FeedState.TIMEOUT})


class NetworkOutage:
    """Remembers whether the last poll of each feed failed at the network; if most did, the fault is ours."""

    def __init__(self) -> None:
        self._failed: dict[str, tuple[datetime, bool]] = {}  # by feed: when it was polled, and whether that failed
        self._failures = 0  # in ``_failed``
        self._expired_at: datetime | None = None
        self._reached = 0  # polls in a row that reached their server

    @property
    def is_on(self) -> bool:
        """Return whether the last polls of most feeds failed at the network."""
        return len(self._failed) >= AT_LEAST and 2 * self._failures > len(self._failed)

    def record(self, feed: str, state: FeedState, now: datetime) -> bool:
        """Record the outcome of a poll, and return whether an outage has ended with it.

        Args:
            feed: Its key.
            state: Of the feed, by this poll.
            now: The present moment.
        """
        self._expire(now)
        _, before = self._failed.get(feed, (now, False))
        failed = state in NETWORK
        self._failed[feed] = now, failed
        self._failures += failed - before
        self._reached = 0 if failed else self._reached + 1
        if not self.is_on or self._reached < BACK_AFTER:
            return False
        self._failed, self._failures = {}, 0
        return True

    def _expire(self, now: datetime) -> None:
        if self._expired_at is not None and timedelta() <= now - self._expired_at < EXPIRE_EVERY:
            return
        self._expired_at = now
        self._failed = {key: last for key, last in self._failed.items() if now - last[0] <= WINDOW}
        self._failures = sum(failed for _, failed in self._failed.values())
