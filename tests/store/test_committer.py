from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from support.patience import PATIENCE_S
from support.store_samples import feed

from monitor.store import committer, feeds
from monitor.store.committer import Committer


@pytest.fixture
async def opened(tmp_path, monkeypatch):
    monkeypatch.setattr(committer, "BATCH_S", 0.0)
    opened = Committer(tmp_path / "monitor.db")
    await opened.open()
    yield opened
    await opened.close()


def without(key: str, save):
    def saved(db, records):
        records = list(records)
        if any(record.key == key for record in records):
            raise RuntimeError("a record that cannot be stored")
        save(db, records)

    return saved


async def test_an_unexpected_error_in_a_batch_reaches_the_poll_at_fault_and_no_other(opened, monkeypatch):
    good, bad = feed("good"), feed("bad")
    await opened.do(lambda db: feeds.configure(db, [good, bad]))
    monkeypatch.setattr(committer.feeds, "save_quiet_feeds", without("bad", feeds.save_quiet_feeds))
    saves = [opened.save_quiet(replace(r, cause="slow")) for r in (good, bad)]
    outcomes = await asyncio.wait_for(asyncio.gather(*saves, return_exceptions=True), PATIENCE_S)
    assert outcomes[0] is None
    assert isinstance(outcomes[1], RuntimeError)
    assert (await opened.do(lambda db: feeds.load_feed(db, "good"))).cause == "slow"


async def test_a_poll_that_is_cancelled_does_not_cancel_the_batch_of_the_others(opened, monkeypatch):
    monkeypatch.setattr(committer, "BATCH_SIZE", 2)
    records = [feed("first"), feed("second")]
    await opened.do(lambda db: feeds.configure(db, records))
    first, second = (asyncio.create_task(opened.save_quiet(replace(r, cause="slow"))) for r in records)
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait_for(first, PATIENCE_S)
    assert (await opened.do(lambda db: feeds.load_feed(db, "second"))).cause == "slow"


async def test_closing_leaves_nobody_waiting(tmp_path):
    opened = Committer(tmp_path / "monitor.db")
    await opened.open()
    save = asyncio.create_task(opened.save_quiet(feed("wire")))
    await asyncio.sleep(0)
    await opened.close()
    await asyncio.wait_for(asyncio.wait([save]), PATIENCE_S)
