"""Worker processes that parse untrusted documents, with limits of time and memory for each document.

Small inputs can keep feedparser busy for half a minute. A thread cannot be stopped, but a process can: only that
document fails, and others are not affected.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
from collections.abc import Callable, Collection
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime, timedelta
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from monitor.errors import FeedError, FeedState
from monitor.model import PageSelectors, ParsedFeed

T = TypeVar("T")

WORKERS = 2
TASKS_PER_WORKER = 1000  # documents after which a process is replaced, in case its memory grows
WALL_LIMIT_S = 4.0
CPU_LIMIT_S = 3
MEMORY_LIMIT = 112 * 1024 * 1024  # beyond what a process has before its first document; 5 MB of XML need 85 MB
IDLE_S = 60.0
_CHECK_S = 0.5  # between two checks whether the pool still exists while a document is parsed


class WorkerPool:
    """Worker processes that start with the first task and end when they have been idle for some time.

    Args:
        prepare: Called in each process before its first task: imports slow modules and calls ``limit_process``.
        workers: The number of processes. Further tasks wait, without using up their time limit.
        wall_limit_s: The time limit for one task in seconds.
        idle_s: After how many idle seconds the processes are ended.
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
        """Whether there are worker processes at present."""
        return self._pool is not None

    async def run(self, task: Callable[..., T], *arguments: object) -> T:
        """Call *task* with *arguments* in a worker process and return its result.

        Raises:
            FeedError: The task raised it, or took too much time or memory (UNREADABLE).
        """
        self._busy += 1
        self._idle_since = None
        try:
            try:
                return await self._run(task, arguments)
            except BrokenProcessPool:
                # an idle worker was killed from outside, which breaks pebble's whole pool
                return await self._run(task, arguments)
        except TimeoutError as error:
            cause = f"parsing the document took more than {self._wall_limit_s:g} s"
            raise FeedError(FeedState.UNREADABLE, cause) from error
        except (ProcessExpired, MemoryError) as error:
            cause = "parsing the document took more time or memory than is allowed for one feed"
            raise FeedError(FeedState.UNREADABLE, cause) from error
        except BrokenProcessPool as error:
            raise FeedError(FeedState.UNREADABLE, "the parser process died") from error
        finally:
            self._busy -= 1

    async def stop_idle(self, now: datetime) -> None:
        """End the processes if they have been idle for ``idle_s``; call this about once a second."""
        if self._pool is None or self._busy:
            return
        self._idle_since = self._idle_since or now
        if now - self._idle_since >= self._idle:
            await self.close()

    async def close(self) -> None:
        """End the processes; the next task starts new ones.

        Calls of ``run`` that have not returned raise CancelledError.
        """
        for task in tuple(self._tasks):
            task.cancel()  # pebble never completes the futures of a stopped pool
        pool, self._pool, self._idle_since = self._pool, None, None
        if pool is not None:
            await end_processes(pool)

    async def _run(self, work: Callable[..., T], arguments: tuple[object, ...]) -> T:
        pool, broken = self._pool, None
        if pool is None or not pool.active:
            # without an await between, so that two documents that find the pool broken do not both start one
            broken, self._pool = pool, (pool := start_processes(self._prepare, self._workers))
        task: Future[T] = pool.schedule(within_limits, args=(work, *arguments), timeout=self._wall_limit_s)
        self._tasks.add(task)
        outcome = asyncio.wrap_future(task)
        try:
            if broken is not None:
                await end_processes(broken)
            while not outcome.done():
                await asyncio.wait({outcome}, timeout=_CHECK_S)
                if not outcome.done() and not pool.active:
                    raise BrokenProcessPool("pebble lost a document when its pool broke")
            return outcome.result()
        finally:
            outcome.cancel()
            self._tasks.discard(task)


class ParserPool(WorkerPool):
    """Worker processes that parse feeds."""

    def __init__(self, *, workers: int = WORKERS, wall_limit_s: float = WALL_LIMIT_S, idle_s: float = IDLE_S) -> None:
        super().__init__(prepare_for_feeds, workers=workers, wall_limit_s=wall_limit_s, idle_s=idle_s)

    async def parse(
        self,
        body: bytes,
        content_type: str,
        url: str,
        known: Collection[bytes] = (),
        page: PageSelectors | None = None,
    ) -> ParsedFeed:
        """Return the feed, sitemap or web page in *body*, parsed in a worker process.

        Args:
            body: The document, decompressed, in its own encoding.
            content_type: The Content-Type header; may be empty.
            url: The URL of the response.
            known: The ``raw_hash`` of entries that need not be parsed again.
            page: Where the entries of a web page are; None if the document is a feed or a sitemap.

        Raises:
            FeedError: The document is not a feed, or takes too much time or memory.
        """
        return await self.run(read_document, body, content_type, url, known, page)


def start_processes(prepare: Callable[[], None], workers: int) -> ProcessPool:
    """Return a pool of *workers* processes, each of which calls *prepare* before its first task."""
    start_resource_tracker()
    return ProcessPool(
        max_workers=workers,
        max_tasks=TASKS_PER_WORKER,
        initializer=prepare,
        # fork would copy the locks of other threads in any state; a fork server would never exit, and take 7 MB
        context=multiprocessing.get_context("spawn"),
    )


def start_resource_tracker() -> None:
    """Start the process that deletes the semaphores of this one if it is killed, without the warning that it did so.

    The process inherits stderr, and the warning is plain text between the lines of a JSON log.
    """
    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, (before, "ignore:resource_tracker:UserWarning")))
    try:
        resource_tracker.ensure_running()
    finally:
        os.environ.pop("PYTHONWARNINGS")
        os.environ |= {"PYTHONWARNINGS": before} if before is not None else {}


async def end_processes(pool: ProcessPool) -> None:
    """Kill the processes of *pool* and wait for them to exit."""
    pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it without types
    await asyncio.to_thread(pool.join)


def prepare_for_feeds() -> None:
    """Prepare a worker process for feeds: import the parser, which is slow, and set resource limits."""
    import monitor.feeds.parse.document  # noqa: F401

    limit_process()


def limit_process() -> None:
    """Limit the memory of this process, and forbid it to write files and core dumps."""
    most = _address_space() + MEMORY_LIMIT
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space() -> int:
    """Return the size of the address space of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def within_limits(work: Callable[..., T], *arguments: object) -> T:
    """Return the result of *work*; the process is killed if that takes more than CPU_LIMIT_S seconds of CPU time."""
    # the limit counts from the start of the process: it is set anew for each document
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + CPU_LIMIT_S
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    return work(*arguments)


def read_document(
    body: bytes, content_type: str, url: str, known: Collection[bytes], page: PageSelectors | None = None
) -> ParsedFeed:
    """Return the feed in *body*; any exception that the document causes in the parser becomes a FeedError.

    Args:
        body: The document, decompressed, in its own encoding.
        content_type: The Content-Type header.
        url: The URL of the response.
        known: The ``raw_hash`` of entries that need not be parsed again.
        page: Where the entries of a web page are; None if the document is a feed or a sitemap.

    Raises:
        FeedError: The document is not a feed, or parsing failed.
    """
    from monitor.feeds.parse.document import parse_feed, parse_page

    try:
        if page is not None:
            return parse_page(body, content_type, url, page, known)
        return parse_feed(body, content_type, url, known)
    except FeedError:
        raise
    except Exception as error:  # some exceptions cannot be pickled and would never reach the caller
        cause = f"parsing the document failed: {type(error).__name__}: {error}"[:200]
        raise FeedError(FeedState.UNREADABLE, cause) from None
