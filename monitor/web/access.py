"""Give request handlers access to the database, the active configuration and the running daemon."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from monitor.config import Config
from monitor.daemon.operator_actions import OperatorAction
from monitor.errors import MonitorError, UsageError
from monitor.store import Reader, open_reader
from monitor.store.db.reading import time_limit
from monitor.store.db.statements import file_id

if TYPE_CHECKING:
    from monitor.watchlist import Watchlist

T = TypeVar("T")

THREADS = 3  # that read; more would only wait for the interpreter
LONGEST_QUERY_S = 5.0


class NotPossibleError(MonitorError):
    """A valid request cannot be fulfilled now, because of what is stored or of what else is running."""


class ReaderPool:
    """A pool of threads for reading from the database; each thread has its own connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="page")
        self._own = threading.local()
        self._opened: list[Reader] = []

    async def read(self, query: Callable[[Reader], T]) -> T:
        """Run *query* in a thread of the pool and return its result; the query sees a single snapshot of the database.

        Raises:
            StoreError: The database cannot be read, or the query takes too long.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, query)

    def close(self) -> None:
        """Cancel waiting queries, interrupt running ones, stop the threads and close their connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for db in self._opened:
            db.conn.interrupt()
        self._threads.shutdown()
        for db in self._opened:
            db.close()

    def _run(self, query: Callable[[Reader], T]) -> T:
        db = self._connection()
        with time_limit(db, monotonic() + LONGEST_QUERY_S):
            return query(db)

    def _connection(self) -> Reader:
        known: tuple[Reader, object] | None = getattr(self._own, "open", None)
        file = file_id(self._path)
        if known is not None and known[1] == file and not known[0].is_outdated():
            return known[0]
        if known is not None:  # the database was restored or replaced, or a daemon has started
            known[0].close()
            self._opened.remove(known[0])
            self._own.open = None
        db = open_reader(self._path, any_thread=True)
        self._opened.append(db)
        self._own.open = (db, file)
        return db


@dataclass(frozen=True, slots=True)
class Access:
    """Everything that request handlers use: the configuration, the database, the daemon and the clock."""

    config: Callable[[], Config]
    readers: ReaderPool
    act: Callable[[OperatorAction], Awaitable[str]]  # performs it and says what was done; raises MonitorError
    status: Callable[[], Awaitable[dict[str, Any] | None]]  # of the daemon; None: none runs
    watchlist: Callable[[], Awaitable[Watchlist]]  # the active one, compiled
    now: Callable[[], datetime]

    async def read(self, query: Callable[[Reader], T]) -> T:
        """Run *query* on the database and return its result.

        Raises:
            StoreError: The database cannot be read, or the query takes too long.
        """
        return await self.readers.read(query)

    async def perform(self, action: OperatorAction) -> str:
        """Perform an operator action and return what was done, in words.

        Raises:
            NotPossibleError: The action is not possible; the text says why.
        """
        try:
            return await self.act(action)
        except UsageError as error:
            raise NotPossibleError(str(error)) from error
