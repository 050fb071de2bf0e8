import os
import re
import shutil
import sqlite3
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.sqlite_file import open_sqlite
from support.store_samples import NOW, after, feed, put_delivery, put_hit

from monitor.errors import StoreError
from monitor.store import backup, deliveries, open_reader, open_writer, write
from monitor.store.db import copying
from monitor.store.db.statements import rows
from monitor.store.feeds import configure, load_feeds, save_feed, save_quiet_feeds
from monitor.store.hits import HitQuery, list_hits


def hits_in(path: Path) -> list[int]:
    with open_reader(path) as reader:
        return sorted(row["id"] for row in list_hits(reader, HitQuery()))


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_copy_holds_all_that_was_committed_and_nothing_else(db, path, tmp_path):
    put_hit(db, "1")
    with write(db):
        db.execute("DELETE FROM hit_rules").close()
        backup.back_up(path, tmp_path / "copy.db")
    with open_reader(tmp_path / "copy.db") as copy:
        assert len(list_hits(copy, HitQuery(rule="dprk-theft"))) == 1


def test_a_copy_is_one_file_for_its_owner_alone(db, path, tmp_path):
    put_hit(db)
    copies = tmp_path / "a/b"
    backup.back_up(path, copies / "copy.db")
    assert files(copies) == {"copy.db"}
    assert (copies / "copy.db").stat().st_mode & 0o777 == 0o600
    assert copies.stat().st_mode & 0o777 == 0o700
    assert hits_in(copies / "copy.db") == [1]


def test_a_copy_needs_nothing_beside_it_to_be_read(db, path, tmp_path):
    backup.back_up(path, tmp_path / "copy.db")
    with open_sqlite(f"file:{tmp_path}/copy.db?mode=ro&immutable=1", uri=True) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    copy.close()


def test_a_copy_never_takes_the_place_of_a_file(db, path, tmp_path):
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(StoreError, match=r"copy\.db: the file exists and is not overwritten"):
        backup.back_up(path, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_file_that_comes_in_between_is_not_overwritten_either(db, path, tmp_path, monkeypatch):
    target, fill = tmp_path / "copy.db", copying.fill
    monkeypatch.setattr(copying, "fill", lambda *given: (fill(*given), target.write_text("mine")))
    with pytest.raises(StoreError, match="exists and is not overwritten"):
        backup.back_up(path, target)
    assert target.read_text() == "mine"
    assert files(tmp_path) == {"copy.db", "state"}


def test_a_copy_can_be_made_where_there_are_no_links(db, path, tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    put_hit(db)
    backup.back_up(path, tmp_path / "copy.db")
    assert hits_in(tmp_path / "copy.db") == [1]


def test_a_copy_that_breaks_off_leaves_nothing(db, path, tmp_path, monkeypatch):
    def break_off(*_: object) -> None:
        raise sqlite3.OperationalError("odd")

    monkeypatch.setattr(copying, "fill", break_off)
    with pytest.raises(sqlite3.OperationalError):
        backup.back_up(path, tmp_path / "copy.db")
    assert files(tmp_path) == {"state"}


def test_a_copy_is_made_while_somebody_writes_and_is_of_one_moment(db, path, tmp_path, monkeypatch):
    monkeypatch.setattr(copying, "STEP", 1)
    with write(db):
        db.execute("CREATE TABLE pad (id INTEGER PRIMARY KEY, text TEXT)").close()
        db.conn.executemany("INSERT INTO pad (text) VALUES (?)", [("word " * 700,)] * 400)
    copied = threading.Thread(target=backup.back_up, args=(path, tmp_path / "copy.db"))
    copied.start()
    written = 0
    while copied.is_alive():
        with write(db):  # both rows or none
            db.execute("INSERT INTO pad (text) VALUES ('left'), ('right')").close()
        written += 1
    copied.join()
    assert written > 1
    with open_reader(tmp_path / "copy.db") as copy:
        sides = rows(copy, "SELECT text, count(*) AS n FROM pad WHERE length(text) < 9 GROUP BY text")
    assert len({side["n"] for side in sides}) <= 1


def test_a_place_that_cannot_be_written_is_named(db, path, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file: the directory .*cannot be made"):
        backup.back_up(path, tmp_path / "file" / "copy.db")


def test_without_a_database_there_is_nothing_to_copy(path, tmp_path):
    with pytest.raises(StoreError, match="no database at"):
        backup.back_up(path, tmp_path / "copy.db")
    assert files(tmp_path) == set()


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 11, 22, 8, 15, 0, 999, UTC), datetime.fromisoformat("2026-11-22T09:15:00+01:00")],
    ids=["utc", "elsewhere"],
)
def test_a_scheduled_copy_is_named_after_its_moment_in_utc(moment):
    assert backup.backup_path(Path("/b"), moment) == Path("/b/monitor-20261122-081500Z.db")


def put_copies(folder: Path, *day_offsets: int) -> list[str]:
    folder.mkdir(exist_ok=True)
    copies = [backup.backup_path(folder, NOW + timedelta(days=offset)) for offset in day_offsets]
    for copy in copies:
        copy.touch()
    return [copy.name for copy in copies]


def test_the_latest_copy_is_found_by_its_name(tmp_path):
    assert backup.latest_backup_at(tmp_path, NOW) is None
    assert backup.latest_backup_at(tmp_path / "none", NOW) is None
    put_copies(tmp_path, -3, -1, -2)
    assert backup.latest_backup_at(tmp_path, NOW) == NOW - timedelta(days=1)


def test_a_copy_of_a_day_to_come_does_not_count(tmp_path):
    put_copies(tmp_path, -2, 300)
    assert backup.latest_backup_at(tmp_path, NOW) == NOW - timedelta(days=2)


def test_rotation_deletes_the_oldest(tmp_path):
    names = put_copies(tmp_path, -5, -4, -3, -2, -1)
    assert [path.name for path in backup.rotate(tmp_path, 2, NOW)] == names[:3]
    assert files(tmp_path) == set(names[3:])


def test_rotation_touches_nothing_that_has_another_name(tmp_path):
    others = {
        "monitor.db",
        "monitor-20261122-081500Z.db-wal",
        "monitor-20261122-081500Z.db.old",
        "my-monitor-20261122-081500Z.db",
        "monitor-20261122.db",
        "monitor-20261399-081500Z.db",
    }
    others |= set(put_copies(tmp_path, -1))
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / "monitor-20200101-000000Z.db").mkdir()
    (tmp_path / "monitor-20200102-000000Z.db").symlink_to(tmp_path / "monitor.db")
    backup.rotate(tmp_path, 1, NOW)
    assert files(tmp_path) == others | {"monitor-20200101-000000Z.db", "monitor-20200102-000000Z.db"}


def test_copies_of_a_day_to_come_go_first(tmp_path):
    names = put_copies(tmp_path, -2, -1, 300, 301)
    backup.rotate(tmp_path, 2, NOW)
    assert files(tmp_path) == set(names[:2])


def test_what_is_left_of_copies_that_were_broken_off_goes_after_a_day(tmp_path):
    left = [f".monitor-{day}-081500Z.db.x7{copying.PARTIAL}" for day in ("20261101", "20261122")]
    for name in left:
        (tmp_path / name).touch()
    backup.rotate(tmp_path, 3, NOW)
    assert files(tmp_path) == {left[1]}


# ---------------------------------------------------------------- restore


@pytest.fixture
def copy(db, path, tmp_path) -> Path:
    """A copy of a database with one hit, which has got a second one since."""
    put_hit(db, "1")
    backup.back_up(path, tmp_path / "copy.db")
    put_hit(db, "2")
    return tmp_path / "copy.db"


def test_a_restored_database_is_as_it_was_and_the_other_is_kept(db, path, copy):
    db.close()
    aside = backup.restore(copy, path, NOW)
    assert aside == path.with_name("monitor.db.before-restore-20261122-100000Z")
    assert hits_in(path) == [1]
    assert hits_in(aside) == [1, 2]
    with open_writer(path) as again:
        put_hit(again, "3")


def test_what_only_the_log_holds_is_kept_with_the_database(db, path, copy, tmp_path):
    crashed = tmp_path / "crashed"
    shutil.copytree(path.parent, crashed)  # as a power failure leaves it
    aside = backup.restore(copy, crashed / "monitor.db", NOW)
    assert hits_in(aside) == [1, 2]
    assert not (crashed / "monitor.db-wal").exists()
    assert hits_in(crashed / "monitor.db") == [1]


def test_a_restored_delivery_that_waited_may_be_a_repeat(db, path, tmp_path):
    put_delivery(db, put_hit(db))
    backup.back_up(path, tmp_path / "copy.db")
    db.close()
    backup.restore(tmp_path / "copy.db", path, NOW)
    with open_writer(path) as again, write(again):
        assert deliveries.lease(again, "slack", after(9), 60).possible_repeat


def test_a_copy_goes_where_nothing_was(copy, tmp_path):
    assert backup.restore(copy, tmp_path / "new/monitor.db", NOW) is None
    assert hits_in(tmp_path / "new/monitor.db") == [1]
    assert files(tmp_path / "new") == {"monitor.db"}


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    page = content.index(b"It was the third") // 4096 * 4096
    content[page : page + 100] = b"\xff" * 100
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(damage, "damaged", id="damaged"),
        pytest.param(lambda file: file.write_bytes(b""), "there is no database in it", id="empty"),
        pytest.param(lambda file: file.unlink(), "there is no database in it", id="missing"),
        pytest.param(lambda file: file.write_text("shopping\n" * 99), "not a SQLite database", id="text"),
        pytest.param(lambda file: file.write_bytes(file.read_bytes()[:8192]), "damaged", id="cut short"),
    ],
)
def test_a_copy_that_is_no_good_is_refused_and_nothing_is_moved(db, path, copy, spoil, says):
    db.close()
    spoil(copy)
    before = files(path.parent)
    with pytest.raises(StoreError, match=says):
        backup.restore(copy, path, NOW)
    assert files(path.parent) == before
    assert hits_in(path) == [1, 2]


def test_a_copy_of_a_newer_version_is_refused(db, path, copy):
    db.close()
    with open_sqlite(copy) as newer:
        newer.execute("UPDATE _sqlite_migrations SET name = '9999 later' WHERE rowid = 1")
    newer.close()
    with pytest.raises(StoreError, match="made by a newer version"):
        backup.restore(copy, path, NOW)
    assert hits_in(path) == [1, 2]


def test_the_database_is_no_copy_of_itself(db, path):
    with pytest.raises(StoreError, match="this is the database itself"):
        backup.restore(path, path, NOW)


def test_restoring_works_over_a_damaged_database(db, path, copy):
    db.close()
    path.write_bytes(b"\0" * 8192)
    aside = backup.restore(copy, path, NOW)
    assert aside.read_bytes() == b"\0" * 8192
    assert hits_in(path) == [1]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_restored_database_belongs_to_whom_it_belonged(db, path, copy):
    db.close()
    os.chown(path, 65534, 65534)
    path.chmod(0o640)
    backup.restore(copy, path, NOW)
    assert (path.stat().st_uid, path.stat().st_mode & 0o777) == (65534, 0o640)


# ---------------------------------------------------------------- check, vacuum


def test_a_sound_database_has_no_findings(db, path):
    put_hit(db)
    assert backup.check(path).lines == ()


def test_damage_is_found(db, path):
    put_hit(db)
    db.close()
    damage(path)
    assert backup.check(path).file != ()


def test_a_row_that_refers_to_nothing_is_found(db, path):
    with write(db):
        configure(db, [feed()])
    db.execute("PRAGMA foreign_keys = OFF").close()
    put_hit(db)
    with write(db):
        db.execute("DELETE FROM entries").close()
    assert "hits row 1 refers to missing entries" in backup.check(path).file


def test_vacuum_gives_gaps_back_and_keeps_the_rest(db, path):
    with write(db):
        db.execute("CREATE TABLE pad AS SELECT randomblob(900000) AS blob").close()
    put_hit(db)
    with write(db):
        db.execute("DROP TABLE pad").close()
    db.close()
    before, now = backup.vacuum(path)
    assert (before > 900_000, now < 400_000) == (True, True)
    assert path.stat().st_size == now
    with open_writer(path) as again:
        assert again.execute("PRAGMA auto_vacuum").fetchone()[0] == 2
        assert [row["id"] for row in list_hits(again, HitQuery())] == [1]


def test_after_a_restore_what_the_next_poll_of_a_feed_finds_may_be_a_repeat(db, path, copy):
    def is_possible_repeat(opened, key: str) -> bool:
        put_delivery(opened, put_hit(opened, key), group=int(key))
        with write(opened):
            leased = deliveries.lease(opened, "slack", after(9), 60)
            deliveries.record_sent(opened, leased, after(10))
        return leased.possible_repeat

    db.close()
    backup.restore(copy, path, NOW)
    with open_writer(path) as again:
        before = is_possible_repeat(again, "3")
        failed = replace(load_feeds(again)[0], failures=1)
        with write(again):
            save_feed(again, failed)
        after_failure = is_possible_repeat(again, "4")
        with write(again):
            save_quiet_feeds(again, [replace(failed, failures=0)])
        assert (before, after_failure, is_possible_repeat(again, "5")) == (True, True, False)


class KilledError(BaseException):
    pass


@pytest.mark.parametrize("call", range(5))
@pytest.mark.parametrize("step", ["fill", "_mark", "link", "unlink", "rename"])
def test_an_interrupted_restore_leaves_one_of_the_two_or_says_how_to_go_on(
    path, copy, tmp_path, monkeypatch, step, call
):
    """The process may be killed before each change of the folder."""
    crashed = tmp_path / "crashed" / "monitor.db"
    shutil.copytree(path.parent, crashed.parent)  # the log holds the last writes
    place = {"fill": copying, "_mark": backup, "link": os, "unlink": Path, "rename": Path}[step]
    real, calls = getattr(place, step), []

    def die(*given, **more):
        calls.append(given)
        if len(calls) > call:
            raise KilledError
        return real(*given, **more)

    monkeypatch.setattr(place, step, die)
    with suppress(KilledError):
        backup.restore(copy, crashed, NOW)
    monkeypatch.undo()
    if not crashed.exists():
        for opened in (open_reader, open_writer):
            with pytest.raises(StoreError, match=r"was interrupted; run: monitor db restore") as refused:
                opened(crashed)
        assert hits_in(crashed.with_name("monitor.db.before-restore-20261122-100000Z")) == [1, 2]
        again = Path(re.search(r"db restore (\S+),", str(refused.value))[1])
        backup.restore(again, crashed, NOW + timedelta(seconds=5))
        assert hits_in(crashed) == [1]
    assert hits_in(crashed) in ([1], [1, 2])
    assert backup.check(crashed).lines == ()


def test_what_an_interrupted_restore_has_copied_is_deleted_by_the_next(db, path, copy):
    db.close()
    partial = path.with_name(f".{path.name}.restored-20260101-000000Z.abc.partial")
    partial.touch()
    backup.restore(copy, path, NOW)
    assert not partial.exists()


def test_a_link_to_the_database_stays_one(db, path, copy, tmp_path):
    db.close()
    link = tmp_path / "link.db"
    link.symlink_to(path)
    backup.restore(copy, link, NOW)
    assert link.is_symlink()
    assert hits_in(link) == hits_in(path) == [1]


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal", ".lock", ".config.json"])
def test_a_copy_takes_no_name_that_the_database_uses(db, path, end):
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    path.with_name(path.name + end).unlink(missing_ok=True)
    with pytest.raises(StoreError, match="the database itself uses this file name"):
        backup.back_up(path, path.with_name(path.name + end))


def test_a_file_that_cannot_be_restored_is_refused_with_the_way_out_of_a_restore(db, path, tmp_path):
    (tmp_path / "list").write_text("milk\n" * 500)
    with pytest.raises(StoreError) as refused:
        backup.restore(tmp_path / "list", path, NOW)
    assert str(refused.value).endswith("; nothing was changed; name a copy that monitor db backup made")
    assert "[storage]" not in str(refused.value)
