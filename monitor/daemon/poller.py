"""One poll: fetch, parse, hand over to be committed. A feed that fails costs no other its turn."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

from monitor import clock
from monitor.errors import FeedError, FeedState, HostPaused, StoreError
from monitor.failpoints import failpoint
from monitor.feeds.articles.reader import ArticleReader
from monitor.feeds.http.fetch import Fetcher
from monitor.feeds.http.host_limits import HostLimits
from monitor.feeds.http.responses import FetchResult
from monitor.feeds.parse.identity import MAX_ENTRIES
from monitor.feeds.parse.workers import WORKERS, ParserPool
from monitor.feeds.schedule.due_time import spread_missed_polls
from monitor.feeds.schedule.transitions import (
    UNUSABLE_DOCUMENT,
    after_failure,
    after_host_paused,
    after_success,
    usual_interval_s,
)
from monitor.logs import Log
from monitor.model import NEVER, Feed, FeedRecord
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.full_text import with_articles
from monitor.pipeline.ingest import Brought, ingest
from monitor.pipeline.open_stories import adopt, load_stories
from monitor.store import Writer, entries, feeds
from monitor.store.committer import Committer
from monitor.stories import StoryIndex

DOCUMENTS = 64  # that are being read or stored; while there are as many, no other feed is taken up
AT_ONCE = 256  # feeds that are taken up when all are polled at once
STOOD_STILL = timedelta(minutes=1)  # without a look: the machine was asleep
LATE = timedelta(seconds=30)

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
        committer: Writes what was learned.
        pool: Where documents are read.
        fetcher: The HTTP client; opened by ``start``.
        hosts: Those that the fetcher asks.
        articles: Reads the articles of feeds with ``full_text``.
        active: Gives what is in force at the moment it is asked.
        on_hits: Called when a poll brought hits, so that nobody waits for the next tick.
        now: Gives the present moment.
    """

    def __init__(
        self,
        committer: Committer,
        pool: ParserPool,
        fetcher: Fetcher,
        hosts: HostLimits,
        *,
        articles: ArticleReader,
        active: Callable[[], ActiveConfiguration],
        on_hits: Callable[[], None],
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._committer = committer
        self._fetcher = fetcher
        self._pool = pool
        self._articles = articles
        self._active = active
        self._on_hits = on_hits
        self._now = now
        self._hosts = hosts
        self._stored_rate_limits: dict[str, datetime] = {}
        self._index = StoryIndex()  # belongs to the committer's thread
        self._suspects = asyncio.Semaphore(WORKERS - 1)  # one process is for the others
        self._looked_at: datetime | None = None
        self._documents = 0  # that are being read or stored
        self._polls: dict[str, asyncio.Task[PollReport | None]] = {}

    async def start(self) -> None:
        """Open the HTTP client, and learn which hosts asked to be left alone and which stories are open."""
        await self._committer.do(lambda db: load_stories(db, self._index, self._now()))
        self._stored_rate_limits = await self._committer.do(lambda db: feeds.load_rate_limited_hosts(db, self._now()))
        for host, until in self._stored_rate_limits.items():
            self._hosts.limit(host, until)
        await self._fetcher.__aenter__()

    async def change_fetcher(self, fetcher: Fetcher) -> None:
        """Poll with *fetcher* from now on; the one before is closed when its polls have ended."""
        before, begun = self._fetcher, list(self._polls.values())
        await fetcher.__aenter__()
        self._fetcher = fetcher
        if begun:
            await asyncio.wait(begun)
        await before.__aexit__(None, None, None)

    async def poll_due(self, now: datetime) -> None:
        """Begin a poll of every feed that is due; returns without waiting for them.

        After a start, or when the machine was asleep, those whose moment was missed are spread over some time. Where
        many bring documents at once, the rest come at a later look: what waits to be stored takes memory, and all
        else that is stored waits behind it.
        """
        if self._looked_at is None or now - self._looked_at > STOOD_STILL:
            started = self._looked_at is None
            await self._committer.do(lambda db: self._make_up(db, now, late=timedelta() if started else LATE))
        self._looked_at = now
        room = max(0, DOCUMENTS - self._documents)
        due = await self._committer.do(lambda db: feeds.due_feeds(db, now, room, busy=self._polls.keys()))
        for record in due:
            self._begin(record)

    async def poll_now(self, only: str | None = None) -> list[PollReport]:
        """Poll every configured feed, or *only* that one, due or not; return how each went, by key."""
        records = await self._committer.do(feeds.load_feeds)
        records = [record for record in records if only in (None, record.key)]
        in_hand = asyncio.Semaphore(AT_ONCE)

        async def poll(record: FeedRecord) -> PollReport | None:
            async with in_hand:
                return await self._begin(record)

        reports = await asyncio.gather(*(poll(record) for record in records))
        return [report for report in reports if report is not None]

    async def ping(self, url: str) -> None:
        """Ask for *url* by way of the client that polls, address check and proxy included; FeedError when it fails."""
        await self._fetcher.ping(url)

    async def idle(self) -> None:
        """Return when no poll is under way."""
        while self._polls:
            await asyncio.wait(self._polls.values())

    async def stop(self) -> None:
        """End the polls that are under way; what was not committed is polled again at the next start."""
        polls = list(self._polls.values())
        for poll in polls:
            poll.cancel()
        await asyncio.gather(*polls, return_exceptions=True)
        await self._fetcher.__aexit__(None, None, None)

    def _begin(self, record: FeedRecord) -> asyncio.Task[PollReport | None]:
        poll = asyncio.create_task(self._poll(record), name=f"poll {record.key}")
        self._polls[record.key] = poll
        poll.add_done_callback(lambda _: self._polls.pop(record.key, None))
        return poll

    def _make_up(self, db: Writer, now: datetime, *, late: timedelta) -> None:
        """Spread the feeds whose moment passed, unless none is later than *late*."""
        records = [record for record in feeds.load_feeds(db) if record.due_at < NEVER]
        # a feed that is new has been given its moment just now
        missed = {
            r.key: now - r.due_at for r in records if r.due_at <= now - (LATE if r.last_poll_at is None else late)
        }
        if missed and max(missed.values()) >= late:
            waits_s = {record.key: self._wait_s(record) for record in records}
            feeds.reschedule(db, spread_missed_polls(now, waits_s, set(missed)))

    def _wait_s(self, record: FeedRecord) -> float:
        """Return how long the feed waits from poll to poll."""
        feed = self._active().config.feeds.get(record.key)
        # not from the moment it was put off to, which would put it off further every time
        return max(usual_interval_s(feed, record), feed.every_s, 1.0) if feed else 1.0

    async def _poll(self, record: FeedRecord) -> PollReport | None:
        feed = self._active().config.feeds.get(record.key)
        if feed is None:  # taken out of the configuration a moment ago
            return None
        try:
            report = await self._fetch_and_store(feed, record)
        except HostPaused as resting:
            await self._committer.save_quiet(after_host_paused(feed, record, resting))
            return PollReport(feed.key, resting.state, resting.cause)
        except FeedError as error:
            report = await self._failed(feed, record, error)
        except StoreError as error:
            # no fault of the feed: it is polled again when the database is back
            log.warning("poll could not be stored", feed=feed.key, cause=error)
            return None
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
        failpoint("fetched")
        body_hash = record.body_hash if fetched.body is None else hashlib.sha256(fetched.body).digest()
        if fetched.body is None and body_hash is None:
            return await self._failed(feed, record, _as_before(record), fetched)
        feed = self._edited(feed)
        if fetched.body is None or body_hash == record.body_hash:
            after = after_success(feed, record, fetched, self._now(), body_hash=body_hash)
            await self._committer.save_quiet(after)
            log.debug("polled, nothing changed", feed=feed.key)
            return PollReport(feed.key, FeedState.OK, not_modified=True)
        return await self._read_and_store(feed, record, fetched, fetched.body, body_hash)

    async def _read_and_store(
        self, feed: Feed, record: FeedRecord, fetched: FetchResult, body: bytes, body_hash: bytes | None
    ) -> PollReport:
        try:
            known = await self._committer.tend(lambda db: entries.raw_hashes(db, feed.key, MAX_ENTRIES))
            suspect = record.state is FeedState.UNREADABLE  # it may have taken all the time there is
            async with self._suspects if suspect else nullcontext():
                with self._document_in_hand():
                    parsed = await self._pool.parse(body, fetched.content_type, fetched.url, known)
        except FeedError as error:
            return await self._failed(feed, record, error, fetched)
        if feed.full_text and not self._is_backlog(record):
            parsed = await with_articles(
                feed, parsed, committer=self._committer, reader=self._articles, fetcher=self._fetcher
            )
        failpoint("parsed")
        feed, active, now = self._edited(feed), self._active(), self._now()
        after = after_success(feed, record, fetched, now, body_hash=body_hash, parsed=parsed)

        def job(db: Writer) -> tuple[Brought, StoryIndex]:
            draft = self._index.draft()
            brought = ingest(
                db,
                active=active,
                index=draft,
                feed=feed,
                record=after,
                parsed=parsed,
                baseline=record.first_success_at is None,
                unread_since=record.last_success_at,
                now=now,
            )
            return brought, draft

        with self._document_in_hand():
            brought, _ = await self._committer.persist(job, then=lambda done: adopt(self._index, done[1], now))
        failpoint("ingest committed")
        shown = len(parsed.entries) + len(parsed.unchanged)
        log.info("polled", feed=feed.key, entries=shown, new=brought.new, hits=brought.hits)
        return PollReport(feed.key, FeedState.OK, new=brought.new, hits=brought.hits)

    @contextmanager
    def _document_in_hand(self) -> Iterator[None]:
        """Count a document that is being read or stored; not one that waits for its turn or for its articles."""
        self._documents += 1
        try:
            yield
        finally:
            self._documents -= 1

    async def _failed(
        self, feed: Feed, record: FeedRecord, error: FeedError, fetched: FetchResult | None = None
    ) -> PollReport:
        """Store how the poll failed; *fetched* is given when the failure lies in what was fetched."""
        after = after_failure(self._edited(feed), record, error, self._now(), fetched=fetched)
        rate_limited = dict(self._hosts.rate_limited())
        if rate_limited == self._stored_rate_limits:
            await self._committer.save_quiet(after)
        else:
            await self._committer.persist(lambda db: feeds.save_feed(db, after, rate_limited))
            self._stored_rate_limits = rate_limited
        due = after.due_at.isoformat() if after.due_at < NEVER else "never"
        log.warning("poll failed", feed=feed.key, state=error.state, cause=error.cause, next_due_at=due)
        return PollReport(feed.key, error.state, error.cause)

    def _is_backlog(self, record: FeedRecord) -> bool:
        """Whether the entries of the next document are stored and not sent."""
        return record.first_success_at is None and self._active().config.alerts.first_run == "record"

    def _edited(self, feed: Feed) -> Feed:
        """Return *feed* as the file has it now, which may have been edited during the poll."""
        return self._active().config.feeds.get(feed.key, feed)


def _as_before(record: FeedRecord) -> FeedError:
    """Return why a document that has not changed could not be used the last time."""
    if record.state in UNUSABLE_DOCUMENT:
        return FeedError(record.state, record.cause, record.remedy)
    return FeedError(FeedState.UNREADABLE, "the document has not changed since it could not be read")
