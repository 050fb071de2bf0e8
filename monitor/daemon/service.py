"""The daemon: puts the parts together, starts them in order, ends them in order."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO, TypeVar

from monitor.config import Config
from monitor.daemon import clock
from monitor.daemon.commit import Committer
from monitor.daemon.deliver import Deliverer
from monitor.daemon.logs import Log
from monitor.daemon.poll import Poller, PollReport, user_agent
from monitor.daemon.watch import Watch
from monitor.feeds.due import first_due, phase_of
from monitor.feeds.fetch import Fetcher
from monitor.feeds.workers import ParserPool
from monitor.model import FeedRecord
from monitor.store import InstanceLock, Reader, Writer, deliveries, feeds, watchlists
from monitor.watchlist import compile_watchlist

T = TypeVar("T")

TICK_S = 1
STOP_GRACE_S = 8.0  # systemd and people wait ten seconds

log = Log(__name__)


class Daemon:
    """Everything that runs, from ``async with`` to its end.

    Entering takes the lock, opens the database, puts the configuration in force and makes deliveries that were in
    flight when the process before this one died due again. Then either ``run`` (on schedule, until cancelled) or
    ``poll_now`` and ``deliver_all`` (once).

    Raises:
        AnotherInstance: Another process holds the database.
        StoreError: The database cannot be used.
    """

    def __init__(self, config: Config, *, console: TextIO | None = None, colour: bool = False) -> None:
        self._config = config
        self._watch: Watch | None = None
        self._stack = AsyncExitStack()
        self._committer = Committer(config.storage.path)
        self._pool = ParserPool()
        self._fetcher = Fetcher(
            timeout_s=config.http.timeout_s,
            user_agent=user_agent(config.http.contact),
            allow_private=config.http.allow_private,
            clock=clock.now,
        )
        self.deliverer = Deliverer(self._committer, watch=self.watch, console=console or sys.stdout, colour=colour)
        self._hits_found = asyncio.Event()
        self.poller = Poller(
            self._committer,
            self._fetcher,
            self._pool,
            watch=self.watch,
            on_hits=self._hits_found.set,
        )

    def watch(self) -> Watch:
        """Return what is in force now."""
        if self._watch is None:
            raise RuntimeError("the daemon has not started")
        return self._watch

    async def __aenter__(self) -> Daemon:
        """Start all parts but the schedule."""
        async with self._stack:
            self._stack.enter_context(InstanceLock(self._config.storage.path))
            self._stack.push_async_callback(self._committer.close)
            await self._committer.open()
            self._stack.push_async_callback(self._pool.close)
            await self._stack.enter_async_context(self._fetcher)
            self._stack.push_async_callback(self.deliverer.stop, STOP_GRACE_S)
            self._stack.push_async_callback(self.poller.stop)
            await self._put_in_force(self._config)
            repeated = await self._committer.do(lambda db: deliveries.recover(db, clock.now()))
            if repeated:
                log.warning("deliveries were in flight when the process ended, sending again", count=repeated)
            self._stack = self._stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End polls, then sends, then the database."""
        await self._stack.aclose()

    async def poll_now(self, only: str | None = None) -> list[PollReport]:
        """Poll every feed, or *only* the one of that key, and return how each went."""
        return await self.poller.poll_now(only)

    async def deliver_all(self) -> int:
        """Send all that is due now, each once, and return how many were accepted."""
        return await self.deliverer.deliver_all()

    async def ask(self, query: Callable[[Reader], T]) -> T:
        """Return what *query* reads from the database, all that was committed included."""
        return await self._committer.do(query)

    async def run(self) -> None:
        """Poll and deliver on schedule until cancelled."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        scheduler = AsyncIOScheduler(
            timezone=UTC,
            # a tick that is late runs late: the default grace of a second would drop it
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for job in (self.poller.poll_due, self.timers_due):
            scheduler.add_job(_at_now(job), "interval", seconds=TICK_S, next_run_time=clock.now(), id=job.__name__)
        scheduler.start()
        log.info("running", feeds=len(self._config.feeds), rules=len(self._config.rules))
        try:
            while True:
                await self._hits_found.wait()
                self._hits_found.clear()
                await self.deliverer.deliver_due(clock.now())
        finally:
            scheduler.shutdown(wait=False)
            log.info("stopping")

    async def timers_due(self, now: datetime) -> None:
        """Do what the moment asks for: deliveries that are due, workers that have had nothing to do."""
        await self.deliverer.deliver_due(now)
        await self._pool.stop_idle(now)

    async def _put_in_force(self, config: Config) -> None:
        watchlist = compile_watchlist(config)
        now = clock.now()

        def settle(db: Writer) -> int:
            feeds.configure(db, [_fresh(config, key, now) for key in config.feeds])
            return watchlists.watchlist_version(db, watchlist.fingerprint, now)

        self._watch = Watch(config, watchlist, await self._committer.do(settle))


def _fresh(config: Config, key: str, now: datetime) -> FeedRecord:
    feed = config.feeds[key]
    due_at = first_due(now, interval_s=feed.every_s, phase=phase_of(key))
    return FeedRecord(key=key, url=feed.url, due_at=due_at)


def _at_now(job: Callable[[datetime], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def tick() -> None:
        await job(clock.now())

    return tick
