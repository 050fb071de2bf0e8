"""The lock that keeps a second daemon from writing to the same database."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from monitor.errors import AnotherInstance, StoreError


def make_directory(path: Path) -> None:
    """Make the directory that holds *path*, readable by its owner alone, unless it is there.

    Raises:
        StoreError: it cannot be made.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{path.parent}: the directory of the database cannot be made: {error.strerror};"
            " set [storage] path to a place that can be written"
        ) from error


class InstanceLock:
    """Holds the database at *path* for this process, from ``with`` to its end, however it ends.

    The lock is the kernel's (flock(2)) on the file beside the database whose name ends in ``.lock``: it is
    gone the moment its process is, ``kill -9`` included. The file itself stays, since deleting it would let
    two processes lock two files of one name. It is also what tells that a monitor has been here before:
    ``used_before``.

    Raises:
        AnotherInstance: another process holds it; the text names its pid.
        StoreError: the lock file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._database = path
        self._path = path.with_name(path.name + ".lock")
        self._file: int | None = None
        self.used_before = False  # whether the lock had been taken before, by whatever process

    def __enter__(self) -> InstanceLock:
        """Take the lock, or raise at once: there is no waiting."""
        make_directory(self._database)
        self.used_before = self._path.exists()
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(
                f"{self._path}: cannot be opened: {error.strerror};"
                " run as the user who owns it, or set [storage] path to a place that can be written"
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(file, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(file)
            raise AnotherInstance(
                f"{self._database}: in use by another monitor (pid {holder});"
                " stop that one, or set [storage] path to another file"
            ) from error
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
