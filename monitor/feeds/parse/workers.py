"""Processes in which documents are parsed, each task within limits of time and memory.

Small inputs can keep feedparser busy for half a minute. A thread cannot be stopped, a process can: the one
task ends and is reported, the others go on.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
from collections.abc import Callable, Collection
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from monitor.errors import FeedError, FeedState
from monitor.model import ParsedFeed

T = TypeVar("T")

WORKERS = 2
TASKS_PER_WORKER = 1000  # a fresh process now and then; in so many real feeds it grows by 3 MB, at the beginning
WALL_LIMIT_S = 4.0
CPU_LIMIT_S = 3
MEMORY_ROOM = 112 * 1024 * 1024  # beside what a process has before its first document; 5 MB of dense XML take 85
IDLE_S = 60.0
_LOOK_S = 0.5  # how often it is seen whether the pool still is there while a document is read


class WorkerPool:
    """Worker processes that come with the first document and go when there is nothing to do.

    Args:
        prepare: Called in each process before its first task: ``confine`` and the import of what takes long.
        workers: Documents read at a time; others wait, and their time does not run yet.
        wall_limit_s: For one document.
        idle_s: How long the processes are kept without work.
    """

    def __init__(
        self,
        prepare: Callable[[], None],
        *,
        workers: int = WORKERS,
        wall_limit_s: float = WALL_LIMIT_S,
        idle_s: float = IDLE_S,
    ) -> None:
        self._prepare = prepare
        self._workers = workers
        self._wall_limit_s = wall_limit_s
        self._idle = timedelta(seconds=idle_s)
        self._pool: ProcessPool | None = None
        self._tasks: set[Future[Any]] = set()
        self._busy = 0
        self._idle_since: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether there are worker processes at the moment."""
        return self._pool is not None

    async def run(self, task: Callable[..., T], *arguments: object) -> T:
        """Return what *task* makes of the *arguments* in a worker process.

        Raises:
            FeedError: As the task does; UNREADABLE when it takes too long or too much memory.
        """
        self._busy += 1
        self._idle_since = None
        try:
            try:
                return await self._run(task, arguments)
            except BrokenProcessPool:
                # an idle worker was killed from outside, which takes pebble's whole pool along
                return await self._run(task, arguments)
        except TimeoutError as error:
            cause = f"reading it took more than {self._wall_limit_s:g} s"
            raise FeedError(FeedState.UNREADABLE, cause) from error
        except (ProcessExpired, MemoryError) as error:
            cause = "reading it took more time or memory than a feed may"
            raise FeedError(FeedState.UNREADABLE, cause) from error
        except BrokenProcessPool as error:
            raise FeedError(FeedState.UNREADABLE, "the process that read it died") from error
        finally:
            self._busy -= 1

    async def stop_idle(self, now: datetime) -> None:
        """End the processes when they had no work for the idle time; to be called every second or so."""
        if self._pool is None or self._busy:
            return
        self._idle_since = self._idle_since or now
        if now - self._idle_since >= self._idle:
            await self.close()

    async def close(self) -> None:
        """End the processes; the next document starts new ones.

        Documents that are being read are given up: who waits for one gets CancelledError.
        """
        for task in tuple(self._tasks):
            task.cancel()  # pebble leaves those of a stopped pool open for ever
        pool, self._pool, self._idle_since = self._pool, None, None
        if pool is not None:
            await end_processes(pool)

    async def _run(self, work: Callable[..., T], arguments: tuple[object, ...]) -> T:
        pool, broken = self._pool, None
        if pool is None or not pool.active:
            # in one step, so that two documents that find the pool broken do not both start one
            broken, self._pool = pool, (pool := start_processes(self._prepare, self._workers))
        task: Future[T] = pool.schedule(within_limits, args=(work, *arguments), timeout=self._wall_limit_s)
        self._tasks.add(task)
        outcome = asyncio.wrap_future(task)
        try:
            if broken is not None:
                await end_processes(broken)
            while not outcome.done():
                await asyncio.wait({outcome}, timeout=_LOOK_S)
                if not outcome.done() and not pool.active:
                    raise BrokenProcessPool("pebble forgot a document when its pool broke")
            return outcome.result()
        finally:
            outcome.cancel()
            self._tasks.discard(task)


class ParserPool(WorkerPool):
    """Worker processes that read feeds."""

    def __init__(self, *, workers: int = WORKERS, wall_limit_s: float = WALL_LIMIT_S, idle_s: float = IDLE_S) -> None:
        super().__init__(prepare_for_feeds, workers=workers, wall_limit_s=wall_limit_s, idle_s=idle_s)

    async def parse(self, body: bytes, content_type: str, url: str, known: Collection[bytes] = ()) -> ParsedFeed:
        """Return the feed in *body*, as ``parse_feed`` does, read in a worker process. Raises what ``run`` raises."""
        return await self.run(read_document, body, content_type, url, known)


def start_processes(prepare: Callable[[], None], workers: int) -> ProcessPool:
    """Return a pool of *workers* processes, each of which calls *prepare* before its first task."""
    return ProcessPool(
        max_workers=workers,
        max_tasks=TASKS_PER_WORKER,
        initializer=prepare,
        # fork would copy the locks of other threads in any state; a fork server would never exit, and take 7 MB
        context=multiprocessing.get_context("spawn"),
    )


async def end_processes(pool: ProcessPool) -> None:
    """Kill the processes of *pool* and wait for them to exit."""
    pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it without types
    await asyncio.to_thread(pool.join)


def prepare_for_feeds() -> None:
    """Import what reads feeds, so that the first document's time is its own, and confine this process."""
    import monitor.feeds.parse.document  # noqa: F401

    confine()


def confine() -> None:
    """Take from this process what reading documents does not need: memory without end, files, core dumps."""
    most = _address_space() + MEMORY_ROOM
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space() -> int:
    """Return the bytes of address space of this process."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def within_limits(work: Callable[..., T], *arguments: object) -> T:
    """Return what *work* returns; dies when that takes more than CPU_LIMIT_S seconds of CPU."""
    # the limit counts the process's whole life: it starts again with each document
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + CPU_LIMIT_S
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    return work(*arguments)


def read_document(body: bytes, content_type: str, url: str, known: Collection[bytes]) -> ParsedFeed:
    """Return ``parse_feed`` of the arguments; whatever a hostile document raises is a failure of its feed."""
    from monitor.feeds.parse.document import parse_feed

    try:
        return parse_feed(body, content_type, url, known)
    except FeedError:
        raise
    except Exception as error:  # some cannot be pickled, and would not come back
        cause = f"reading it failed: {type(error).__name__}: {error}"[:200]
        raise FeedError(FeedState.UNREADABLE, cause) from None
