"""Read regular files up to a size limit; refuse pipes, devices and other special files."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MAX_BYTES = 64_000_000  # of a configuration file; a hundred thousand spellings take 4 MB

_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def read_regular_file(file: Path, max_bytes: int) -> tuple[bytes, int]:
    """Return the contents and the permissions of *file*.

    Special files are refused without opening them: a FIFO would block forever, and a device might never end.

    Raises:
        OSError: The file cannot be read, is not a regular file, or is larger than *max_bytes*.
    """
    require_regular(file.stat())
    # the file may be replaced between the two calls; O_NONBLOCK: opening a FIFO does not wait for a writer
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as opened:
        status = os.fstat(descriptor)
        require_regular(status)
        raw = opened.read(max_bytes + 1) if status.st_size <= max_bytes else b""
    if status.st_size > max_bytes or len(raw) > max_bytes:
        raise OSError(errno.EFBIG, f"is larger than {max_bytes // 1000:,} kB")
    return raw, stat.S_IMODE(status.st_mode)


def require_regular(status: os.stat_result) -> None:
    """Raise OSError unless *status* is that of a regular file."""
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        raise OSError(errno.EINVAL, f"is {_KINDS.get(kind, 'something else')}, not a regular file")


def describe_os_error(error: OSError) -> str:
    """Return in words why a file cannot be read, to be used within a sentence."""
    reason = error.strerror or "cannot be read"
    return reason[:1].lower() + reason[1:]
