"""Run blocking functions in threads that do not keep the process from ending."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_thread(job: Callable[[], T], name: str) -> asyncio.Future[T]:
    """Run *job* in a daemon thread of its own, called *name*, and return a future of its result.

    When the process ends, Python waits for the threads of an executor, so that one hanging send would prevent the end.
    It does not wait for this thread.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(error: BaseException | None, result: T | None) -> None:
        if future.cancelled():
            return
        if isinstance(error, StopIteration):  # a future does not accept it, and would stay pending for ever
            future.set_exception(RuntimeError(f"{name} raised StopIteration"))
        elif error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type] # None only if T is None

    def work() -> None:
        error, result = None, None
        try:
            result = job()
        except BaseException as raised:
            error = raised
        try:
            loop.call_soon_threadsafe(settle, error, result)
        except RuntimeError:
            return  # the loop has ended, so nothing waits for the result

    threading.Thread(target=work, name=name, daemon=True).start()
    return future
