import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from support.disks import small_disk
from support.store_samples import put_hit
from support.unprivileged import open_folder, without_privileges

from monitor.errors import StoreError, StoreGone
from monitor.store import InstanceLock, database_exists, open_reader, open_writer, write
from monitor.store.backup import back_up
from monitor.store.db.migrations import MIGRATIONS
from monitor.store.db.statements import rows
from monitor.store.hits import HitQuery, list_hits

DIE_WRITING = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from support.store_samples import entry, put_entry
from monitor.store import InstanceLock, open_writer, write
db = open_writer(Path(sys.argv[1]))
with write(db):
    for n in range(2000):
        put_entry(db, entry(f"lost {n}", "word " * 200))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_new_file_and_its_directory_are_for_their_owner_alone(db, path):
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("folder", "file"), [(0o2750, 0o640), (0o750, 0o600)], ids=["of the service", "other"])
def test_the_group_may_read_a_new_file_if_the_folder_passes_its_group_on(tmp_path, database_template, folder, file):
    tmp_path.chmod(folder)
    path = tmp_path / "monitor.db"
    database_template._create(path)  # the real function
    with open_writer(path):
        assert path.stat().st_mode & 0o777 == file
        assert path.with_name("monitor.db-wal").stat().st_mode & 0o777 == file


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("auto_vacuum", 2),
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
    ],
)
def test_the_writer_is_set_up_for_safety(db, pragma, value):
    assert db.execute(f"PRAGMA {pragma}").fetchone()[0] == value


def test_every_table_is_strict(db):
    tables = rows(db, "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE '%sqlite%'")
    assert len(tables) > 10
    assert [t["name"] for t in tables if not t["strict"]] == []


def test_opening_again_finds_what_was_written(db, path):
    hit = put_hit(db)
    db.close()
    with open_writer(path) as again:
        assert [row["id"] for row in list_hits(again, HitQuery())] == [hit]


def test_a_reader_sees_the_last_commit_while_a_transaction_is_open(db, path):
    put_hit(db, "1")
    with write(db), open_reader(path) as reader:
        db.execute("DELETE FROM hit_rules").close()
        assert len(list_hits(reader, HitQuery(rule="dprk-theft"))) == 1


def test_a_reader_in_the_middle_of_its_query_does_not_hold_the_writer_up(db, path):
    put_hit(db, "1")
    with open_reader(path) as reader:
        reader.execute("BEGIN")
        assert len(list_hits(reader, HitQuery())) == 1
        put_hit(db, "2")
        assert len(list_hits(reader, HitQuery())) == 1
    assert len(list_hits(db, HitQuery())) == 2


def test_a_second_writer_is_told_that_there_may_be_only_one(db, path):
    with open_writer(path) as second, write(db):
        second.execute("PRAGMA busy_timeout = 0").close()
        with pytest.raises(StoreError, match="another program keeps the database locked"):
            put_hit(second)


@pytest.mark.parametrize("query_only", [1, 0], ids=["as opened", "talked out of it"])
def test_a_reader_cannot_write(db, path, query_only):
    with open_reader(path) as reader:
        assert reader.execute("PRAGMA query_only").fetchone()[0] == 1
        reader.execute(f"PRAGMA query_only = {query_only}").close()
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("DELETE FROM feeds")


def test_a_connection_belongs_to_its_thread(db):
    with ThreadPoolExecutor(1) as other, pytest.raises(sqlite3.ProgrammingError, match="thread"):
        other.submit(rows, db, "SELECT 1").result()


def test_a_reader_without_a_database_says_what_makes_one(path):
    with pytest.raises(StoreError, match=r"no database at .*monitor\.db yet; `monitor run`"):
        open_reader(path)
    assert not path.parent.exists()


def test_a_process_killed_within_a_transaction_leaves_a_sound_file_without_it(db, path, request):
    hit = put_hit(db)
    db.close()
    child = subprocess.run([sys.executable, "-c", DIE_WRITING, path, request.path.parents[2]], check=False)
    assert child.returncode == -9
    with open_writer(path) as again:
        assert [row["id"] for row in list_hits(again, HitQuery())] == [hit]
        assert rows(again, "SELECT count(*) AS n FROM entries") == [{"n": 1}]
        assert rows(again, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]


@pytest.mark.parametrize("opened", [open_writer, open_reader])
def test_a_file_made_by_a_newer_version_is_refused(db, path, opened):
    with write(db):
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('monitor', '9999 later', '')"
        )
    db.close()
    with pytest.raises(StoreError, match="made by a newer version, which added '9999 later'"):
        opened(path)


@pytest.mark.parametrize("opened", [open_writer, open_reader])
def test_a_file_that_is_no_database_is_refused_and_left_alone(path, opened):
    path.parent.mkdir()
    path.write_text("a shopping list\n" * 300)
    with pytest.raises(StoreError, match=r"not a SQLite database, or damaged; .*set \[storage\] path"):
        opened(path)
    assert path.read_text() == "a shopping list\n" * 300


@pytest.mark.parametrize("opened", [open_writer, open_reader])
def test_a_database_of_another_program_is_refused_and_left_alone(path, opened):
    path.parent.mkdir()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE songs (name TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="a database of another program"):
        opened(path)
    assert path.read_bytes() == before


def test_a_damaged_file_is_refused_and_not_made_anew(db, path):
    put_hit(db)
    db.close()
    damaged = bytearray(path.read_bytes())
    page = damaged.index(b"It was the third") // 4096 * 4096
    damaged[page : page + 100] = b"\xff" * 100
    path.write_bytes(damaged)
    with pytest.raises(StoreError, match=r"the database is damaged .*restore a backup"):
        open_writer(path)
    assert path.read_bytes() == damaged


def test_a_reader_of_an_empty_file_is_told_what_fills_it(path):
    path.parent.mkdir()
    path.touch()
    with pytest.raises(StoreError, match="no database at"):
        open_reader(path)


def used(path):
    """Leave the lock file of a monitor that used the database."""
    with InstanceLock(path):
        pass


def test_an_empty_file_counts_as_new(path):
    path.parent.mkdir()
    path.touch()
    with open_writer(path) as opened:
        put_hit(opened)
    assert [file.name for file in path.parent.iterdir()] == ["monitor.db"]


def test_an_empty_file_that_was_used_before_is_refused_and_left_alone(path):
    path.parent.mkdir()
    path.touch()
    used(path)
    refusal = "the database is empty, but was used before; restore a backup, or delete"
    with InstanceLock(path) as lock, pytest.raises(StoreError, match=refusal):
        open_writer(path, lock)
    assert path.stat().st_size == 0


@pytest.mark.parametrize("spoil", [lambda path: os.truncate(path, 0), os.unlink], ids=["emptied", "deleted"])
def test_a_database_that_lost_its_content_and_not_its_log_is_refused_with_the_log_kept(db, path, spoil):
    put_hit(db)
    crashed = path.parent.with_name("crashed")
    shutil.copytree(path.parent, crashed)
    spoil(crashed / path.name)
    log = (crashed / "monitor.db-wal").read_bytes()
    with pytest.raises(StoreError, match=r"monitor\.db-wal beside it holds the last writes; restore a backup"):
        open_writer(crashed / path.name)
    assert (crashed / "monitor.db-wal").read_bytes() == log


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda old: bytes(100) + old[100:], id="header overwritten"),
        pytest.param(lambda old: bytes(len(old)), id="all zero"),
        pytest.param(lambda old: old[: len(old) // 2], id="cut in half"),
        pytest.param(lambda old: old[:10], id="ten bytes left"),
    ],
)
def test_a_spoiled_file_is_refused_and_not_made_anew(db, path, spoil):
    put_hit(db)
    db.close()
    spoiled = spoil(path.read_bytes())
    path.write_bytes(spoiled)
    with pytest.raises(StoreError, match=r"damaged.*restore a backup"):
        open_writer(path)
    assert path.read_bytes() == spoiled


def test_a_start_that_is_cut_short_leaves_no_file_that_looks_used(path, monkeypatch):
    with monkeypatch.context() as context:
        context.setattr(MIGRATIONS, "apply", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            open_writer(path)
    assert not path.exists()
    used(path)
    with InstanceLock(path) as lock, open_writer(path, lock) as opened:
        put_hit(opened)
    assert sorted(file.name for file in path.parent.iterdir()) == ["monitor.db", "monitor.db.lock"]


def test_a_database_that_was_deleted_with_its_log_is_made_anew(db, path):
    put_hit(db)
    db.close()
    path.unlink()
    used(path)
    with InstanceLock(path) as lock, open_writer(path, lock) as again:
        assert list_hits(again, HitQuery()) == []


def test_a_file_that_becomes_unreadable_is_given_up(db, path):
    put_hit(db)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    db.execute("PRAGMA shrink_memory").close()
    with pytest.raises(StoreGone, match="damaged"), write(db):
        rows(db, "SELECT * FROM hits, entries, stories")


@pytest.fixture
def readable() -> Iterator[Path]:
    """A database of another user with one hit, which everybody may read; no daemon runs."""
    with open_folder() as folder:
        path = folder / "state" / "monitor.db"
        with open_writer(path) as db:
            put_hit(db, "1")
        path.chmod(0o644)
        path.parent.chmod(0o555)
        yield path
        path.parent.chmod(0o755)


def test_who_cannot_write_reads_the_database_while_no_daemon_runs(readable):
    with without_privileges(), open_reader(readable) as db:
        assert len(list_hits(db, HitQuery())) == 1
        db.ensure_unchanged()
        assert not db.is_outdated()


def test_who_reads_without_locks_notices_that_a_daemon_has_started(readable):
    with without_privileges():
        db = open_reader(readable)
    readable.parent.chmod(0o755)
    with open_writer(readable) as daemon:
        put_hit(daemon, "2")
        assert db.is_outdated()
    with pytest.raises(StoreError, match="a daemon has changed the database while it was read; try again"):
        db.ensure_unchanged()
    db.close()


@pytest.mark.parametrize("damaged", [False, True], ids=["other rows", "pages of two versions"])
def test_a_query_without_locks_reports_that_a_daemon_has_written_and_no_damage(readable, damaged):
    with without_privileges():
        db = open_reader(readable)
    size = readable.stat().st_size
    with db, readable.open("r+b") as file:
        if damaged:
            file.seek(4096)
            file.write(b"\xff" * (size - 4096))
        file.truncate(size + 4096)
        with pytest.raises(StoreError, match="while it was read; try again"):
            list_hits(db, HitQuery())


def test_a_copy_is_not_kept_if_a_daemon_has_written_meanwhile(readable, tmp_path, monkeypatch):
    monkeypatch.setattr("monitor.store.db.statements.file_state", lambda _: (1, 2, 3, 4))
    (readable.parent.parent / "copies").mkdir(mode=0o777)
    (readable.parent.parent / "copies").chmod(0o777)
    with without_privileges(), pytest.raises(StoreError, match="try again"):
        back_up(readable, readable.parent.parent / "copies" / "copy.db")
    assert list((readable.parent.parent / "copies").iterdir()) == []


def test_writes_that_a_killed_daemon_left_in_the_log_are_not_overlooked(readable):
    readable.parent.chmod(0o755)
    log = readable.with_name("monitor.db-wal")
    log.write_bytes(b"log")
    log.chmod(0o644)
    readable.parent.chmod(0o555)
    with without_privileges(), pytest.raises(StoreError, match=r"its last changes are still in monitor\.db-wal"):
        open_reader(readable)


def test_a_transaction_that_was_cut_off_in_rollback_mode_is_not_read_as_complete(readable):
    copy = readable.with_name("copy.db")
    with closing(sqlite3.connect(readable, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA cache_size = 1")  # writes pages to the file before the commit
        db.execute("BEGIN")
        db.execute("CREATE TABLE x AS SELECT zeroblob(100000) AS a")
        for end in ("", "-journal"):
            source = readable.with_name(f"{readable.name}{end}")
            copy.with_name(f"{copy.name}{end}").write_bytes(source.read_bytes())
        db.execute("ROLLBACK")
    with without_privileges(), pytest.raises(StoreError, match=r"copy\.db-journal shows that a program was killed"):
        open_reader(copy)
    open_writer(copy).close()
    with open_reader(copy) as db:
        assert len(list_hits(db, HitQuery())) == 1


@pytest.mark.parametrize("opened", [open_reader, database_exists, open_writer])
def test_a_folder_that_the_user_may_not_enter_is_named_and_not_taken_for_an_empty_one(readable, opened):
    readable.parent.chmod(0o700)
    with without_privileges(), pytest.raises(StoreError, match=r"monitor\.db: cannot be accessed: Permission denied"):
        opened(readable)


def test_a_file_that_the_user_may_not_read_is_named(readable):
    readable.chmod(0o600)
    with without_privileges(), pytest.raises(StoreError, match="by this user; run as the user of the service, or as a"):
        open_reader(readable)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["folder", "pipe"])
@pytest.mark.parametrize("opened", [open_reader, open_writer])
def test_what_is_no_file_is_refused(tmp_path, make, opened):
    make(tmp_path / "monitor.db")
    with pytest.raises(StoreError, match="this is not a file"):
        opened(tmp_path / "monitor.db")


def test_a_database_on_a_full_or_read_only_disk_is_read_while_no_daemon_runs(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        path = disk.folder / "monitor.db"
        with open_writer(path) as db:
            put_hit(db, "1")
        disk.fill()
        with open_reader(path) as db:
            assert len(list_hits(db, HitQuery())) == 1
        disk.free()
        disk.make_read_only()
        with open_reader(path) as db:
            assert len(list_hits(db, HitQuery())) == 1
