import os
import subprocess
import sys

import pytest

from monitor.errors import AnotherInstance, StoreError
from monitor.store import InstanceLock

HOLD = """
import sys
from pathlib import Path
from monitor.store.db.lock import InstanceLock
with InstanceLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


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
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout.readline() == "held\n"
        with pytest.raises(AnotherInstance, match=f"pid {child.pid}"):
            InstanceLock(path).__enter__()
        child.kill()
    with InstanceLock(path):
        pass


def test_a_place_where_no_directory_can_be_made_is_refused_with_the_way_out(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"set \[storage\] path"):
        InstanceLock(tmp_path / "file" / "monitor.db").__enter__()
