"""Run a command under the limits of a systemd unit, as far as that is possible without systemd as first process.

    unshare --mount --ipc python service_limits.py FOLDER UNIT COMMAND...

Root calls it in namespaces of its own. It sets up what the directives of the file UNIT ask for: a read-only file system
in which only FOLDER, /dev/shm and /proc are writable (ProtectSystem=strict, ProcSubset=pid), no capabilities, no new
privileges, no memory that is writable and executable, the umask and the limit of open files, the filter of system calls
and the address families. Not set up: devices, users, cgroup limits (MemoryMax=, TasksMax=), and hidden homes, in which
the interpreter of the tests may lie.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import socket
import subprocess
import sys

_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE, _READ_ONLY = 442, -100, 0x8000, 1  # mount_setattr(2)
_PR_SET_MDWE, _REFUSE_EXEC_GAIN = 65, 1  # prctl(2), Linux 6.3
_ALLOW, _ERRNO, _EQUAL = 0x7FFF0000, 0x00050000, 4  # seccomp_init(3), seccomp_rule_add(3)
_SECOND_STAGE = "--second-stage"


class _Comparison(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def directives(unit: str) -> dict[str, list[str]]:
    """Return the values of each directive in the text of a unit, in order."""
    found: dict[str, list[str]] = {}
    for line in unit.splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def mount_read_only(folder: str) -> None:
    """Make all mounts read-only except /dev/shm, *folder* and /proc; the last two are mounted anew."""
    for mount, add, remove in ((b"/", _READ_ONLY, 0), (b"/dev/shm", 0, _READ_ONLY)):
        attributes = (ctypes.c_uint64 * 4)(add, remove, 0, 0)
        size = ctypes.sizeof(attributes)
        _checked(_libc().syscall(_MOUNT_SETATTR, _AT_FDCWD, mount, _AT_RECURSIVE if add else 0, attributes, size))
    for words in (
        ["-t", "tmpfs", "tmpfs", folder],
        ["-t", "proc", "-o", "subset=pid,hidepid=invisible", "proc", "/proc"],
    ):
        subprocess.run(["mount", *words], check=True)


def filter_system_calls(allowed: set[str], families: list[str]) -> None:
    """Let this process and its children make only the system calls *allowed*, and sockets of *families*."""
    seccomp = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(_ERRNO | errno.EPERM))
    for name in allowed - {"socket"}:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # else it is unknown here, or of another architecture
            seccomp.seccomp_rule_add(context, _ALLOW, number, 0)
    number = seccomp.seccomp_syscall_resolve_name(b"socket")
    for family in families:
        is_family = _Comparison(0, _EQUAL, int(getattr(socket, family)), 0)
        seccomp.seccomp_rule_add_array(context, _ALLOW, number, 1, ctypes.byref(is_family))
    if code := seccomp.seccomp_load(context):
        raise OSError(-code, "seccomp_load")


def system_calls(words: list[str]) -> set[str]:
    """Return the names of the system calls in *words*, in which @NAME is a group of systemd."""
    names: set[str] = set()
    for word in words:
        if not word.startswith("@"):
            names.add(word)
            continue
        command = ["systemd-analyze", "syscall-filter", "--no-pager", word]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        members = [line.strip() for line in listed.splitlines() if line.startswith("    ")]
        names |= system_calls([member for member in members if not member.startswith("#")])
    return names


def allowed_system_calls(values: list[str]) -> set[str]:
    """Return the system calls that the lines of SystemCallFilter= leave."""
    allowed: set[str] = set()
    for value in values:
        if value.startswith("~"):
            allowed -= system_calls(value[1:].split())
        else:
            allowed |= system_calls(value.split())
    return allowed


def main() -> None:
    """Set up the mounts, drop all capabilities by a second start of this file, and set up the rest there."""
    stage, folder, unit, *command = sys.argv[1:] if _SECOND_STAGE in sys.argv else ["", *sys.argv[1:]]
    with open(unit, encoding="utf-8") as file:  # noqa: PTH123
        limits = directives(file.read())
    if not stage:
        # asks systemd-analyze, which needs more than the limits leave
        calls = ",".join(sorted(allowed_system_calls(limits["SystemCallFilter"])))
        mount_read_only(folder)
        no_capability = ["--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs"]
        os.environ["ALLOWED_SYSTEM_CALLS"] = calls
        again = [sys.executable, __file__, _SECOND_STAGE, folder, unit, *command]
        os.execvp("setpriv", ["setpriv", *no_capability, *again])
    os.umask(int(limits["UMask"][0], 8))
    files = int(limits["LimitNOFILE"][0])
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, files), files))
    os.chdir(folder)
    _checked(_libc().prctl(_PR_SET_MDWE, _REFUSE_EXEC_GAIN, 0, 0, 0))
    allowed = set(os.environ.pop("ALLOWED_SYSTEM_CALLS").split(","))
    filter_system_calls(allowed, limits["RestrictAddressFamilies"][0].split())
    os.execv(command[0], command)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(code: int) -> None:
    if code:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    main()
