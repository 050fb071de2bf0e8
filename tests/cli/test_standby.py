"""A standby that takes over from a copy of the database, taken while the first daemon was writing."""

from __future__ import annotations

import shutil

import pytest
from support.command_line import CONFIG
from support.servers import Reply
from support.sqlite_file import open_sqlite

from monitor.store import open_writer, write

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
