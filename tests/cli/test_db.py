from __future__ import annotations

import asyncio
import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.servers import Reply
from support.sqlite_file import open_sqlite

from monitor.cli.options import load_config
from monitor.daemon.app import Daemon
from monitor.store import InstanceLock

FEED = b"<rss version='2.0'><channel><title>Wire</title>%s</channel></rss>"
ITEM = b"<item><guid>%d</guid><title>Lazarus Group stole $2M</title><link>https://wire.example/%d</link></item>"
HITS = "SELECT count(*) FROM hits"


@pytest.fixture
def database(terminal, site, tmp_path) -> Path:
    """A database with one hit."""
    terminal.configure(url=site.route("/feed", Reply(body=FEED % (ITEM % (1, 1)))))
    assert terminal.type("once").code == 0
    return tmp_path / "monitor.db"


def count(path: Path, sql: str = HITS) -> int:
    with open_sqlite(path) as db:
        found = db.execute(sql).fetchone()[0]
    db.close()
    return found


@contextmanager
def running(terminal):
    """Have a daemon hold the database."""
    loop = asyncio.new_event_loop()

    async def start() -> Daemon:
        return await Daemon(load_config(terminal.config)).__aenter__()

    daemon = loop.run_until_complete(start())
    try:
        yield
    finally:
        loop.run_until_complete(daemon.__aexit__(None, None, None))
        loop.close()


def test_db_check_of_an_intact_database_exits_0_while_the_daemon_runs(terminal, database):
    with running(terminal):
        said = terminal.type("db", "check")
    assert (said.code, said.out) == (0, "")
    assert "monitor.db: no errors, 0." in said.err


def test_db_check_prints_each_finding_and_exits_1(terminal, database):
    with open_sqlite(database) as db:
        db.execute("DELETE FROM feeds")
    db.close()
    said = terminal.type("db", "check")
    assert (said.code, said.out) == (1, "entries row 1 refers to missing feeds\n")
    assert "monitor db restore FILE" in said.err


def test_db_backup_copies_while_the_daemon_runs_and_prints_the_path(terminal, database, tmp_path):
    with running(terminal):
        beside, named = terminal.type("db", "backup"), terminal.type("db", "backup", str(tmp_path / "b/copy.db"))
    assert re.fullmatch(r".*/monitor-\d{8}-\d{6}Z\.db\n", beside.out)
    assert named.out == f"{tmp_path}/b/copy.db\n"
    assert count(Path(beside.out.strip())) == count(tmp_path / "b/copy.db") == 1


def test_db_backup_overwrites_no_file(terminal, database, tmp_path):
    (tmp_path / "mine").write_text("mine")
    said = terminal.type("db", "backup", str(tmp_path / "mine"))
    assert said.code == 1
    assert "mine: the file exists and is not overwritten" in said.err
    assert (tmp_path / "mine").read_text() == "mine"


def test_db_restore_restores_a_copy_and_names_the_replaced_database(terminal, database, tmp_path):
    copy = terminal.type("db", "backup").out.strip()
    with open_sqlite(database) as db:
        db.execute("DELETE FROM hits")
    db.close()
    said = terminal.type("db", "restore", copy)
    assert said.code == 0
    assert count(database) == 1
    aside = Path(re.search(r"the old database is kept as (.*)", said.err)[1])
    assert count(aside) == 0
    assert "their alerts say that they may be repeats" in said.err
    assert terminal.type("once").code == 0


@pytest.mark.parametrize("words", [("restore", "{copy}"), ("vacuum",)], ids=["restore", "vacuum"])
def test_commands_that_need_exclusive_access_ask_to_stop_the_daemon(terminal, database, words):
    copy = terminal.type("db", "backup").out.strip()
    before = database.read_bytes()
    with InstanceLock(database):
        said = terminal.type("db", *(word.format(copy=copy) for word in words))
    assert said.code == 4
    assert said.err.endswith("; stop the daemon first\n")
    assert said.err.count(";") == 1
    assert database.read_bytes() == before


def test_db_restore_of_a_file_that_is_no_backup_changes_nothing(terminal, database, tmp_path):
    (tmp_path / "list").write_text("milk\n" * 500)
    assert terminal.type("db", "restore", str(tmp_path / "list")).code == 1
    assert terminal.type("db", "restore", str(tmp_path / "none")).code == 2
    assert count(database) == 1


def test_db_vacuum_reports_the_released_space(terminal, database):
    with open_sqlite(database) as db:
        db.execute("CREATE TABLE pad AS SELECT randomblob(3000000) AS blob")
        db.execute("DROP TABLE pad")
    db.close()
    said = terminal.type("db", "vacuum")
    assert said.code == 0
    assert re.search(r"3\.\d MB before, 0\.\d MB now", said.err)
    assert count(database) == 1


@pytest.mark.parametrize("words", [("check",), ("backup",), ("vacuum",)])
def test_without_a_database_every_db_command_reports_that_and_creates_none(terminal, tmp_path, words):
    terminal.configure()
    said = terminal.type("db", *words)
    assert said.code == 1
    assert "no database at" in said.err
    assert not (tmp_path / "monitor.db").exists()


def test_the_option_for_the_configuration_is_accepted_after_each_word(terminal, database, capsys):
    from monitor.cli.app import run

    for words in (["db", "-c", str(terminal.config), "check"], ["db", "check", "-c", str(terminal.config)]):
        assert run(words) == 0
