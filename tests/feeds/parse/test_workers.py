from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.feed_samples import NOW, ONE_ITEM, rss
from support.patience import PATIENCE_S

from monitor.errors import FeedError, FeedState
from monitor.feeds.parse.workers import ParserPool

pytestmark = pytest.mark.own_worker_processes

URL = "https://wire.example/rss"
# what makes feedparser quadratic, and an element that only feedparser reads
HOSTILE = rss("<title>x</title><date/><author>a@a" + ".a" * 60_000 + "!</author>")


@pytest.fixture
async def pool() -> AsyncIterator[ParserPool]:
    running = ParserPool(workers=1)
    yield running
    await running.close()


KILLED = """
import asyncio, os, signal
from monitor.feeds.parse.workers import WorkerPool

async def main():
    await WorkerPool(int, workers=1).run(str)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_a_killed_daemon_leaves_no_warning_about_its_semaphores_in_the_log(tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, script], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, "")  # read until the last process has closed it


def descendants() -> set[int]:
    """Return the ids of the processes that have a worker's command line and are children of this one."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("PPid"))
            command = (status.parent / "cmdline").read_bytes()
        except (OSError, StopIteration):
            continue
        if b"spawn_main" in command and parent == str(os.getpid()):
            found.add(int(status.parent.name))
    return found - _OTHERS


_OTHERS: set[int] = set()


@pytest.fixture(autouse=True)
def others() -> None:
    """Leave out the worker processes that other tests share."""
    _OTHERS.clear()
    _OTHERS.update(descendants())


async def test_a_feed_is_read_in_another_process(pool: ParserPool) -> None:
    assert not pool.running
    feed = await pool.parse(ONE_ITEM, "application/xml", URL)
    assert [entry.text.title for entry in feed.entries] == ["Bridge drained of funds"]
    assert len(descendants()) == 1


async def test_a_failure_comes_back_whole(pool: ParserPool) -> None:
    with pytest.raises(FeedError) as caught:
        await pool.parse(b"<html>", "text/html", URL)
    assert caught.value.state is FeedState.NOT_A_FEED
    assert caught.value.remedy


async def test_a_document_that_takes_too_long_ends_and_the_others_go_on() -> None:
    pool = ParserPool(wall_limit_s=0.6)
    try:
        hostile = asyncio.create_task(pool.parse(HOSTILE, "", URL))
        others = await asyncio.gather(*(pool.parse(ONE_ITEM, "", URL) for _ in range(20)))
        assert all(len(feed.entries) == 1 for feed in others)
        with pytest.raises(FeedError, match=r"took more than 0\.6 s") as caught:
            await hostile
        assert caught.value.state is FeedState.UNREADABLE
        assert len((await pool.parse(ONE_ITEM, "", URL)).entries) == 1
    finally:
        await pool.close()
    assert descendants() == set()


@pytest.mark.slow
async def test_processor_time_is_limited_for_each_document() -> None:
    pool = ParserPool(workers=1, wall_limit_s=60)  # which a busy machine would else reach first
    try:
        with pytest.raises(FeedError, match="more time or memory"):
            await pool.parse(HOSTILE, "", URL)
    finally:
        await pool.close()


async def test_a_worker_that_is_killed_costs_no_feed(pool: ParserPool) -> None:
    await pool.parse(ONE_ITEM, "", URL)
    for worker in descendants():
        os.kill(worker, signal.SIGKILL)
    assert len((await pool.parse(ONE_ITEM, "", URL)).entries) == 1


async def test_who_waits_for_a_document_when_the_pool_is_closed_is_not_left_waiting(pool: ParserPool) -> None:
    await pool.parse(ONE_ITEM, "", URL)
    waiting = [asyncio.create_task(pool.parse(HOSTILE, "", URL)) for _ in range(3)]
    await asyncio.sleep(0)
    await pool.close()
    async with asyncio.timeout(PATIENCE_S):
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError] * 3


async def test_a_document_that_a_broken_pool_forgot_is_read_by_the_next(pool: ParserPool) -> None:
    await pool.parse(ONE_ITEM, "", URL)
    waiting = asyncio.create_task(pool.parse(ONE_ITEM, "", URL))
    await asyncio.sleep(0)
    assert pool._pool is not None
    pool._pool.stop()
    assert len((await waiting).entries) == 1


async def test_an_interrupt_from_the_terminal_leaves_workers_alone(pool: ParserPool) -> None:
    await pool.parse(ONE_ITEM, "", URL)
    workers = descendants()
    for worker in workers:
        os.kill(worker, signal.SIGINT)
    await asyncio.gather(*(pool.parse(ONE_ITEM, "", URL) for _ in range(4)))
    assert descendants() == workers


async def test_workers_go_after_a_minute_without_work_and_come_back(pool: ParserPool) -> None:
    await pool.stop_idle(NOW)
    await pool.parse(ONE_ITEM, "", URL)
    await pool.stop_idle(NOW)
    await pool.stop_idle(NOW + timedelta(seconds=59))
    assert pool.running
    await pool.stop_idle(NOW + timedelta(seconds=60))
    assert not pool.running
    assert descendants() == set()
    assert len((await pool.parse(ONE_ITEM, "", URL)).entries) == 1


async def test_work_starts_the_idle_time_again(pool: ParserPool) -> None:
    await pool.parse(ONE_ITEM, "", URL)
    await pool.stop_idle(NOW)
    await pool.parse(ONE_ITEM, "", URL)
    await pool.stop_idle(NOW + timedelta(seconds=61))
    assert pool.running
