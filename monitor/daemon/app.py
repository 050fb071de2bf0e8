"""The class ``Daemon``: it creates the parts of the daemon, starts and stops them, and activates configurations."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO, TypeVar

from monitor import clock
from monitor.config import Config
from monitor.daemon.delivery import Deliverer
from monitor.daemon.maintenance import Housekeeper
from monitor.daemon.poller import Poller, PollerParts, PollReport, user_agent
from monitor.daemon.timer_kinds import HANDLERS, RECURRING
from monitor.daemon.vocabulary_learning import VocabularyLearner
from monitor.errors import UsageError
from monitor.failpoints import failpoint
from monitor.feeds.articles.reader import ArticleReader
from monitor.feeds.http.fetch import Fetcher, FetchSettings
from monitor.feeds.http.host_limits import HostLimits
from monitor.feeds.parse.workers import ParserPool
from monitor.feeds.schedule.feed_record import configured_record, settings_fingerprint
from monitor.health.canary import with_canary
from monitor.health.checks import HealthParts
from monitor.health.progress import Progress
from monitor.logs import Log
from monitor.model import FeedRecord
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.due_timers import LATE, run_due_timers, schedule_recurring
from monitor.redaction import Redactor
from monitor.store import InstanceLock, Reader, Writer, deliveries, feeds, watchlists
from monitor.store.active_files import ActiveFiles, save_active_files
from monitor.store.committer import Committer
from monitor.watchlist import compile_watchlist

T = TypeVar("T")

STOP_GRACE_S = 8.0  # for sends that are running; systemd and people wait ten seconds for the end

log = Log(__name__)


class Daemon:
    """The daemon with all its parts, which run inside ``async with``.

    Entering takes the lock, opens the database, activates the configuration, and makes deliveries due again that a
    previous process left in flight. Inside the block, either ``service.run`` polls and delivers on schedule, or
    ``poll_now`` and ``deliver_all`` poll and deliver once.

    Args:
        config: The configuration to start with.
        console: The stream to which ``console://`` destinations print; None: stdout.
        colour: Whether ``console://`` destinations print in colour.

    Raises:
        AnotherInstance: Another process holds the database.
        StoreError: The database cannot be used.
    """

    def __init__(self, config: Config, *, console: TextIO | None = None, colour: bool = False) -> None:
        self._config = config
        self._active: ActiveConfiguration | None = None
        self.renamed_feeds: dict[str, str] = {}  # feeds renamed since the start: former key by new key
        self._stack = AsyncExitStack()
        self.committer = Committer(config.storage.path)
        self.housekeeper = Housekeeper(self.committer, active=self.active)
        self._learner = VocabularyLearner(self.committer, path=lambda: self.active().config.storage.path)
        self._changing = asyncio.Lock()
        self.pool = ParserPool()
        self.articles = ArticleReader(clock.now)
        self.hits_found = asyncio.Event()
        self.deliverer = Deliverer(self.committer, active=self.active, console=console or sys.stdout, colour=colour)
        self._hosts = HostLimits(clock.now)
        parts = PollerParts(
            self.committer, self.pool, self.articles, self._hosts, active=self.active, on_hits=self.hits_found.set
        )
        self.poller = Poller(parts, self._fetcher(config))

    def active(self) -> ActiveConfiguration:
        """Return the active configuration.

        Raises:
            RuntimeError: The daemon has not started.
        """
        if self._active is None:
            raise RuntimeError("the daemon has not started")
        return self._active

    async def __aenter__(self) -> Daemon:
        """Start all parts of the daemon, without polling or sending anything yet."""
        async with self._stack:
            lock = self._stack.enter_context(InstanceLock(self._config.storage.path))
            self._stack.push_async_callback(self.committer.close)
            await self.committer.open(lock)
            failpoint("opened")
            self._stack.push_async_callback(self.pool.close)
            self._stack.push_async_callback(self.articles.close)
            self._stack.push_async_callback(self.deliverer.stop, STOP_GRACE_S)
            self._stack.push_async_callback(self.poller.stop)
            await self.poller.start()
            await self._activate(self._config)
            repeated = await self.committer.do(lambda db: deliveries.recover(db, clock.now()))
            missed = await self.committer.do(lambda db: deliveries.mark_late(db, clock.now() - LATE))
            await self.housekeeper.correct_future_times(clock.now())
            failpoint("recovered")
            if repeated:
                log.warning("deliveries were in flight when the last process ended, sending them again", count=repeated)
            if missed:
                log.warning("deliveries came due while no daemon was running, sending them late", count=missed)
            self._stack = self._stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the polls, then the deliveries, then the database."""
        await self._stack.aclose()

    def health_parts(self, progress: Progress, refused: Callable[[], str]) -> HealthParts:
        """Return the parts of the daemon that the health checks observe or use.

        Args:
            progress: Records when each part of this process last finished some work.
            refused: Returns why the configuration on disk is not active; empty if it is.
        """
        return HealthParts(
            committer=self.committer,
            pool=self.pool,
            active=self.active,
            ping=self.poller.ping,
            deliver_now=self.hits_found.set,
            progress=progress,
            refused=refused,
            backup_error=lambda: self.housekeeper.backup_error,
        )

    def stuck_polls(self) -> dict[str, float]:
        """Return the feeds whose poll takes far too long, each with the number of seconds the poll has been running."""
        # a poll that waits for a full disk is not stuck, and a restart would not help it
        return {} if self.committer.commit_error else self.poller.stuck_polls()

    async def stop_idle_workers(self, now: datetime) -> None:
        """Stop parser processes that have had nothing to do for a while."""
        await self.pool.stop_idle(now)
        await self.articles.stop_idle(now)

    async def poll_now(self, only: str | None = None) -> list[PollReport]:
        """Poll all feeds, or only the feed with the key *only*, and return the outcomes."""
        return await self.poller.poll_now(only)

    async def timers_due(self, now: datetime) -> int:
        """Run the handlers of all timers that are due, and return how many there were."""
        active = self.active()
        return await self.committer.do(
            lambda db: run_due_timers(db, active, now, handlers=HANDLERS, recurring=RECURRING)
        )

    async def deliver_all(self) -> int:
        """Send every delivery that is due now, trying each once; return how many were accepted."""
        return await self.deliverer.deliver_all()

    async def ask(self, query: Callable[[Reader], T]) -> T:
        """Run *query* on the database after all earlier transactions have been committed, and return its result."""
        return await self.committer.do(query)

    async def change_to(self, config: Config) -> None:
        """Activate the configuration *config*; if this raises, the previous configuration stays active.

        Raises:
            UsageError: *config* names another database, which needs a restart.
            StoreError: The change could not be committed.
        """
        old = self.active().config
        if config.storage.path != old.storage.path:
            raise UsageError(f"[storage] path is now {config.storage.path}: restart to change the database")
        async with self._changing:
            await self._activate(config)
        await self.deliverer.resume_edited(old.destinations)
        if config.http != old.http:
            await self.poller.change_fetcher(self._fetcher(config))

    async def learn(self, now: datetime) -> None:
        """Learn ordinary words from the feeds, at most once a day, and recompile the watchlist if they have changed."""
        if await self._learner.learn(now):
            async with self._changing:
                await self._activate(self.active().config)

    async def _activate(self, config: Config) -> None:
        now, learned = clock.now(), await self._learner.current()
        # in a thread, because a large watchlist takes seconds
        watchlist = await asyncio.to_thread(compile_watchlist, with_canary(config), learned.words)
        files = await asyncio.to_thread(_files_without_secrets, config)
        packed = await asyncio.to_thread(watchlists.pack_configuration, files)
        fingerprint = f"{watchlist.fingerprint} {packed.hash}"

        renamed: dict[str, str] = {}  # former key by key

        def configure(db: Writer) -> int:
            renamed.clear()
            feeds.use_secrets(db, config.secrets)
            before = {record.key: record for record in feeds.load_feeds(db)}
            for old, new in _renamed(db, config, before):
                feeds.rename_feed(db, old, new)
                before[new] = replace(before.pop(old), key=new)
                renamed[new] = old
            feeds.configure(db, _configured_records(config, before, now))
            schedule_recurring(db, config, now, RECURRING)
            stored = watchlists.store_configuration(db, packed, now)
            return watchlists.watchlist_version(db, fingerprint, now, vocabulary=learned.version, configuration=stored)

        version = await self.committer.do(configure)
        self._active = ActiveConfiguration(config, watchlist, version, loaded_at=now)
        self.renamed_feeds |= renamed
        for new, old in renamed.items():
            log.info("feed renamed, its entries and state are kept", feed=new, former_key=old)
        await asyncio.to_thread(_store_active_files, config.storage.path, files)

    def _fetcher(self, config: Config) -> Fetcher:
        return Fetcher(_fetch_settings(config), clock=clock.now, hosts=self._hosts)


def _renamed(db: Reader, config: Config, before: Mapping[str, FeedRecord]) -> list[tuple[str, str]]:
    """Return the old and the new key of each feed that was renamed in the configuration.

    A feed counts as renamed if a new key has the URL of a stored feed whose key is no longer configured.
    """
    free = {r.url: key for key, r in before.items() if key not in config.feeds and key not in config.disabled_feeds}
    return [
        (free.pop(feed.url), key)
        for key, feed in config.feeds.items()
        if key not in before and feed.url in free and not feeds.has_entries(db, key)
    ]


def _files_without_secrets(config: Config) -> ActiveFiles:
    # a secret that a configuration file contains must not be copied to a second file
    texts = Redactor(config.secrets).redact(dict(config.files.texts))
    return ActiveFiles(config.path, texts, config.files.matches)


def _store_active_files(database: Path, files: ActiveFiles) -> None:
    """Save a copy of the active configuration files, for commands that run while the files on disk have errors."""
    try:
        save_active_files(database, files)
    except OSError as error:
        log.warning("the copy of the active configuration for commands could not be written", cause=error)


def _fetch_settings(config: Config) -> FetchSettings:
    return FetchSettings(
        timeout_s=config.http.timeout_s,
        max_body=config.http.max_size,
        user_agent=user_agent(config.http.contact),
        allow_private=config.http.allow_private,
        proxy=config.http.proxy,
    )


def _configured_records(config: Config, before: Mapping[str, FeedRecord], now: datetime) -> list[FeedRecord]:
    http = _fetch_settings(config)
    listed = [(feed, before.get(key)) for key, feed in config.feeds.items()]
    crowd = sum(record is None or record.settings != settings_fingerprint(feed, http) for feed, record in listed)
    return [configured_record(feed, record, now, http=http, crowd=crowd) for feed, record in listed]
