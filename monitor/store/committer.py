"""The committer: the only thread that writes to the database.

Callers pass it functions that take the database; it runs them one at a time, in order. The records of polls without a
new document are written in batches: if a batch is lost in a crash, its feeds are only polled again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import TypeVar

from monitor.errors import StoreError, StoreGone
from monitor.logs import Log
from monitor.model import FeedRecord
from monitor.store import InstanceLock, Writer, feeds, open_writer, write

T = TypeVar("T")
Waiting = tuple[FeedRecord, asyncio.Future[None]]  # the record of a poll without a new document, and its caller
Batch = list[Waiting]

BATCH_S = 0.2  # a poll without a new document waits this long for others
BATCH_SIZE = 200
RETRY_S = 2.0  # a commit that failed (disk full, database busy) is tried again after this
WARN_EVERY_S = 60.0  # while commits fail; there may be hundreds of them, and the log may be on the same full disk

log = Log(__name__)


class Committer:
    """The thread that owns the writing connection; all writes of the daemon are made through it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="committer")
        self._db: Writer | None = None
        self._batch: Batch = []
        self._flush_soon: asyncio.Task[None] | None = None  # flushes the open batch after BATCH_S
        self._flushes: set[asyncio.Task[None]] = set()
        self.commit_error = ""  # why the last commit that must not be lost failed; empty if it succeeded
        self._warned_at = float("-inf")  # by the monotonic clock
        self._failures = 0  # since that warning
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()  # fails with StoreGone
        # the callers of ``do`` get the error too, so asyncio has no unhandled exception to report
        self.lost.add_done_callback(lambda lost: lost.cancelled() or lost.exception())

    async def open(self, lock: InstanceLock | None = None) -> None:
        """Open the database in the committer's thread.

        Args:
            lock: The lock on the database that the caller holds; None only if no other process can open the path.

        Raises:
            StoreError: The database cannot be used.
        """
        self._db = await self._in_thread(lambda: open_writer(self._path, lock))
        if self._db.backed_up_to:
            log.info("database upgraded, a copy of the older version is kept", copy=self._db.backed_up_to)

    async def do(self, job: Callable[[Writer], T], then: Callable[[T], None] | None = None) -> T:
        """Run *job* in the committer's thread, inside one transaction, and return its result.

        Args:
            job: Reads and writes; everything it wrote is rolled back if it raises.
            then: Called with the result after the commit, in the committer's thread and before the next job.

        Raises:
            StoreError: The transaction could not be committed.
            StoreGone: The database file was deleted or replaced; ``lost`` has the same error.
        """

        def transaction() -> T:
            assert self._db is not None, "the committer is not open"  # noqa: S101 - a mistake of the caller
            with write(self._db):
                result = job(self._db)
            if then is not None:
                then(result)
            return result

        return await self._run(transaction)

    async def run_outside_transaction(self, job: Callable[[Writer], T]) -> T:
        """Run *job* in the committer's thread without a transaction.

        Use it for reads, and for statements that are atomic by themselves.

        Raises:
            StoreError: The database cannot be used.
            StoreGone: The database file was deleted or replaced; ``lost`` has the same error.
        """

        def alone() -> T:
            assert self._db is not None, "the committer is not open"  # noqa: S101 - a mistake of the caller
            self._db.ensure_in_place()
            return job(self._db)

        return await self._run(alone)

    async def persist(self, job: Callable[[Writer], T], then: Callable[[T], None] | None = None) -> T:
        """Run *job* like ``do``, and retry until it is committed.

        Use it for data that must not be lost: the result of a poll, the outcome of a delivery. A full disk or a busy
        database is a temporary failure; a warning is logged at the first one, and then every WARN_EVERY_S.

        Raises:
            StoreGone: The file was deleted or replaced.
        """
        while True:
            try:
                result = await self.do(job, then)
            except StoreGone:
                raise
            except StoreError as error:
                self._note_failure(error)
                await asyncio.sleep(RETRY_S)
            else:
                self.commit_error = ""
                return result

    def _note_failure(self, error: StoreError) -> None:
        self.commit_error = str(error)
        self._failures += 1
        if monotonic() - self._warned_at >= WARN_EVERY_S:
            log.warning("commit failed, retrying", cause=error, retry_s=RETRY_S, failures=self._failures)
            self._warned_at, self._failures = monotonic(), 0

    async def save_quiet(self, record: FeedRecord) -> None:
        """Store the state of a feed whose poll found no new document, together with others; return after the commit.

        Raises:
            StoreGone: The file was deleted or replaced.
        """
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._batch.append((record, committed))
        if len(self._batch) >= BATCH_SIZE:
            self._flush_now()
        elif self._flush_soon is None:
            self._flush_soon = self._start(self._flush_later())
        await committed

    async def close(self) -> None:
        """Commit the records that still wait in a batch, close the database, and end the thread."""
        batch, self._batch = self._batch, []
        for flush in (started := list(self._flushes)):
            flush.cancel()
        await asyncio.gather(*started, return_exceptions=True)
        if batch:
            try:
                await self.do(lambda db: _save_all(db, batch))
            except StoreError as error:
                log.warning("polls without a new document could not be stored, they will be repeated", cause=error)
        _resolve(batch, asyncio.CancelledError())
        if self._db is not None:
            await self._in_thread(self._db.close)
        self._thread.shutdown()

    async def _flush_later(self) -> None:
        await asyncio.sleep(BATCH_S)
        self._flush_soon = None
        self._flush_now()

    def _flush_now(self) -> None:
        batch, self._batch = self._batch, []
        if batch:
            self._start(self._flush(batch))

    async def _flush(self, batch: Batch) -> None:
        """Commit the records in *batch* in one transaction, and pass the result or the error to each waiting caller."""
        try:
            await self.persist(lambda db: _save_all(db, batch))
        except StoreGone as error:
            _resolve(batch, error)
        except Exception as error:  # one record may be at fault: the others are stored without it
            if len(batch) == 1:
                _resolve(batch, error)
            else:
                await asyncio.gather(*(self._flush([waiting]) for waiting in batch))
        else:
            _resolve(batch)
        finally:
            _resolve(batch, asyncio.CancelledError())  # only those still pending: the flush itself was cancelled

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name="flush")
        self._flushes.add(task)
        task.add_done_callback(self._flushes.discard)
        return task

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await self._in_thread(work)
        except StoreGone as error:
            if not self.lost.done():
                self.lost.set_exception(error)
            raise

    async def _in_thread(self, job: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)


def _save_all(db: Writer, batch: Batch) -> None:
    feeds.save_quiet_feeds(db, [record for record, _ in batch])


def _resolve(batch: Batch, error: BaseException | None = None) -> None:
    for _, committed in batch:
        if committed.done():
            continue
        if isinstance(error, asyncio.CancelledError):
            committed.cancel()
        elif error is not None:
            committed.set_exception(error)
        else:
            committed.set_result(None)
