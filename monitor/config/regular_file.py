"""Reads files that may have been replaced by something that never ends."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def read_regular_file(file: Path, max_bytes: int) -> tuple[bytes, int]:
    """Return the contents of *file* and its permissions.

    Raises:
        OSError: It cannot be read, has more than *max_bytes*, or is a pipe, a device or a directory, from which
            reading may never end.
    """
    # a pipe without a writer would block at opening
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as opened:
        found = os.fstat(opened.fileno())
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(file))
        raw = opened.read(max_bytes + 1)
    if len(raw) > max_bytes:
        raise OSError(errno.EFBIG, f"larger than {max_bytes // 1_000_000} MB", str(file))
    return raw, stat.S_IMODE(found.st_mode)
