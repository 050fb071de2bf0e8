from __future__ import annotations

import asyncio
import threading

import pytest
from support.patience import PATIENCE_S

from monitor.daemon.threads import in_thread


def stop() -> None:
    raise StopIteration


@pytest.mark.parametrize(
    ("job", "error"),
    [(stop, RuntimeError), (lambda: 1 / 0, ZeroDivisionError), (lambda: exec("raise SystemExit"), SystemExit)],
    ids=["StopIteration", "error", "SystemExit"],
)
async def test_every_exception_of_a_job_reaches_the_caller(job, error):
    with pytest.raises(error):
        await asyncio.wait_for(in_thread(job, "test"), PATIENCE_S)


async def test_a_job_that_ends_after_its_caller_was_cancelled_is_no_error_of_the_event_loop():
    errors, release = [], threading.Event()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    waiting = in_thread(release.wait, "late job")
    waiting.cancel()
    release.set()
    while any(thread.name == "late job" for thread in threading.enumerate()):  # noqa: ASYNC110 - a thread is polled
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.005)
    assert errors == []
