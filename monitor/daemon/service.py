"""Run the daemon as a service until it is stopped: scheduled jobs, signals, reload, watchdog and control socket."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from monitor import clock
from monitor.config import Config, load
from monitor.daemon import systemd
from monitor.daemon.app import Daemon
from monitor.daemon.control_client import Request
from monitor.daemon.control_socket import ControlSocket
from monitor.daemon.maintenance import return_free_memory
from monitor.daemon.operator_actions import OperatorAction, perform_action, read_action
from monitor.daemon.reload import ConfigurationSource, Reloader
from monitor.daemon.scheduler import Job, Scheduler
from monitor.daemon.status import Observed, status_report
from monitor.errors import StoreError
from monitor.health.checks import HealthChecks
from monitor.health.progress import Part, Progress
from monitor.logs import Log
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.watchlist import change_words
from monitor.wording import counted

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
POLL_EVERY = timedelta(seconds=0.5)  # a feed that is due waits at most so long, and half of it on average
HOURLY_FIRST = timedelta(minutes=5)  # from the start to the first run of hourly jobs
REPEAT_AFTER_S = 600.0  # an error of the event loop that persists is logged again after this

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class RunningService:
    """The functions of the running daemon that the web page uses."""

    active: Callable[[], ActiveConfiguration]
    act: Callable[[OperatorAction], Awaitable[str]]  # performs the action; returns what was done; raises UsageError
    status: Callable[[], Awaitable[dict[str, Any] | None]]  # the status report; None: this daemon runs no schedule


async def run(
    daemon: Daemon,
    read: Callable[[], Config],
    *,
    beside: Callable[[RunningService], AbstractAsyncContextManager[object]] | None = None,
) -> None:
    """Poll and deliver on schedule until SIGTERM, SIGINT, or an error that only a person can fix.

    Args:
        daemon: The daemon, already started with ``async with``.
        read: Reads the configuration from disk, for SIGHUP and after an edit; raises ConfigError if it has errors.
        beside: Returns a context manager, such as the server of the web page, that is entered once the daemon runs and
            left when it stops; None: there is none.

    Raises:
        StoreError: The database file was deleted or replaced.
    """
    await _Service(daemon, read).run(beside)


class _Service:
    def __init__(self, daemon: Daemon, read: Callable[[], Config]) -> None:
        self._daemon = daemon
        self._started_at = clock.now()
        self._stop = asyncio.Event()
        self._progress = Progress(*Part, stuck_polls=daemon.stuck_polls)
        path = daemon.active().config.path
        self._reloader = Reloader(
            ConfigurationSource(
                read,
                watched=lambda: load(path, environ=os.environ).watched,
                apply=daemon.change_to,
                active=lambda: daemon.active().config,
            )
        )
        self._health = HealthChecks(
            daemon.health_parts(self._progress, refused=lambda: self._reloader.refused), started_at=self._started_at
        )
        self._control = ControlSocket(daemon.active().config.storage.path, self._answer)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, beside: Callable[[RunningService], AbstractAsyncContextManager[object]] | None) -> None:
        asyncio.get_running_loop().set_exception_handler(LoopErrors())
        scheduler = Scheduler(self._jobs())
        self._listen_to_signals()
        await self._control.open()
        scheduler.start()
        active = self._daemon.active()
        feeds, rules = len(active.config.feeds), len(active.config.rules)
        log.info("running", feeds=feeds, rules=rules, watchlist=active.version)
        systemd.ready(f"{counted(feeds, 'feed')}, {counted(rules, 'rule')}")
        hits = asyncio.create_task(self._deliver_hits(), name="deliver hits")
        try:
            async with AsyncExitStack() as stack:
                if beside is not None:
                    running = RunningService(self._daemon.active, self._act, self._status)
                    await stack.enter_async_context(beside(running))
                await self._until_stopped()
        finally:
            systemd.stopping()
            log.info("stopping")
            await scheduler.stop()
            await self._control.close()
            tasks = [hits, *self._tasks]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _jobs(self) -> list[Job]:
        daemon, housekeeper = self._daemon, self._daemon.housekeeper
        jobs = [
            Job("poll", self._poll, POLL_EVERY),
            Job("timers", self._run_timers, SECOND),
            Job("deliver", self._deliver, SECOND),
            Job("reload", self._reload_if_edited, SECOND),
            Job("tidy", housekeeper.tidy, HOUR, HOURLY_FIRST),
            Job("back up", housekeeper.back_up, MINUTE, MINUTE),  # checks whether a backup is due
            Job("clock", housekeeper.correct_future_times, MINUTE, MINUTE),
            Job("health", self._health.check, MINUTE, MINUTE),
            Job("learn", daemon.learn, HOUR, HOURLY_FIRST),  # checks whether a day has passed
            Job("free memory", return_free_memory, MINUTE, MINUTE),
        ]
        if interval_s := systemd.watchdog_interval_s():
            jobs.append(Job("watchdog", self._watchdog, timedelta(seconds=interval_s)))
        return jobs

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._start_reload)

    async def _until_stopped(self) -> None:
        """Wait for a stop signal; raise if the database file is gone, which only a restart can fix."""
        lost = self._daemon.committer.lost
        stop = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait([stop, lost], return_when=asyncio.FIRST_COMPLETED)  # type: ignore[type-var] # two results
        stop.cancel()
        if lost.done():
            lost.result()

    # ------------------------------------------------------------ jobs

    async def _poll(self, now: datetime) -> None:
        await self._daemon.poller.poll_due(now)
        self._progress.record(Part.POLLS)

    async def _run_timers(self, now: datetime) -> None:
        if await self._daemon.timers_due(now):
            self._daemon.hits_found.set()

    async def _deliver(self, now: datetime) -> None:
        await self._daemon.deliverer.deliver_due(now)
        await self._daemon.stop_idle_workers(now)
        self._progress.record(Part.DELIVERIES, Part.DATABASE)  # it has answered which deliveries are due

    async def _deliver_hits(self) -> None:
        """Start deliveries at once whenever hits were found, before the next run of the delivery job."""
        while True:
            await self._daemon.hits_found.wait()
            self._daemon.hits_found.clear()
            try:
                await self._daemon.deliverer.deliver_due(clock.now())
            except StoreError as error:
                log.debug("deliveries will be started at the next interval", cause=error)

    async def _watchdog(self, _now: datetime) -> None:
        """Report to systemd that the service makes progress; if a part has stalled, let systemd restart the service."""
        await self._daemon.ask(lambda _: None)
        self._progress.record(Part.DATABASE)
        if problems := self._progress.problems():
            log.error("no progress, systemd will restart the service", problems="; ".join(problems))
        else:
            systemd.watchdog()

    async def _reload_if_edited(self, _now: datetime) -> None:
        await self._reloader.reload_if_edited()

    def _start_reload(self) -> None:
        task = asyncio.create_task(self._reloader.reload(), name="reload")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ------------------------------------------------------------ requests on the control socket

    async def _answer(self, request: Request) -> Any:
        name = request.get("do")
        if name == "status":
            return await self._status()
        return await self._act(read_action(request))

    async def _act(self, action: OperatorAction) -> str:
        answer = await self._daemon.committer.do(lambda db: perform_action(db, action, clock.now()))
        self._daemon.hits_found.set()
        return answer

    async def _status(self) -> dict[str, Any]:
        observed = Observed(
            active=self._daemon.active(),
            started_at=self._started_at,
            changes=change_words(self._reloader.changes),
            refused=self._reloader.refused,
            commit_error=self._daemon.committer.commit_error,
            backup_error=self._daemon.housekeeper.backup_error,
            ping_error=self._health.ping_error,
            stalled=self._progress.problems(),
            renamed_feeds=self._daemon.renamed_feeds,
        )
        return await self._daemon.ask(lambda db: status_report(db, observed, clock.now()))


class LoopErrors:
    """An exception handler for the event loop that logs each cause at most once in ten minutes.

    When file descriptors run out, for example, asyncio calls the handler for every connection.
    """

    def __init__(self) -> None:
        self._logged_at: dict[str, float] = {}  # by cause

    def __call__(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log the error that *context* describes, unless an error with the same cause was logged recently."""
        error, now = context.get("exception"), monotonic()
        cause = f"{type(error).__name__}: {error}" if error else str(context.get("message"))
        self._logged_at = {c: at for c, at in self._logged_at.items() if now - at < REPEAT_AFTER_S}
        if cause in self._logged_at:
            return
        self._logged_at[cause] = now
        if isinstance(error, OSError):
            log.warning("a system call failed", cause=error, during=context.get("message"))
        else:
            log.error("unexpected error in the event loop", trace=error, cause=cause, during=context.get("message"))
