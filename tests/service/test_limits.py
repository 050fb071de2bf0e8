"""The demo under the limits of the unit, without systemd as first process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import service_limits

from monitor.service.units import EXAMPLE, render

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAMS = ("unshare", "setpriv", "mount", "systemd-analyze")
# each line prints what a limit makes of an attempt to break it
ATTEMPTS = """
import mmap, os, re, socket
def attempt(name, action):
    try:
        action()
    except OSError as error:
        print(name, error.strerror)
    else:
        print(name, "succeeded")
attempt("write", lambda: open(%r + "/x", "w"))
attempt("own folder", lambda: open("x", "w"))
attempt("memory", lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC))
attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("internet", lambda: socket.socket(socket.AF_INET6))
attempt("nice", lambda: os.nice(-1))
attempt("chroot", lambda: os.chroot("."))
attempt("kernel", lambda: open("/proc/sys/kernel/hostname"))
status = open("/proc/self/status").read()
print(*re.findall("(CapBnd|CapEff|NoNewPrivs):\\t(.*)", status))
"""


@pytest.fixture(scope="module")
def run_limited(tmp_path_factory):
    """Return a function that runs a command under the limits of monitor.service, and returns what it printed."""
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        pytest.skip(f"not on this machine: {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("state")
    unit = tmp_path_factory.mktemp("unit") / "monitor.service"
    unit.write_text(render(EXAMPLE, "monitor.service"))
    limited = ["unshare", "--mount", "--ipc", sys.executable, service_limits.__file__, str(folder), str(unit)]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "HOME": str(folder), "TMPDIR": str(folder)}
    environ |= {"PYTHONDONTWRITEBYTECODE": "1"}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        words = [*limited, sys.executable, *command]
        return subprocess.run(words, env=environ, capture_output=True, text=True, check=False, timeout=120)

    tried = run("-c", "")
    if tried.returncode:
        pytest.skip(f"the limits cannot be set up here: {tried.stderr.strip().splitlines()[-1]}")
    return run


@pytest.mark.slow
def test_the_limits_are_in_force(run_limited):
    done = run_limited("-c", ATTEMPTS % str(REPOSITORY))
    assert done.stdout.splitlines() == [
        "write Read-only file system",
        "own folder succeeded",
        "memory Permission denied",
        "netlink Operation not permitted",
        "internet succeeded",
        "nice Operation not permitted",
        "chroot Operation not permitted",
        "kernel No such file or directory",
        "('CapEff', '0000000000000000') ('CapBnd', '0000000000000000') ('NoNewPrivs', '1')",
    ], done.stderr


@pytest.mark.slow
def test_the_demo_sends_its_alerts_under_the_limits_of_the_unit(run_limited):
    done = run_limited("-m", "monitor", "demo")
    assert done.returncode == 0, done.stderr
    assert "4 alerts, 4 hits in 18 articles" in done.stdout
    assert done.stderr == ""


def test_system_calls_are_those_of_the_groups_without_the_refused_ones(monkeypatch):
    groups = {"@all": "@some\n    read\n    # write\n", "@some": "open\n    chroot\n"}

    def listed(command, **_):
        return subprocess.CompletedProcess(command, 0, f"{command[-1]}\n    # comment\n    {groups[command[-1]]}", "")

    monkeypatch.setattr(subprocess, "run", listed)
    assert service_limits.allowed_system_calls(["@all", "~@some kill"]) == {"read"}
    assert service_limits.allowed_system_calls(["@all getpid"]) == {"read", "open", "chroot", "getpid"}
