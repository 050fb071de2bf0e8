"""The daemon on schedule: ticks, signals, reload, watchdog and control socket, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor import clock
from monitor.config import Config
from monitor.daemon import systemd
from monitor.daemon.app import Daemon
from monitor.daemon.clock_changes import mind_clock
from monitor.daemon.control_socket import Control, Request
from monitor.daemon.memory import give_back
from monitor.daemon.operator_actions import ACTS
from monitor.daemon.reload import Watched
from monitor.daemon.status import status
from monitor.errors import ConfigError, MonitorError, StoreError, UsageError
from monitor.health.checks import Health
from monitor.health.progress import Progress
from monitor.logs import Log

TICK_S = 1
POLL_TICK_S = 0.5  # a feed that is due waits so long at most, and half of it in the mean
TIDY_EVERY, TIDY_FIRST = timedelta(hours=1), timedelta(minutes=5)
MINUTE = timedelta(minutes=1)

log = Log(__name__)


async def run(daemon: Daemon, read: Callable[[], Config]) -> None:
    """Poll and deliver on schedule until SIGTERM, SIGINT, or an error that only a person can mend.

    Args:
        daemon: Entered already.
        read: Reads the configuration anew, for SIGHUP and after an edit; ConfigError when it cannot be run.

    Raises:
        StoreError: The database file is gone or was replaced.
    """
    await _Schedule(daemon, read).run()


class _Schedule:
    def __init__(self, daemon: Daemon, read: Callable[[], Config]) -> None:
        self._daemon = daemon
        self._read = read
        config = daemon.active().config
        self._files = Watched(config.files)
        self._refused = ""  # why the configuration on disk is not in force
        self._reloading = asyncio.Lock()
        self._began_at = clock.now()
        self._stop = asyncio.Event()
        self._progress = Progress("polls", "deliveries", "database")
        self._health = Health(
            daemon.health_parts(), refused=lambda: self._refused, progress=self._progress, began_at=self._began_at
        )
        self._control = Control(config.storage.path, self._handle)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        scheduler = AsyncIOScheduler(
            timezone=UTC,
            # a tick that is late runs late: the default grace of a second would drop it
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._add_jobs(scheduler)
        self._listen_to_signals()
        await self._control.open()
        scheduler.start()
        active = self._daemon.active()
        feeds, rules = len(active.config.feeds), len(active.config.rules)
        log.info("running", feeds=feeds, rules=rules, watchlist=active.version)
        systemd.ready(f"{feeds} feeds, {rules} rules")
        found = asyncio.create_task(self._deliver_what_is_found())
        minding = asyncio.create_task(mind_clock(scheduler))
        try:
            await self._until_stopped()
        finally:
            systemd.stopping()
            log.info("stopping")
            scheduler.shutdown(wait=False)
            await self._control.close()
            for task in (found, minding, *self._tasks):
                task.cancel()
            await asyncio.gather(found, minding, *self._tasks, return_exceptions=True)

    def _add_jobs(self, scheduler: AsyncIOScheduler) -> None:
        jobs = ((self._poll, POLL_TICK_S), (self._ring, TICK_S), (self._deliver, TICK_S), (self._look_at_files, TICK_S))
        for job, tick_s in jobs:
            scheduler.add_job(_at_now(job), "interval", seconds=tick_s, next_run_time=clock.now(), id=job.__name__)
        keeper, now = self._daemon.housekeeper, clock.now()
        for job, every, first in (
            (keeper.tidy, TIDY_EVERY, TIDY_FIRST),
            (keeper.back_up, MINUTE, MINUTE),  # looks whether a copy is due
            (keeper.mind_clock, MINUTE, MINUTE),
            (self._health.look, MINUTE, MINUTE),
            (self._daemon.learn, TIDY_EVERY, TIDY_FIRST),  # looks whether a day has passed
        ):
            scheduler.add_job(
                _at_now(job), "interval", seconds=every.total_seconds(), next_run_time=now + first, id=job.__name__
            )
        scheduler.add_job(give_back, "interval", seconds=MINUTE.total_seconds())
        if interval_s := systemd.watchdog_interval_s():
            scheduler.add_job(self._watchdog, "interval", seconds=interval_s, next_run_time=clock.now())

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._start_reload)

    async def _until_stopped(self) -> None:
        """Wait until somebody says stop; raise when the database is gone, which nothing but a restart can mend."""
        lost = self._daemon.committer.lost
        stop = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait([stop, lost], return_when=asyncio.FIRST_COMPLETED)  # type: ignore[type-var] # two results
        stop.cancel()
        if lost.done():
            lost.result()

    # ------------------------------------------------------------ ticks

    async def _poll(self, now: datetime) -> None:
        await self._daemon.poller.poll_due(now)
        self._progress.moved("polls")

    async def _ring(self, now: datetime) -> None:
        if await self._daemon.timers_due(now):
            self._daemon.hits_found.set()

    async def _deliver(self, now: datetime) -> None:
        await self._daemon.deliverer.deliver_due(now)
        await self._daemon.pool.stop_idle(now)
        await self._daemon.articles.stop_idle(now)
        self._progress.moved("deliveries", "database")  # which has been asked what is due

    async def _deliver_what_is_found(self) -> None:
        while True:
            await self._daemon.hits_found.wait()
            self._daemon.hits_found.clear()
            await _at_now(self._daemon.deliverer.deliver_due)()

    async def _watchdog(self) -> None:
        """Tell systemd that all is well, unless a part stands still: then it restarts the service."""
        await self._daemon.ask(lambda _: None)
        self._progress.moved("database")
        stalled = self._progress.stalled()
        if stalled:
            log.error("no progress, the watchdog is not told", parts=", ".join(stalled))
        else:
            systemd.watchdog()

    # ------------------------------------------------------------ reload

    async def _look_at_files(self, now: datetime) -> None:  # noqa: ARG002 - a job is given the moment
        if self._files.edited():
            await self._reload()

    def _start_reload(self) -> None:
        task = asyncio.create_task(self._reload())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reload(self) -> None:
        """Put the configuration on disk in force, whole, or leave the one that is and say why."""
        async with self._reloading:
            systemd.reloading()
            try:
                config = await asyncio.to_thread(self._read)
                await self._daemon.change_to(config)
                self._refused = ""
                self._files.follow(config.files)
            except MonitorError as error:
                self._refused = error.summary if isinstance(error, ConfigError) else str(error)
            in_force = self._daemon.active().config
            if self._refused:
                log.error("configuration refused, the one before stays in force", problems=self._refused)
            else:
                log.info("configuration in force", feeds=len(in_force.feeds), rules=len(in_force.rules))
            systemd.ready(f"{len(in_force.feeds)} feeds, {len(in_force.rules)} rules")

    # ------------------------------------------------------------ what people ask

    async def _handle(self, request: Request) -> Any:
        name = request.get("do")
        if name == "status":
            return await status(
                self._daemon,
                began_at=self._began_at,
                refused=self._refused,
                progress=self._progress,
                ping_error=self._health.ping_error,
            )
        if name not in ACTS:
            raise UsageError(f'the daemon cannot do "{name}"; it is of another version than this command')
        said = await self._daemon.committer.do(lambda db: ACTS[name](db, request, clock.now()))
        self._daemon.hits_found.set()
        return said


def _at_now(job: Callable[[datetime], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Return *job* as the scheduler calls it; a database that is busy or full is for the next tick."""

    async def tick() -> None:
        try:
            await job(clock.now())
        except StoreError as error:
            log.warning("the database cannot be used, trying again", cause=error)

    return tick
