"""What disks and people do to the database while the daemon runs: nothing is lost, nothing is told twice."""

from __future__ import annotations

import asyncio
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from support.config_lines import CONSOLE, WATCHLIST, configured, rss
from support.disks import Disk, small_disk
from support.patience import PATIENCE_S
from support.servers import FeedServer, Reply

from monitor import clock
from monitor.cli.app import run as monitor
from monitor.config import Config
from monitor.config.settings import BackupSettings
from monitor.daemon import service
from monitor.daemon.app import Daemon
from monitor.errors import StoreError, StoreGone
from monitor.pipeline.ingest import Ingest, IngestResult
from monitor.store import backup, committer, feeds, housekeeping, open_reader
from monitor.store.db import reading
from monitor.store.hits import HitQuery, list_hits

OLD = [f"A quiet week {number}" for number in range(5)]
THEFT = "Lazarus Group stole $50 million from a bridge"
NEWS = [("theft", THEFT), *((str(n), f"Item {n} " + "word " * 50) for n in range(20))]

HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""

READ = """
import sys
from pathlib import Path
from monitor.store import deliveries, delivery_list, feeds, hits, open_reader
queries = [
    feeds.load_feeds, hits.totals, hits.count_by_feed, delivery_list.count_by_state, deliveries.next_delivery_due,
    lambda db: hits.list_hits(db, hits.HitQuery(limit=20)), lambda db: hits.load_hit(db, 1),
]
print("ready", flush=True)
for number in range(int(sys.argv[2])):
    if number % 100 == 0:
        db = open_reader(Path(sys.argv[1]))
    queries[number % len(queries)](db)
    if number % 100 == 99:
        db.close()
"""


class Desk(io.StringIO):
    """Where alerts are printed; *on_alert* is called with the first of them."""

    on_alert: Callable[[], None] | None = None

    def write(self, text: str) -> int:
        if "CRITICAL" in text and self.on_alert:
            done, self.on_alert = self.on_alert, None
            done()
        return super().write(text)

    @property
    def alerts(self) -> int:
        return self.getvalue().count("CRITICAL")


@pytest.fixture(autouse=True)
def impatient(monkeypatch) -> None:
    monkeypatch.setattr(committer, "RETRY_S", 0.02)
    monkeypatch.setattr(committer, "WARN_EVERY_S", 0.0)
    monkeypatch.setattr(reading, "BUSY_TIMEOUT_S", 0.05)


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.3.3.1") as server:
        server.route("/feed", Reply(body=rss(OLD)), Reply(body=rss(NEWS)))
        yield server


@pytest.fixture
def disk(tmp_path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
def config(tmp_path, site) -> Config:
    # the titles differ in a number alone, which is one story
    more = CONSOLE + '[alerts]\ngroup = "none"\nstorm = 100000\n'
    return configured(tmp_path, {"wire": site.url("/feed")}, more)


@pytest.fixture
def on_disk(config, disk) -> Config:
    """The configuration with its database on the small disk."""
    return moved(config, disk.folder / "monitor.db")


@pytest.fixture
async def desk(config) -> Desk:
    return Desk()


def moved(config: Config, path: Path) -> Config:
    return replace(config, storage=replace(config.storage, path=path))


async def told(caplog, text: str) -> None:
    """Wait until the log says *text* three times."""
    async with asyncio.timeout(PATIENCE_S):
        while caplog.text.count(text) < 3:  # noqa: ASYNC110 - a log has no event
            await asyncio.sleep(0.01)


def causes(caplog) -> list[str]:
    return [str(record.values["cause"]) for record in caplog.records if "commit failed" in record.message]


async def truncated_log(daemon: Daemon) -> None:
    """Leave no room in the write-ahead log, so that the next commit has to ask the disk."""
    await daemon.committer.run_outside_transaction(lambda db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())


async def all_told_once(daemon: Daemon, desk: Desk) -> None:
    """Poll twice more; assert that the one alert was sent once, and that no failure was counted."""
    for _ in range(2):
        await daemon.poll_now()
        await daemon.deliver_all()
    hits = await daemon.ask(lambda db: list_hits(db, HitQuery()))
    states = await daemon.ask(lambda db: db.execute("SELECT state, attempts FROM deliveries").fetchall())
    (record,) = await daemon.ask(feeds.load_feeds)
    assert [hit["title"] for hit in hits] == [THEFT]
    assert (desk.alerts, states) == (1, [("sent", 1)])
    assert (record.failures, record.state) == (0, "ok")


async def test_a_poll_waits_for_a_full_disk_and_is_stored_once(on_disk, disk, desk, caplog):
    async with Daemon(on_disk, console=desk) as daemon:
        await daemon.poll_now()
        await truncated_log(daemon)
        disk.fill()
        poll = asyncio.create_task(daemon.poll_now())
        await told(caplog, "commit failed, retrying")
        assert (await daemon.ask(feeds.load_feeds))[0].failures == 0
        assert await daemon.ask(lambda db: list_hits(db, HitQuery())) == []
        disk.free()
        (report,) = await poll
        assert (report.new, report.hits) == (21, 1)
        await all_told_once(daemon, desk)
    assert "the disk is full, nothing was written; free some space" in causes(caplog)[0]


async def test_a_poll_that_waited_is_judged_by_the_configuration_of_its_commit(
    tmp_path, site, desk, caplog, monkeypatch
):
    is_full, run = [True], Ingest.run

    def run_or_fail(ingest: Ingest) -> IngestResult:
        if is_full:
            raise StoreError("the disk is full")
        return run(ingest)

    wire = {"wire": site.url("/feed")}
    before = configured(tmp_path, wire, watchlist=WATCHLIST.replace("Lazarus Group", "Nobody Yet"))
    async with Daemon(before, console=desk) as daemon:
        await daemon.poll_now()
        monkeypatch.setattr(Ingest, "run", run_or_fail)
        poll = asyncio.create_task(daemon.poll_now())
        await told(caplog, "commit failed, retrying")
        await daemon.change_to(configured(tmp_path, wire))
        is_full.clear()
        (report,) = await poll
    assert (report.new, report.hits) == (21, 1)


async def test_an_alert_sent_while_the_disk_became_full_is_not_sent_again(on_disk, disk, desk, caplog):
    loop = asyncio.get_running_loop()

    def fill() -> None:
        asyncio.run_coroutine_threadsafe(truncated_log(daemon), loop).result(PATIENCE_S)
        disk.fill()

    async with Daemon(on_disk, console=desk) as daemon:
        await daemon.poll_now()
        await daemon.poll_now()
        desk.on_alert = fill
        sending = asyncio.create_task(daemon.deliver_all())
        await told(caplog, "commit failed, retrying")
        assert desk.alerts == 1
        disk.free()
        assert await sending == 1
        await all_told_once(daemon, desk)


async def test_a_daemon_stopped_while_the_disk_is_full_loses_nothing(on_disk, disk, desk, caplog):
    async with Daemon(on_disk, console=desk) as daemon:
        await daemon.poll_now()
        await truncated_log(daemon)
        disk.fill()
        poll = asyncio.create_task(daemon.poll_now())
        await told(caplog, "commit failed, retrying")
    with pytest.raises(asyncio.CancelledError):
        await poll
    disk.free()
    async with Daemon(on_disk, console=desk) as daemon:
        await daemon.poll_now()
        await daemon.deliver_all()
        await all_told_once(daemon, desk)


async def test_a_failed_backup_on_a_full_disk_leaves_no_file_and_does_not_stop_the_daemon(config, disk, desk):
    disk.fill()
    settings = replace(config.storage, backup=BackupSettings(3600, disk.folder / "copies", keep=2))
    async with Daemon(replace(config, storage=settings), console=desk) as daemon:
        await daemon.housekeeper.back_up(clock.now())
        assert re.search("no space left|disk is full", daemon.housekeeper.backup_error)
        await daemon.poll_now()
        assert (await daemon.poll_now())[0].hits == 1
    copies = disk.folder / "copies"
    assert not copies.exists() or list(copies.iterdir()) == []


def test_a_read_only_disk_is_reported_at_the_start(config, disk, capsys):
    text = config.path.read_text().replace('"monitor.db"', f'"{disk.folder}/monitor.db"')
    config.path.write_text(text)
    assert monitor(["-c", str(config.path), "once"]) == 0
    disk.make_read_only()
    capsys.readouterr()
    assert monitor(["-c", str(config.path), "once"]) == 1
    printed = " ".join(capsys.readouterr().err.split())
    assert "Read-only file system; run as the user who owns it, or set [storage] path" in printed


async def test_commits_are_retried_while_the_database_is_read_only(config, site, desk, caplog):
    loop = asyncio.get_running_loop()

    async def make_read_only(on: int) -> None:
        await daemon.committer.run_outside_transaction(lambda db: db.execute(f"PRAGMA query_only = {on}").close())

    def document() -> Iterator[bytes]:
        asyncio.run_coroutine_threadsafe(make_read_only(1), loop).result(PATIENCE_S)
        yield rss(NEWS)

    async with Daemon(config, console=desk) as daemon:
        await daemon.poll_now()
        site.route("/feed", Reply(chunks=document), Reply(body=rss(NEWS)))
        poll = asyncio.create_task(daemon.poll_now())
        await told(caplog, "commit failed, retrying")
        await make_read_only(0)
        await poll
        await daemon.deliver_all()
        await all_told_once(daemon, desk)
    assert "it cannot be written; run as the user who owns the file" in causes(caplog)[0]


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Have another process keep the database busy."""
    command = [sys.executable, "-c", HOLD, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        yield
        other.stdin.close()


async def busy_twice(config: Config, site: FeedServer, desk: Desk, busy_s: float) -> None:
    """Keep the database busy from when a document is sent to us, and from when its alert has gone out."""
    busy = ExitStack()

    def document() -> Iterator[bytes]:
        busy.enter_context(held(config.storage.path))
        yield rss(NEWS)

    async def wait_out(job: asyncio.Task) -> None:
        await asyncio.sleep(busy_s)
        assert not job.done()
        busy.close()
        await job

    async with Daemon(config, console=desk) as daemon:
        await daemon.poll_now()
        site.route("/feed", Reply(chunks=document), Reply(body=rss(NEWS)))
        desk.on_alert = lambda: busy.enter_context(held(config.storage.path))
        await wait_out(asyncio.create_task(daemon.poll_now()))
        await wait_out(asyncio.create_task(daemon.deliver_all()))
        await all_told_once(daemon, desk)


async def test_polls_and_sends_wait_for_a_busy_database(config, site, desk, caplog):
    await busy_twice(config, site, desk, busy_s=0.8)
    assert caplog.text.count("commit failed, retrying") > 4


@pytest.mark.slow
async def test_a_database_busy_for_ten_seconds_causes_no_error_with_the_default_timeout(
    config, site, desk, monkeypatch
):
    monkeypatch.undo()
    await busy_twice(config, site, desk, busy_s=10)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(lambda path: os.truncate(path, 0), "empty, but was used before", id="emptied"),
        pytest.param(lambda path: os.truncate(path, 20_000), "damaged", id="cut short"),
        pytest.param(lambda path: path.write_bytes(bytes(100) + path.read_bytes()[100:]), "damaged", id="header"),
    ],
)
async def test_a_corrupt_database_prevents_the_start_and_is_not_changed(config, spoil, says):
    async with Daemon(config) as daemon:
        await daemon.poll_now()
    spoil(config.storage.path)
    before = config.storage.path.read_bytes()
    with pytest.raises(StoreError, match=says):
        async with Daemon(config):
            pass
    assert config.storage.path.read_bytes() == before


def replaced(path: Path) -> None:
    shutil.copy(path, path.with_name("other"))
    path.with_name("other").rename(path)


@pytest.fixture
async def on_schedule(config, desk) -> AsyncIterator[asyncio.Task]:
    """A daemon that polls and delivers on schedule, after its first poll."""
    async with Daemon(config, console=desk) as daemon:
        await daemon.poll_now()
        yield asyncio.create_task(service.run(daemon, lambda: config))


@pytest.mark.parametrize("spoil", [os.unlink, replaced], ids=["deleted", "replaced"])
async def test_a_daemon_whose_database_was_deleted_ends_with_an_error(on_schedule, config, spoil):
    spoil(config.storage.path)
    with pytest.raises(StoreGone, match=r"monitor\.db: the file was deleted or replaced while it was in use") as ended:
        await asyncio.wait_for(on_schedule, PATIENCE_S)
    assert ended.value.exit_code == 1


async def test_entries_lost_with_a_deleted_database_are_found_again_after_restoring_a_backup(config, desk, tmp_path):
    async with Daemon(config, console=desk) as daemon:
        await daemon.poll_now()
        backup.back_up(config.storage.path, tmp_path / "copy.db")
        config.storage.path.unlink()
        with pytest.raises(StoreGone):
            await asyncio.wait_for(daemon.committer.persist(feeds.load_feeds), PATIENCE_S)
    for left in tmp_path.glob("monitor.db*"):
        left.unlink()
    backup.restore(tmp_path / "copy.db", config.storage.path, clock.now())
    async with Daemon(config, console=desk) as daemon:
        assert (await daemon.poll_now())[0].hits == 1


async def read_along(daemon: Daemon, site: FeedServer, number: int) -> int:
    """Poll without a pause while another process reads *number* times; return the size of the largest log."""
    path = (await daemon.ask(lambda db: db)).path
    reading = await asyncio.create_subprocess_exec(
        sys.executable, "-c", READ, path, str(number), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    await reading.stdout.readline()
    largest = polls = 0
    while reading.returncode is None:
        polls += 1
        site.route("/feed", Reply(body=rss([f"{THEFT} {polls}", *(f"{polls} {old}" for old in OLD)])))
        assert [report.hits for report in await daemon.poll_now()] == [1]
        await daemon.deliver_all()
        largest = max(largest, housekeeping.wal_size(path))
        await asyncio.sleep(0)
    assert (await reading.stderr.read(), reading.returncode) == (b"", 0)
    return largest


@pytest.mark.parametrize("number", [700, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_readers_in_another_process_see_no_lock_and_do_not_let_the_write_ahead_log_grow(
    config, site, desk, number
):
    async with Daemon(config, console=desk) as daemon:
        await daemon.poll_now()
        assert await read_along(daemon, site, number) < 16_000_000
        assert await daemon.ask(
            lambda db: db.execute("SELECT count(*) FROM deliveries WHERE state <> 'sent'").fetchall()
        )
    with open_reader(config.storage.path) as reader:
        assert len(list_hits(reader, HitQuery(limit=10**6))) == desk.alerts
