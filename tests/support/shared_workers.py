"""Worker processes that all tests of one pytest process share: starting one takes 0.4 s of CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pebble import ProcessFuture, ProcessPool
from support.patience import PATIENCE_S

from monitor.feeds.parse import workers

PROCESSES = 1  # of each kind


class SharedWorkers:
    """Takes the place of the functions that start and end worker processes.

    The limits of memory and CPU time per task stay in force; that of wall time is PATIENCE_S.
    """

    def __init__(self) -> None:
        self._pools: dict[Callable[[], None], ProcessPool] = {}
        self._start = workers.start_processes

    def start(self, prepare: Callable[[], None], _workers: int) -> ProcessPool:
        """Return the shared processes of one kind, started anew if they have broken."""
        pool = self._pools.get(prepare)
        if pool is None or not pool.active:
            pool = self._pools[prepare] = _patient(self._start(prepare, PROCESSES))
        return pool

    async def end(self, pool: ProcessPool) -> None:
        """Leave the processes running for the next test."""

    def stop(self) -> None:
        """Kill all processes."""
        for pool in self._pools.values():
            pool.stop()
            pool.join()


def _patient(pool: ProcessPool) -> ProcessPool:
    """Raise the time limit of every task of *pool* to at least PATIENCE_S, and return the pool."""
    schedule = pool.schedule

    def schedule_patiently(function: Callable[..., Any], *, timeout: float, **more: Any) -> ProcessFuture:
        return schedule(function, timeout=max(timeout, PATIENCE_S), **more)

    pool.schedule = schedule_patiently
    return pool


@contextmanager
def shared_workers() -> Iterator[SharedWorkers]:
    """Yield processes to share, and end them afterwards."""
    shared = SharedWorkers()
    try:
        yield shared
    finally:
        shared.stop()
