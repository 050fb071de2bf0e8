from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from support.patience import PATIENCE_S
from support.store_samples import feed

from monitor.errors import StoreError
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


async def test_many_commits_that_fail_for_long_are_one_warning_in_each_period(opened, monkeypatch, caplog):
    monkeypatch.setattr(committer, "RETRY_S", 0.0)
    passed = [0.0]
    monkeypatch.setattr(committer, "monotonic", lambda: passed[0])
    tries = 0

    def job(_db):
        nonlocal tries
        tries += 1
        passed[0] = 0.1 * tries
        if tries <= 1000:
            raise StoreError("the disk is full")
        return "stored"

    assert set(await asyncio.gather(*(opened.persist(job) for _ in range(20)))) == {"stored"}
    warnings = [r.values for r in caplog.records if r.message == "commit failed, retrying"]
    assert len(warnings) == 2
    assert 500 < warnings[1]["failures"] < 700
    assert opened.commit_error == ""
