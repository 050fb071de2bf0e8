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

from monitor.daemon.logs import Log
from monitor.errors import StoreError
from monitor.model import FeedRecord
from monitor.store import Writer, feeds, open_writer, write

T = TypeVar("T")

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
        self._batch: list[tuple[FeedRecord, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open the database in the committer's thread; StoreError when it cannot be used."""
        self._db = await self._in_thread(lambda: open_writer(self._path))

    async def do(self, job: Callable[[Writer], T]) -> T:
        """Return what *job* returns, done inside one transaction; StoreError when it could not be committed."""

        def transaction() -> T:
            assert self._db is not None, "the committer is not open"  # noqa: S101 - a mistake of ours
            with write(self._db):
                return job(self._db)

        return await self._in_thread(transaction)

    async def persist(self, job: Callable[[Writer], T]) -> T:
        """Return what *job* returns, trying again until it is committed.

        For what must not be lost: what a poll found, and how a delivery ended. A full disk or a busy database
        passes; meanwhile the warning is repeated with every try.
        """
        while True:
            try:
                return await self.do(job)
            except StoreError as error:
                log.warning("commit failed, trying again", cause=error, retry_s=RETRY_S)
                await asyncio.sleep(RETRY_S)

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
        await self._flush()
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

        def save(db: Writer) -> None:
            for record, _ in batch:
                feeds.save_feed(db, record)

        await self.persist(save)
        for _, done in batch:
            if not done.done():
                done.set_result(None)

    async def _in_thread(self, job: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)
