from __future__ import annotations

import asyncio

import pytest

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
        await asyncio.wait_for(in_thread(job, "test"), 2)
