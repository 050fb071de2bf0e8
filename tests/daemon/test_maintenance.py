from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.config_lines import CONSOLE, configured, rss
from support.servers import FeedServer, Reply
from support.store_samples import entry, put_entry

from monitor.daemon import maintenance
from monitor.daemon.app import Daemon
from monitor.store import backup, feeds, hits, open_reader
from monitor.store import housekeeping as store_housekeeping

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
COPIES = CONSOLE + '[storage.backup]\nto = "copies"\nevery = "1h"\nkeep = 2\n'
NO_FEED = {"wire": "http://127.3.2.1:9/feed"}


@pytest.fixture
async def keeping(tmp_path) -> AsyncIterator[Daemon]:
    """A daemon that copies its database every hour."""
    async with Daemon(configured(tmp_path, NO_FEED, COPIES)) as daemon:
        yield daemon


def copies(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "copies").iterdir()) if (folder / "copies").exists() else []


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


async def test_a_backup_is_made_at_once_and_then_when_it_is_due(keeping, tmp_path):
    for minutes in (0, 1, 59, 60, 61):
        await keeping.housekeeper.back_up(at(minutes))
    assert copies(tmp_path) == ["monitor-20261122-100000Z.db", "monitor-20261122-110000Z.db"]
    with open_reader(tmp_path / "copies" / copies(tmp_path)[0]) as copy:
        assert hits.totals(copy) == (0, 0)


async def test_surplus_backups_are_deleted(keeping, tmp_path):
    for hours in range(4):
        await keeping.housekeeper.back_up(at(60 * hours))
    assert copies(tmp_path) == ["monitor-20261122-120000Z.db", "monitor-20261122-130000Z.db"]


async def test_a_backup_of_the_previous_process_counts(keeping, tmp_path):
    (tmp_path / "copies").mkdir()
    backup.backup_path(tmp_path / "copies", at(-30)).touch()
    await keeping.housekeeper.back_up(NOW)
    assert len(copies(tmp_path)) == 1


async def test_no_backup_is_made_unless_configured(tmp_path):
    async with Daemon(configured(tmp_path, NO_FEED)) as daemon:
        await daemon.housekeeper.back_up(NOW)
    names = ["config.toml", "monitor.db", "monitor.db.config.json", "monitor.db.lock"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


async def test_a_failed_backup_is_reported_and_retried(keeping, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    (tmp_path / "copies").write_text("in the way")
    for minutes in (0, 1, 9):
        await keeping.housekeeper.back_up(at(minutes))
    assert [record.message for record in caplog.records].count("backup failed") == 1
    assert "copies" in keeping.housekeeper.backup_error
    (tmp_path / "copies").unlink()
    await keeping.housekeeper.back_up(at(10))
    assert (keeping.housekeeper.backup_error, len(copies(tmp_path))) == ("", 1)


async def test_a_clock_that_was_ahead_does_not_stop_backups(keeping, tmp_path):
    await keeping.housekeeper.back_up(at(60 * 24 * 300))
    await keeping.housekeeper.back_up(NOW)
    assert "monitor-20261122-100000Z.db" in copies(tmp_path)


async def test_old_entries_are_deleted_and_the_next_poll_does_not_find_them_again(tmp_path, monkeypatch):
    with FeedServer(host="127.3.2.1") as site:
        documents = [rss(map(str, range(10))), rss(["9"]), rss(["9", "a"]), rss(["9", "b"])]
        url = site.route("/feed", *(Reply(body=body) for body in documents))
        passed = timedelta()
        monkeypatch.setattr("monitor.clock.now", lambda: NOW + passed)
        async with Daemon(configured(tmp_path, {"wire": url})) as daemon:
            for days in (0, 1, 3, 300):
                passed = timedelta(days=days)
                await daemon.poll_now()
            await daemon.housekeeper.tidy(NOW + timedelta(days=300))
            assert await daemon.ask(hits.totals) == (3, 0)  # 9, which is shown, a, shown until now, and b
            site.route("/feed", Reply(body=rss(["b", "9"])))
            (report,) = await daemon.poll_now()
            assert report.new == 0


async def test_polls_run_between_the_steps_of_a_large_deletion(tmp_path, monkeypatch):
    order = []
    prune = store_housekeeping.prune

    def step(db, **options):
        order.append("step")
        return prune(db, limit=2, **options)

    monkeypatch.setattr(maintenance.housekeeping, "prune", step)
    with FeedServer(host="127.3.2.1") as site:
        url = site.route("/feed", Reply(body=rss(map(str, range(6)))))
        async with Daemon(configured(tmp_path, {"wire": url})) as daemon:
            await daemon.poll_now()
            await daemon.ask(lambda db: db.execute("UPDATE entries SET last_seen_at = '2020'").close())
            tidying = asyncio.ensure_future(daemon.housekeeper.tidy(NOW))
            await daemon.ask(lambda _: None)
            await daemon.ask(lambda _: order.append("poll"))
            await tidying
    assert order[0] == order[-1] == "step"
    assert "poll" in order


async def test_a_write_ahead_log_that_a_reader_keeps_large_is_logged(keeping, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(store_housekeeping, "LARGE_LOG", 1000)
    with open_reader(tmp_path / "monitor.db") as reader:
        reader.execute("BEGIN")
        hits.totals(reader)
        await keeping.ask(
            lambda db: db.execute(
                "INSERT INTO watchlists (version, fingerprint, vocabulary, loaded_at) VALUES (99, 'x', 0, '')"
            ).close()
        )
        await keeping.housekeeper.tidy(NOW)
    assert "a long-running reader blocks checkpoints" in caplog.text


async def test_a_migration_makes_a_backup_and_logs_its_path(tmp_path, monkeypatch, caplog):
    from monitor.store.db import reading
    from monitor.store.db.migrations import MIGRATIONS

    caplog.set_level(logging.INFO)
    config = configured(tmp_path, NO_FEED)
    async with Daemon(config):
        pass
    later = MIGRATIONS._Migration("0999 later", lambda db: None)
    monkeypatch.setattr(MIGRATIONS, "_migrations", [*MIGRATIONS._migrations, later])
    monkeypatch.setattr(reading, "NEWEST", ())
    async with Daemon(config):
        pass
    (told,) = [r.values for r in caplog.records if "a copy of the older version is kept" in r.message]
    assert told["copy"] == tmp_path / "monitor.db.before-0999-later"
    assert told["copy"].exists()


async def test_many_small_deletions_shrink_the_full_text_index_like_a_large_one(keeping):
    numbers = range(200)

    def fill(db):
        feeds.configure(db, [feeds.FeedRecord("desk", "https://desk.example/feed", NOW)])
        db.execute("UPDATE feeds SET gone_before = '2026'").close()  # no document lists the entries any longer
        for number in numbers:
            words = " ".join(f"word{number}x{part}" for part in range(50))
            put_entry(db, entry(str(number), words))

    def index_size(db):
        return db.execute("SELECT sum(length(block)) FROM entry_words_data").fetchone()[0]

    await keeping.ask(fill)
    before = await keeping.ask(index_size)
    for first in range(0, 100, 10):
        old = f"UPDATE entries SET last_seen_at = '2020' WHERE key IN {tuple(str(n) for n in range(first, first + 10))}"
        await keeping.ask(lambda db, old=old: db.execute(old).close())
        await keeping.housekeeper.tidy(NOW)
    assert await keeping.ask(hits.totals) == (100, 0)
    assert await keeping.ask(index_size) < 0.7 * before
