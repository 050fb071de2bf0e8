import os
import shutil

import pytest
from support.sqlite_file import open_sqlite
from support.unprivileged import NOBODY, open_folder, without_privileges

from monitor.doctor import storage
from monitor.doctor.storage import backup_findings, database_findings, disk_findings
from monitor.store import open_writer


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "state" / "monitor.db"
    open_writer(path).close()
    return path


def judged(path) -> tuple[str, str]:
    (found,) = database_findings(path)
    assert bool(found.remedy) == (found.level != "ok")
    return found.level, f"{found.text} -> {found.remedy}"


@pytest.mark.parametrize(("free", "level"), [(50e6, "error"), (500e6, "warning"), (3e9, "warning"), (9e9, "ok")])
def test_free_space_is_judged_with_the_limit_of_the_configuration(tmp_path, monkeypatch, free, level):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda _: usage._replace(free=int(free)))
    assert [f.level for f in disk_findings(tmp_path / "missing", least=5_000_000_000)] == [level]


def test_a_disk_without_inodes_is_full(tmp_path, monkeypatch):
    real = os.statvfs(tmp_path)
    values = [*real[:7], 0, *real[8:]]
    monkeypatch.setattr(storage.os, "statvfs", lambda _: os.statvfs_result([*values[:5], 1000, 0, 0, *values[8:]]))
    assert "all inodes are in use" in disk_findings(tmp_path, least=None)[0].text


def test_a_database_is_created_sound_or_read_by_everybody(tmp_path, database):
    assert "will be created" in judged(tmp_path / "none.db")[1]
    assert judged(database)[0] == "ok"
    database.chmod(0o644)
    assert f"run: chmod o-r {database}" in judged(database)[1]


@pytest.mark.parametrize("content", [b"", b"milk\n" * 500], ids=["empty", "text"])
def test_what_is_no_database_is_an_error(tmp_path, content):
    (tmp_path / "monitor.db").write_bytes(content)
    assert judged(tmp_path / "monitor.db")[0] == "error"


def test_a_damaged_database_is_an_error(database):
    with database.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 8)
    level, words = judged(database)
    assert (level, "damaged" in words, "restore a backup" in words) == ("error", True, True)


def test_a_database_of_a_newer_version_is_an_error_that_says_what_to_install(database):
    with open_sqlite(database) as db:
        db.execute("UPDATE _sqlite_migrations SET name = '9999 later' WHERE name LIKE '0014%'")
    level, words = judged(database)
    assert (level, "newer version" in words, "install that version" in words) == ("error", True, True)


def test_a_database_of_another_program_is_an_error(tmp_path):
    with open_sqlite(tmp_path / "monitor.db") as db:
        db.execute("CREATE TABLE bookmarks (url)")
    assert "another program" in judged(tmp_path / "monitor.db")[1]


def test_a_locked_database_is_an_error(database, monkeypatch):
    monkeypatch.setattr("monitor.store.db.reading.BUSY_TIMEOUT_S", 0.0)
    with open_sqlite(database) as db:
        db.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        db.execute("BEGIN EXCLUSIVE")
        assert "keeps the database locked" in judged(database)[1]


def test_a_check_that_takes_too_long_finds_nothing(database, monkeypatch):
    monkeypatch.setattr(storage, "LONGEST_CHECK_S", 0.0)
    monkeypatch.setattr("monitor.store.db.reading._STEPS", 1)
    assert judged(database)[0] == "ok"


@pytest.mark.parametrize(
    ("mode", "level", "words"),
    [
        (0o700, "error", "cannot be accessed: Permission denied -> run as the user of the service"),
        (0o755, "warning", "can be read, but not written by this user"),
    ],
    ids=["folder closed", "read only"],
)
def test_what_the_current_user_may_do_is_judged(mode, level, words):
    with open_folder() as folder:
        path = folder / "state" / "monitor.db"
        open_writer(path).close()
        path.chmod(0o644)
        path.parent.chmod(mode)
        with without_privileges():
            found = judged(path)
            assert [each.level for each in disk_findings(path.parent / "below", least=None)] != []
    assert (found[0], words in found[1]) == (level, True)


def test_a_folder_that_cannot_be_written_is_an_error_with_the_way_out():
    with open_folder() as folder, without_privileges():
        level, words = judged(folder / "monitor.db")
        (backups,) = backup_findings(folder / "copies")
    assert (level, "[storage] path" in words) == ("error", True)
    assert (backups.level, "cannot be written by this user" in backups.text) == ("error", True)


def test_a_folder_of_backups_is_checked_if_one_is_set(tmp_path):
    assert backup_findings(None) == []
    assert backup_findings(tmp_path / "copies")[0].level == "ok"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_database_that_root_has_made_for_the_service_is_a_warning(database):
    os.chown(database.parent, NOBODY, -1)
    level, words = judged(database)
    assert (level, "belongs to root" in words, "chown" in words) == ("warning", True, True)
    os.chown(database, NOBODY, -1)
    assert judged(database)[0] == "ok"
