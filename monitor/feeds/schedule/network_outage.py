"""Distinguish an outage of our own network connection from failures of single feeds."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.errors import FeedState

WINDOW = timedelta(days=2)  # how long the last outcome of a feed counts: twice the longest polling interval
EXPIRE_EVERY = timedelta(minutes=1)
MIN_FEEDS = 3  # with fewer, nothing can be concluded
BACK_AFTER = 3  # an outage has ended once this many polls in a row have reached their server
NETWORK = frozenset({FeedState.DNS, FeedState.NO_CONNECTION, FeedState.TIMEOUT})


class NetworkOutage:
    """Remembers for each feed whether its last poll failed at the network; if most did, our own network is down."""

    def __init__(self) -> None:
        self._failed: dict[str, tuple[datetime, bool]] = {}  # by feed: when it was polled, and whether that failed
        self._failures = 0  # the number of failed polls in ``_failed``
        self._expired_at: datetime | None = None
        self._reached = 0  # polls in a row that reached their server
        self._unended = False  # there was an outage whose end ``record`` has not returned yet

    @property
    def is_on(self) -> bool:
        """Return whether our network is down: the last polls of more than half of the feeds failed at the network."""
        return len(self._failed) >= MIN_FEEDS and 2 * self._failures > len(self._failed)

    def record(self, feed: str, state: FeedState, now: datetime) -> bool:
        """Record the outcome of a poll; return True if it shows that an outage of our network has just ended.

        Args:
            feed: The key of the feed.
            state: The state of the feed after the poll.
            now: The current time.
        """
        self._expire(now)
        _, before = self._failed.get(feed, (now, False))
        failed = state in NETWORK
        self._failed[feed] = now, failed
        self._failures += failed - before
        self._reached = 0 if failed else self._reached + 1
        # remembered, because with few feeds the majority may have recovered before BACK_AFTER polls in a row
        self._unended = self._unended or self.is_on
        if not self._unended or self._reached < BACK_AFTER:
            return False
        self._failed, self._failures, self._unended = {}, 0, False
        return True

    def _expire(self, now: datetime) -> None:
        if self._expired_at is not None and timedelta() <= now - self._expired_at < EXPIRE_EVERY:
            return
        self._expired_at = now
        self._failed = {key: last for key, last in self._failed.items() if now - last[0] <= WINDOW}
        self._failures = sum(failed for _, failed in self._failed.values())
