"""The committer: the one thread that owns the writing connection.

Work reaches it as functions of the database and is done one at a time, in order. Polls that brought nothing are
gathered and written together, since losing such a batch costs a repeated poll and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from monitor.errors import StoreError, StoreGone
from monitor.logs import Log
from monitor.model import FeedRecord
from monitor.store import Writer, feeds, open_writer, write

T = TypeVar("T")
Batch = list[tuple[FeedRecord, asyncio.Future[None]]]

BATCH_S = 0.2  # a poll without news waits this long for others
BATCH_SIZE = 200
RETRY_S = 2.0  # a commit that failed (disk full, database busy) is tried again after this

log = Log(__name__)


class Committer:
    """Owns the writer; every write of the daemon passes through ``do`` or ``save_quiet``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="committer")
        self._db: Writer | None = None
        self._batch: Batch = []
        self._flushing: asyncio.Task[None] | None = None
        self.commit_error = ""  # why what must be kept is not committed yet; empty when it is
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()  # fails with StoreGone
        self.lost.add_done_callback(lambda lost: lost.cancelled() or lost.exception())  # whoever waits is told too

    async def open(self, *, used_before: bool = False) -> None:
        """Open the database in the committer's thread; StoreError when it cannot be used.

        *used_before* is what the ``InstanceLock`` says.
        """
        self._db = await self._in_thread(lambda: open_writer(self._path, used_before=used_before))
        if self._db.backed_up_to:
            log.info("the tables were changed, a copy of how they were is kept", copy=self._db.backed_up_to)

    async def do(self, job: Callable[[Writer], T], then: Callable[[T], None] | None = None) -> T:
        """Return what *job* returns, done inside one transaction.

        *then* is called with it once that was committed, in the committer's thread and before the next job.

        Raises:
            StoreError: It could not be committed.
            StoreGone: It never will be; ``lost`` has the same error.
        """

        def transaction() -> T:
            assert self._db is not None, "the committer is not open"  # noqa: S101 - a mistake of ours
            with write(self._db):
                result = job(self._db)
            if then is not None:
                then(result)
            return result

        return await self._told(transaction)

    async def tend(self, job: Callable[[Writer], T]) -> T:
        """Return what *job* returns, done in no transaction: for what is one by itself. Raises what ``do`` raises."""

        def alone() -> T:
            assert self._db is not None, "the committer is not open"  # noqa: S101 - a mistake of ours
            self._db.ensure_in_place()
            return job(self._db)

        return await self._told(alone)

    async def _told(self, work: Callable[[], T]) -> T:
        try:
            return await self._in_thread(work)
        except StoreGone as error:
            if not self.lost.done():
                self.lost.set_exception(error)
            raise

    async def persist(self, job: Callable[[Writer], T], then: Callable[[T], None] | None = None) -> T:
        """Return what *job* returns, trying again until it is committed; *then* is that of ``do``.

        For what must not be lost: what a poll found, and how a delivery ended. A full disk or a busy database
        passes; meanwhile the warning is repeated with every try.

        Raises:
            StoreGone: The file was deleted or replaced.
        """
        while True:
            try:
                result = await self.do(job, then)
            except StoreGone:
                raise
            except StoreError as error:
                self.commit_error = str(error)
                log.warning("commit failed, trying again", cause=error, retry_s=RETRY_S)
                await asyncio.sleep(RETRY_S)
            else:
                self.commit_error = ""
                return result

    async def save_quiet(self, record: FeedRecord) -> None:
        """Store how a poll without news went; returns when the batch it is in has been committed."""
        done = asyncio.get_running_loop().create_future()
        self._batch.append((record, done))
        if len(self._batch) >= BATCH_SIZE:
            await self._flush()
        elif self._flushing is None:
            self._flushing = asyncio.create_task(self._flush_soon())
        await done

    async def close(self) -> None:
        """Write what is waiting, close the database, end the thread."""
        batch, self._batch = self._batch, []
        if batch:
            try:
                await self.do(lambda db: _save_all(db, batch))
            except StoreError as error:
                log.warning("polls without news could not be stored, they are repeated", cause=error)
        if self._db is not None:
            await self._in_thread(self._db.close)
        self._thread.shutdown()

    async def _flush_soon(self) -> None:
        await asyncio.sleep(BATCH_S)
        self._flushing = None
        await self._flush()

    async def _flush(self) -> None:
        batch, self._batch = self._batch, []
        if not batch:
            return

        error = None
        try:
            await self.persist(lambda db: _save_all(db, batch))
        except StoreGone as gone:
            error = gone
        for _, done in batch:
            if done.done():
                continue
            if error:
                done.set_exception(error)
            else:
                done.set_result(None)

    async def _in_thread(self, job: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)


def _save_all(db: Writer, batch: Batch) -> None:
    feeds.save_quiet_feeds(db, [record for record, _ in batch])
