"""Poll feeds: fetch and parse each feed that is due, and run the pipeline on its document.

Each feed has a poll task of its own, so that a feed that fails delays no other.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from time import monotonic

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
from monitor.feeds.schedule.feed_record import (
    UNUSABLE_DOCUMENT,
    Success,
    after_failure,
    after_host_paused,
    after_success,
    usual_interval_s,
)
from monitor.feeds.schedule.network_outage import NETWORK, NetworkOutage
from monitor.logs import Log
from monitor.model import NEVER, Feed, FeedRecord, ParsedEntry
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.full_text import read_articles
from monitor.pipeline.identification import identify_entries
from monitor.pipeline.ingest import Ingest, IngestResult, PolledDocument
from monitor.pipeline.open_stories import DraftStories, OpenStories
from monitor.store import Writer, entries, feeds
from monitor.store.committer import Committer
from monitor.wording import counted

MAX_DOCUMENTS = 64  # while so many are being parsed or stored, no further poll is started
MAX_POLLS_AT_ONCE = 256  # the most polls that run at once when all feeds are polled
SUSPENDED_AFTER = timedelta(minutes=1)  # after so long without ``poll_due``, the machine was suspended
LATE = timedelta(seconds=30)
STUCK_AFTER_S = 1800.0  # a poll that runs this long will not end any more

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class PollReport:
    """The outcome of one poll of a feed."""

    feed: str
    state: FeedState
    cause: str = ""
    new: int = 0  # how many new entries
    hits: int = 0
    not_modified: bool = False

    def __str__(self) -> str:
        """Return the outcome of the poll as one line of text."""
        if self.state is not FeedState.OK:
            return f"{self.feed}: {self.state}: {self.cause}"
        return f"{self.feed}: " + (
            "not modified" if self.not_modified else f"{self.new} new, {counted(self.hits, 'hit')}"
        )


def user_agent(contact: str) -> str:
    """Return the User-Agent header, with the contact address of the operator if *contact* is not empty."""
    name = f"crypto-news-monitor/{version('crypto-news-monitor')}"
    return f"{name} (+{contact})" if contact else name


@dataclass(frozen=True, slots=True)
class PollerParts:
    """The parts of the daemon that the poller uses."""

    committer: Committer
    pool: ParserPool
    articles: ArticleReader  # reads the articles of feeds with ``full_text``
    hosts: HostLimits  # the limits per host that the fetcher obeys
    active: Callable[[], ActiveConfiguration]  # returns the active configuration at the time of the call
    on_hits: Callable[[], None]  # called when a poll found hits, so that deliveries start at once


class Poller:
    """Polls feeds that are due; two polls of the same feed never overlap.

    Args:
        parts: The parts of the daemon that the poller uses.
        fetcher: The HTTP client, which ``start`` opens.
    """

    def __init__(self, parts: PollerParts, fetcher: Fetcher) -> None:
        self._parts = parts
        self._committer = parts.committer
        self._active = parts.active
        self._fetcher = fetcher
        self._stored_pauses: dict[str, datetime] = {}
        self._stories = OpenStories()  # belongs to the committer's thread
        self._suspects = asyncio.Semaphore(WORKERS - 1)  # one worker process is kept for the other feeds
        self._last_round_at: datetime | None = None
        self._documents = 0  # being parsed or stored
        self._outage = NetworkOutage()
        self._polls: dict[str, asyncio.Task[PollReport | None]] = {}
        self._started_at: dict[str, float] = {}  # of the polls under way, monotonic
        self._resting: dict[str, datetime] = {}  # feeds whose poll could not be stored, and until when they wait

    async def start(self) -> None:
        """Open the HTTP client, and load the open stories and the hosts that asked for a pause."""
        await self._committer.do(lambda db: self._stories.load(db, clock.now()))
        self._stored_pauses = await self._committer.do(lambda db: feeds.load_paused_hosts(db, clock.now()))
        for host, until in self._stored_pauses.items():
            self._parts.hosts.pause(host, until)
        await self._fetcher.__aenter__()

    async def change_fetcher(self, fetcher: Fetcher) -> None:
        """Use *fetcher* for polls that start from now on; close the previous HTTP client when its polls have ended."""
        before, started = self._fetcher, list(self._polls.values())
        await fetcher.__aenter__()
        self._fetcher = fetcher
        if started:
            await asyncio.wait(started)
        await before.__aexit__(None, None, None)

    async def poll_due(self, now: datetime) -> None:
        """Start a poll of every feed that is due; return without waiting for the polls.

        After a start, or after the machine was suspended, missed polls are spread over time. While MAX_DOCUMENTS are
        being parsed or stored, the other feeds wait for a later call, because documents take memory and delay
        everything else that is to be stored.
        """
        if self._last_round_at is None or now - self._last_round_at > SUSPENDED_AFTER:
            started = self._last_round_at is None
            await self._committer.do(lambda db: self._spread_missed(db, now, late=timedelta() if started else LATE))
        self._last_round_at = now
        limit = max(0, MAX_DOCUMENTS - self._documents)
        self._resting = {key: until for key, until in self._resting.items() if until > now}
        busy = self._polls.keys() | self._resting.keys()
        due = await self._committer.do(lambda db: feeds.due_feeds(db, now, limit, busy=busy))
        for record in due:
            self._begin(record)

    async def poll_now(self, only: str | None = None) -> list[PollReport]:
        """Poll all configured feeds, or only the one with the key *only*, due or not; return the outcomes by key."""
        records = await self._committer.do(feeds.load_feeds)
        records = [record for record in records if only in (None, record.key)]
        limit = asyncio.Semaphore(MAX_POLLS_AT_ONCE)

        async def poll(record: FeedRecord) -> PollReport | None:
            async with limit:
                return await self._begin(record)

        reports = await asyncio.gather(*(poll(record) for record in records))
        return [report for report in reports if report is not None]

    async def ping(self, url: str) -> None:
        """Fetch *url*, the dead man's switch, with the HTTP client of the polls, including its address check and proxy.

        Raises:
            FeedError: *url* could not be fetched.
        """
        await self._fetcher.ping(url)

    def stuck_polls(self) -> dict[str, float]:
        """Return the feeds whose poll takes far too long, each with the number of seconds the poll has been running."""
        now = monotonic()
        return {key: now - at for key, at in self._started_at.items() if now - at > STUCK_AFTER_S}

    async def idle(self) -> None:
        """Wait until no poll is running."""
        while self._polls:
            await asyncio.wait(self._polls.values())

    async def stop(self) -> None:
        """Cancel all running polls; their feeds are polled again after the next start."""
        polls = list(self._polls.values())
        for poll in polls:
            poll.cancel()
        await asyncio.gather(*polls, return_exceptions=True)
        await self._fetcher.__aexit__(None, None, None)

    def _begin(self, record: FeedRecord) -> asyncio.Task[PollReport | None]:
        poll = asyncio.create_task(self._poll(record), name=f"poll {record.key}")
        self._polls[record.key] = poll
        self._started_at[record.key] = monotonic()
        poll.add_done_callback(lambda _: self._end(record.key))
        return poll

    def _end(self, key: str) -> None:
        self._polls.pop(key, None)
        self._started_at.pop(key, None)

    def _spread_missed(self, db: Writer, now: datetime, *, late: timedelta) -> None:
        """If a poll is late by *late* or more, give each feed that missed its poll a new time within its interval."""
        records = [record for record in feeds.load_feeds(db) if record.due_at < NEVER]
        # the due time of a new feed was set just now
        missed = {
            r.key: now - r.due_at for r in records if r.due_at <= now - (LATE if r.last_poll_at is None else late)
        }
        if missed and max(missed.values()) >= late:
            intervals_s = {record.key: self._interval_s(record) for record in records}
            feeds.reschedule(db, spread_missed_polls(now, intervals_s, set(missed)))

    def _interval_s(self, record: FeedRecord) -> float:
        """Return the usual number of seconds between two polls of a feed."""
        feed = self._active().config.feeds.get(record.key)
        # not derived from the due time, which may have been spread already
        return max(usual_interval_s(feed, record), feed.every_s, 1.0) if feed else 1.0

    async def _poll(self, record: FeedRecord) -> PollReport | None:
        feed = self._active().config.feeds.get(record.key)
        if feed is None:  # removed from the configuration a moment ago
            return None
        try:
            report = await self._fetch_and_store_or_fail(feed, record)
        except StoreError as error:
            # not the feed's fault: it is polled again when the database can be used
            log.warning("poll could not be stored", feed=feed.key, cause=error)
            return None
        except Exception:
            # the failure itself could not be stored: without a pause the feed would be polled in every round
            log.exception("poll could not be stored because of an unexpected error", feed=feed.key)
            self._resting[feed.key] = clock.now() + timedelta(seconds=feed.every_s)
            return None
        if report.hits:
            self._parts.on_hits()
        return report

    async def _fetch_and_store_or_fail(self, feed: Feed, record: FeedRecord) -> PollReport:
        try:
            return await self._fetch_and_store(feed, record)
        except HostPaused as paused:
            await self._committer.save_quiet(after_host_paused(feed, record, paused))
            return PollReport(feed.key, paused.state, paused.cause)
        except FeedError as error:
            return await self._store_failure(feed, record, error)
        except StoreError:
            raise
        except Exception as error:
            # a bug in the monitor must not remove the feed from the schedule for ever
            if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
                cause = "this process cannot open more files; raise the limit (ulimit -n)"
                log.error("poll failed", feed=feed.key, cause=cause)  # noqa: TRY400 - a trace would not help
            else:
                log.exception("poll failed because of an unexpected error", feed=feed.key)
                cause = f"an unexpected {type(error).__name__}; see the log"
            return await self._store_failure(feed, record, FeedError(FeedState.UNREADABLE, cause))

    async def _fetch_and_store(self, feed: Feed, record: FeedRecord) -> PollReport:
        fetched = await self._fetcher.fetch(feed, record)
        failpoint("fetched")
        body_hash = record.body_hash if fetched.body is None else hashlib.sha256(fetched.body).digest()
        if body_hash is None:
            return await self._store_failure(feed, record, _same_failure(record), fetched)
        feed = self._edited(feed)
        if fetched.body is None or body_hash == record.body_hash:
            await self._committer.save_quiet(after_success(feed, record, Success(fetched, body_hash), clock.now()))
            await self._record_outcome(feed.key, FeedState.OK, clock.now())
            log.debug("polled, not modified", feed=feed.key)
            return PollReport(feed.key, FeedState.OK, not_modified=True)
        try:
            document = await self._parse(feed, record, fetched, body_hash)
        except FeedError as error:
            return await self._store_failure(feed, record, error, fetched)
        try:
            document = await self._with_parts(document)
        except FeedError as error:
            # without the response: the index itself was readable, and is read again at the next poll
            return await self._store_failure(feed, record, error)
        failpoint("parsed")
        with self._document_in_memory():
            result = await self._ingest(replace(document, feed=self._edited(feed)))
        failpoint("ingest committed")
        await self._record_outcome(feed.key, FeedState.OK, clock.now())
        listed = len(document.parsed.entries) + len(document.parsed.unchanged)
        log.info("polled", feed=feed.key, entries=listed, new=result.new, hits=result.hits)
        return PollReport(feed.key, FeedState.OK, new=result.new, hits=result.hits)

    async def _parse(self, feed: Feed, record: FeedRecord, fetched: FetchResult, body_hash: bytes) -> PolledDocument:
        """Parse the fetched document; if the feed has ``full_text``, also fetch the articles of its new entries."""
        assert fetched.body is not None  # noqa: S101 - checked by the caller
        known = await self._committer.run_outside_transaction(lambda db: entries.raw_hashes(db, feed.key, MAX_ENTRIES))
        suspect = record.state == FeedState.UNREADABLE  # the previous document may have used up the time limit
        async with self._suspects if suspect else nullcontext():
            with self._document_in_memory():
                parsed = await self._parts.pool.parse(fetched.body, fetched.content_type, fetched.url, known, feed.page)
        document = PolledDocument(feed, record, fetched, body_hash, parsed)
        if not feed.full_text or self._is_backlog(record):
            return document
        identified = await self._committer.run_outside_transaction(lambda db: identify_entries(db, feed.key, parsed))
        identified = await read_articles(feed.key, identified, reader=self._parts.articles, fetcher=self._fetcher)
        return replace(document, identified=identified)

    async def _with_parts(self, document: PolledDocument) -> PolledDocument:
        """Return a sitemap index with the entries of its newest sitemaps, which are fetched; other documents unchanged.

        Raises:
            FeedError: One of the sitemaps cannot be fetched or parsed.
        """
        if not document.parsed.parts:
            return document
        feed, entries_of_parts, unchanged = document.feed, list[ParsedEntry](), list[tuple[int, bytes]]()
        left_out = 0
        known = await self._committer.run_outside_transaction(lambda db: entries.raw_hashes(db, feed.key, MAX_ENTRIES))
        for url in document.parsed.parts:
            part = await self._fetcher.fetch(replace(feed, url=url), FeedRecord(feed.key, url, NEVER))
            with self._document_in_memory():
                parsed = await self._parts.pool.parse(part.body or b"", part.content_type, part.url, known)
            unchanged += ((len(entries_of_parts) + before, digest) for before, digest in parsed.unchanged)
            entries_of_parts += parsed.entries
            left_out += parsed.left_out
        parsed = replace(
            document.parsed,
            entries=tuple(entries_of_parts[:MAX_ENTRIES]),
            unchanged=tuple(unchanged),
            parts=(),
            left_out=left_out + max(0, len(entries_of_parts) - MAX_ENTRIES),
        )
        return replace(document, parsed=parsed)

    async def _ingest(self, document: PolledDocument) -> IngestResult:
        """Run the pipeline on *document* in one transaction, and adopt the changes to open stories after the commit."""
        now = clock.now()

        def job(db: Writer) -> tuple[IngestResult, DraftStories]:
            active = self._active()  # when it is committed, which may be long after, if the disk is full
            draft = self._stories.draft(active.watchlist.actor_relations)
            if not feeds.has_record(db, document.feed.key):  # the feed was renamed during the poll
                return IngestResult(), draft
            return Ingest(db, active, draft, document, now).run(), draft

        result, _ = await self._committer.persist(job, then=lambda done: self._stories.adopt(done[1], now))
        return result

    @contextmanager
    def _document_in_memory(self) -> Iterator[None]:
        """Count a document as in memory for the block, in which it is parsed or stored.

        Documents that wait for a worker process or for their articles are not counted.
        """
        self._documents += 1
        try:
            yield
        finally:
            self._documents -= 1

    async def _store_failure(
        self, feed: Feed, record: FeedRecord, error: FeedError, fetched: FetchResult | None = None
    ) -> PollReport:
        """Store that a poll failed, and return the report of the poll.

        Args:
            feed: The feed as it was configured when the poll began.
            record: The stored state of the feed before the poll.
            error: Why the poll failed.
            fetched: The response, if its document caused the failure; None: there was no document.
        """
        now = clock.now()
        await self._record_outcome(feed.key, error.state, now)
        if self._outage.is_on and error.state in NETWORK:
            # not the feed's fault: do not increase its back-off
            record = replace(record, failures=max(0, record.failures - 1))
        after = after_failure(self._edited(feed), record, error, now, fetched=fetched)
        paused = dict(self._parts.hosts.paused())
        if paused == self._stored_pauses:
            await self._committer.save_quiet(after)
        else:
            await self._committer.persist(lambda db: feeds.save_feed(db, after, paused))
            self._stored_pauses = paused
        due = after.due_at.isoformat() if after.due_at < NEVER else "never"
        log.warning("poll failed", feed=feed.key, state=error.state, cause=error.cause, next_due_at=due)
        return PollReport(feed.key, error.state, error.cause)

    async def _record_outcome(self, feed: str, state: FeedState, now: datetime) -> None:
        """Record whether a poll failed; if an outage of the monitor's network is over, poll the failed feeds soon."""
        if not self._outage.record(feed, state, now):
            return
        log.info("the network is back, polling the feeds that failed")

        def spread(db: Writer) -> None:
            records = [r for r in feeds.load_feeds(db) if r.due_at < NEVER]
            intervals_s = {r.key: max(self._interval_s(replace(r, failures=0)), 1.0) for r in records}
            failed = {r.key for r in records if r.state in NETWORK and r.key not in self._polls}
            soon = spread_missed_polls(now, intervals_s, failed)
            due = {r.key: r.due_at for r in records}
            feeds.reschedule(db, {key: min(at, due[key]) for key, at in soon.items()})

        await self._committer.do(spread)

    def _is_backlog(self, record: FeedRecord) -> bool:
        """Return whether the entries of the feed's next document are the backlog, stored without notifications."""
        return record.first_success_at is None and self._active().config.alerts.first_run == "record"

    def _edited(self, feed: Feed) -> Feed:
        """Return *feed* as it is configured now, since it may have been edited during the poll."""
        return self._active().config.feeds.get(feed.key, feed)


def _same_failure(record: FeedRecord) -> FeedError:
    """Return the error of the previous poll again, because its unusable document has not changed."""
    state = FeedState(record.state)
    if state in UNUSABLE_DOCUMENT:
        return FeedError(state, record.cause, record.remedy)
    return FeedError(FeedState.UNREADABLE, "the document has not changed since it could not be read")
