import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest

from monitor.errors import AnotherInstance, StoreError, StoreGone
from monitor.store import InstanceLock, open_reader, open_writer, write
from monitor.store.db import lock as lock_module

HOLD = """
import sys
from pathlib import Path
from monitor.store import InstanceLock, open_writer
for line in sys.stdin:
    path = Path(line.rstrip())
    with InstanceLock(path) as lock, open_writer(path, lock):
        print("held", flush=True)
        sys.stdin.readline()
    print("released", flush=True)
"""


@contextmanager
def child_process():
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        yield child
        child.kill()


@pytest.fixture(scope="module")
def other_process():
    with child_process() as child:
        yield child


def tell(child, line):
    child.stdin.write(f"{line}\n")
    child.stdin.flush()
    return child.stdout.readline()


@contextmanager
def held_by(child, path):
    assert tell(child, path) == "held\n"
    yield
    assert tell(child, "release") == "released\n"


def symbolic_link(path):
    path.with_name("other.db").symlink_to(path)
    return path.with_name("other.db")


def link_to_directory(path):
    path.parent.with_name("linked").symlink_to(path.parent)
    return path.parent.with_name("linked") / path.name


def hard_link(path):
    os.link(path, path.with_name("other.db"))
    return path.with_name("other.db")


def hard_link_elsewhere(path):
    path.parent.with_name("elsewhere").mkdir()
    os.link(path, path.parent.with_name("elsewhere") / path.name)
    return path.parent.with_name("elsewhere") / path.name


def removed_lock_file(path):
    path.with_name("monitor.db.lock").unlink()
    return path


def removed_lock_file_and_symbolic_link(path):
    return symbolic_link(removed_lock_file(path))


WAYS = [symbolic_link, link_to_directory, hard_link, hard_link_elsewhere, removed_lock_file]
WAYS += [removed_lock_file_and_symbolic_link]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_another_process_is_refused_whatever_name_it_opens_the_database_by(path, way, other_process):
    with held_by(other_process, path):
        other = way(path)
        with pytest.raises(AnotherInstance, match=f"{other.name}: in use by another monitor"):
            InstanceLock(other).__enter__()
    with InstanceLock(other) as lock, open_writer(other, lock):
        pass


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_second_lock_in_the_same_process_is_refused_too(path, way):
    with InstanceLock(path) as lock, open_writer(path, lock):
        other = way(path)
        with pytest.raises(AnotherInstance):
            InstanceLock(other).__enter__()


def test_a_copied_folder_is_a_database_of_its_own(path, other_process):
    with held_by(other_process, path):
        shutil.copytree(path.parent, path.parent.with_name("copy"))
        copy = path.parent.with_name("copy") / path.name
        with InstanceLock(copy) as lock, open_writer(copy, lock):
            pass


def test_a_refused_process_leaves_the_locks_of_sqlite_alone(path):
    with InstanceLock(path) as lock, open_writer(path, lock) as db:
        with write(db), pytest.raises(AnotherInstance):
            InstanceLock(hard_link(path)).__enter__()
        with open_reader(path) as reader:
            assert reader.execute("SELECT count(*) FROM feeds").fetchone() == (0,)


def test_the_lock_does_not_keep_other_programs_from_reading_and_writing(path, other_process):
    with held_by(other_process, path), closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM feeds")
        other.execute("COMMIT")


@pytest.mark.parametrize(
    "remove", [os.unlink, lambda file: file.rename(file.with_name("moved"))], ids=["deleted", "moved"]
)
def test_a_writer_makes_a_lock_file_that_was_removed_anew(path, remove, caplog):
    with InstanceLock(path) as lock, open_writer(path, lock) as db:
        remove(path.with_name("monitor.db.lock"))
        with write(db):
            pass
        assert path.with_name("monitor.db.lock").read_text() == f"{os.getpid()}\n"
        with pytest.raises(AnotherInstance, match=f"pid {os.getpid()}"):
            InstanceLock(path).__enter__()
    assert caplog.text.count("the lock file was removed or replaced, created it again") == 1


def test_a_writer_whose_lock_file_another_process_took_stops_if_the_database_cannot_be_locked(path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(lock_module.fcntl, "fcntl", refuse)
    with InstanceLock(path) as lock, open_writer(path, lock) as db:
        path.with_name("monitor.db.lock").unlink()
        refusal = "the lock file was removed while it was in use"
        with InstanceLock(path), pytest.raises(StoreGone, match=refusal), write(db):
            pass


def test_a_second_instance_is_refused_and_told_the_pid_of_the_first(path):
    refusal = rf"monitor\.db: in use .*\(pid {os.getpid()}\)"
    with InstanceLock(path), pytest.raises(AnotherInstance, match=refusal):
        InstanceLock(path).__enter__()


def test_the_lock_can_be_taken_again_once_it_is_let_go(path):
    with InstanceLock(path):
        pass
    with InstanceLock(path):
        assert path.with_name("monitor.db.lock").stat().st_mode & 0o777 == 0o600


def test_the_lock_file_holds_the_pid_and_nothing_of_an_earlier_one(path):
    lock = path.with_name("monitor.db.lock")
    lock.parent.mkdir()
    lock.write_text("123456789012345\n")
    with InstanceLock(path):
        assert lock.read_text() == f"{os.getpid()}\n"


def test_a_refused_instance_does_not_take_the_lock_from_the_first(path):
    with InstanceLock(path):
        for _ in range(2):
            with pytest.raises(AnotherInstance):
                InstanceLock(path).__enter__()


def test_the_lock_knows_whether_it_was_taken_before(path):
    with InstanceLock(path) as lock:
        assert not lock.used_before
    with InstanceLock(path) as lock:
        assert lock.used_before


def test_a_killed_process_leaves_no_lock(path):
    with child_process() as child:
        assert tell(child, path) == "held\n"
        with pytest.raises(AnotherInstance, match=f"pid {child.pid}"):
            InstanceLock(path).__enter__()
        child.kill()
        child.wait()
        with InstanceLock(path):
            pass


def test_a_place_where_no_directory_can_be_made_is_refused_with_the_way_out(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"set \[storage\] path"):
        InstanceLock(tmp_path / "file" / "monitor.db").__enter__()
