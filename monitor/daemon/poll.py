"""One poll: fetch, parse, hand over to be committed. A feed that fails costs no other its turn."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version

from monitor.daemon import clock
from monitor.daemon.commit import Committer
from monitor.daemon.ingest import ingest
from monitor.daemon.logs import Log
from monitor.daemon.watch import Watch
from monitor.errors import FeedError, FeedState
from monitor.feeds.due import next_due, phase_of
from monitor.feeds.fetch import Fetched, Fetcher
from monitor.feeds.workers import ParserPool
from monitor.model import Feed, FeedRecord, ParsedFeed
from monitor.store import feeds

DUE_AT_ONCE = 500  # feeds taken up by one look at the due times; the rest are due at the next

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class PollReport:
    """How one poll went."""

    feed: str
    state: FeedState
    cause: str = ""
    new: int = 0  # entries
    hits: int = 0
    not_modified: bool = False

    def __str__(self) -> str:
        """Return the report as one line for people."""
        if self.state is not FeedState.OK:
            return f"{self.feed}: {self.state}: {self.cause}"
        return f"{self.feed}: " + ("not modified" if self.not_modified else f"{self.new} new, {self.hits} hits")


def user_agent(contact: str) -> str:
    """Return the User-Agent: who polls, and whom to write to."""
    name = f"crypto-news-monitor/{version('crypto-news-monitor')}"
    return f"{name} (+{contact})" if contact else name


class Poller:
    """Polls feeds, each at most once at a time.

    Args:
        watch: Gives what is in force at the moment it is asked.
        on_hits: Called when a poll brought hits, so that nobody waits for the next tick.
    """

    def __init__(
        self,
        committer: Committer,
        fetcher: Fetcher,
        pool: ParserPool,
        *,
        watch: Callable[[], Watch],
        on_hits: Callable[[], None],
    ) -> None:
        self._committer = committer
        self._fetcher = fetcher
        self._pool = pool
        self._watch = watch
        self._on_hits = on_hits
        self._polls: dict[str, asyncio.Task[PollReport | None]] = {}

    async def poll_due(self, now: datetime) -> None:
        """Begin a poll of every feed that is due; returns without waiting for them."""
        due = await self._committer.do(lambda db: feeds.due_feeds(db, now, DUE_AT_ONCE, busy=self._polls.keys()))
        for record in due:
            self._begin(record)

    async def poll_now(self, only: str | None = None) -> list[PollReport]:
        """Poll every configured feed, or *only* that one, due or not; return how each went, by key."""
        records = await self._committer.do(feeds.load_feeds)
        records = [record for record in records if only in (None, record.key)]
        reports = await asyncio.gather(*(self._begin(record) for record in records))
        return [report for report in reports if report is not None]

    async def stop(self) -> None:
        """End the polls that are under way; what was not committed is polled again at the next start."""
        polls = list(self._polls.values())
        for poll in polls:
            poll.cancel()
        await asyncio.gather(*polls, return_exceptions=True)

    def _begin(self, record: FeedRecord) -> asyncio.Task[PollReport | None]:
        poll = asyncio.create_task(self._poll(record), name=f"poll {record.key}")
        self._polls[record.key] = poll
        poll.add_done_callback(lambda _: self._polls.pop(record.key, None))
        return poll

    async def _poll(self, record: FeedRecord) -> PollReport | None:
        feed = self._watch().config.feeds.get(record.key)
        if feed is None:  # taken out of the configuration a moment ago
            return None
        try:
            report = await self._fetch_and_store(feed, record)
        except FeedError as error:
            report = await self._failed(feed, record, error)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            # a mistake of ours must not take the feed off the schedule for ever
            log.exception("poll broke", feed=feed.key)
            unexpected = FeedError(FeedState.UNREADABLE, f"an unexpected {type(error).__name__}; see the log")
            report = await self._failed(feed, record, unexpected)
        if report.hits:
            self._on_hits()
        return report

    async def _fetch_and_store(self, feed: Feed, record: FeedRecord) -> PollReport:
        fetched = await self._fetcher.fetch(feed, record)
        body_hash = hashlib.sha256(fetched.body).digest() if fetched.body is not None else record.body_hash
        if fetched.body is None or body_hash == record.body_hash:
            await self._committer.save_quiet(_after_success(feed, record, fetched, body_hash=body_hash))
            log.debug("polled, nothing changed", feed=feed.key)
            return PollReport(feed.key, FeedState.OK, not_modified=True)
        parsed = await self._pool.parse(fetched.body, fetched.content_type, fetched.url)
        after = _after_success(feed, record, fetched, body_hash=body_hash, parsed=parsed)
        watch = self._watch()
        brought = await self._committer.persist(
            lambda db: ingest(
                db,
                watch=watch,
                feed=feed,
                record=after,
                parsed=parsed,
                baseline=record.first_success_at is None,
                now=clock.now(),
            )
        )
        log.info("polled", feed=feed.key, entries=len(parsed.entries), new=brought.new, hits=brought.hits)
        return PollReport(feed.key, FeedState.OK, new=brought.new, hits=brought.hits)

    async def _failed(self, feed: Feed, record: FeedRecord, error: FeedError) -> PollReport:
        now = clock.now()
        due = next_due(
            now,
            interval_s=feed.every_s,
            failures=record.failures + 1,
            retry_after_s=error.retry_after_s,
            phase=phase_of(feed.key),
        )
        await self._committer.save_quiet(
            replace(
                record,
                due_at=due,
                state=str(error.state),
                cause=error.cause,
                remedy=error.remedy,
                failures=record.failures + 1,
                last_poll_at=now,
            )
        )
        log.warning("poll failed", feed=feed.key, state=error.state, cause=error.cause, next_due_at=due.isoformat())
        return PollReport(feed.key, error.state, error.cause)


def _after_success(
    feed: Feed,
    record: FeedRecord,
    fetched: Fetched,
    *,
    body_hash: bytes | None,
    parsed: ParsedFeed | None = None,
) -> FeedRecord:
    now = clock.now()
    return replace(
        record,
        due_at=next_due(
            now,
            interval_s=feed.every_s,
            failures=0,
            retry_after_s=fetched.retry_after_s,
            phase=phase_of(feed.key),
        ),
        validators=fetched.validators,
        body_hash=body_hash,
        title=parsed.title if parsed else record.title,
        language=parsed.language if parsed else record.language,
        moved_to=fetched.moved_to,
        state=str(FeedState.OK),
        cause="",
        remedy="",
        failures=0,
        first_success_at=record.first_success_at or now,
        last_success_at=now,
        last_poll_at=now,
        latency_s=fetched.elapsed_s,
    )
