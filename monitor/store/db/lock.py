"""The lock that prevents two processes from writing to the same database."""

from __future__ import annotations

import fcntl
import os
import struct
import sys
from pathlib import Path
from types import TracebackType

from monitor.errors import AnotherInstance, StoreError, StoreGone
from monitor.logs import Log
from monitor.store.db.statements import file_id

# far behind the bytes that SQLite locks (https://sqlite.org/lockingv3.html: 512 bytes from 0x40000000)
_LOCKED_BYTE = 1 << 62
_FLOCK = "hhqqi0q"  # struct flock of fcntl(2): type, whence, start, length, pid

log = Log(__name__)

# device and inode of the databases that this process holds: closing any descriptor of such a file would release the
# locks that SQLite holds in this process (https://sqlite.org/howtocorrupt.html, 2.2), so no second one is opened
_held: set[tuple[int, int]] = set()


def make_directory(path: Path) -> None:
    """Create the directory that contains *path*, accessible only to its owner, unless it exists.

    Raises:
        StoreError: The directory cannot be made.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{path.parent}: the directory of the database cannot be made: {error.strerror};"
            " set [storage] path to a place that can be written"
        ) from error


class InstanceLock:
    """A lock on the database at *path*, held by this process from ``with`` until the block or the process ends.

    There are two locks, both held by the kernel, so that a killed process leaves none:

    - flock(2) on the lock file, beside the file that *path* leads to, with ``.lock`` added to its name. It exists
      before the database does, contains the pid of the process that holds it, and stays when the lock is released.
    - an open file description lock (fcntl(2), F_OFD_SETLK) on one byte of the database file itself. It also works if
      the file is opened under another name (a hard link, a bind mount), or if the lock file was removed.

    Close all SQLite connections of this process to the database before the lock is released.

    Args:
        path: The database.
        remedy: What the user can do if another process holds it, which ends the text of the error.

    Attributes:
        used_before: Whether the lock file existed already, so that a monitor has used this database before.

    Raises:
        AnotherInstance: Another process holds the database; the text names its pid if it is known.
        StoreError: The lock file cannot be opened.
    """

    def __init__(self, path: Path, *, remedy: str = "stop that one, or set [storage] path to another file") -> None:
        self._database = path
        self._remedy = remedy
        target = path.resolve()
        self._path = target.with_name(target.name + ".lock")
        self._file: int | None = None
        self._database_file: int | None = None
        self._database_id: tuple[int, int] | None = None
        self.used_before = False

    def __enter__(self) -> InstanceLock:
        """Take the lock; raise AnotherInstance without waiting if another process holds it."""
        make_directory(self._path)
        self.used_before = file_id(self._path) is not None
        try:
            self._file = self._locked_file()
            self.hold_database()
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the lock."""
        self._release()

    def hold_database(self) -> None:
        """Lock the database file too, if it exists and is not locked yet; to be called after it has been created.

        Raises:
            AnotherInstance: Another process holds it.
        """
        if sys.platform != "linux":  # only Linux has such locks
            return
        found = file_id(self._database)
        if self._database_file is not None or found is None:
            return
        if found in _held:
            raise self._in_use(str(os.getpid()))
        try:
            file = os.open(self._database, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return  # opening the database reports the reason
        try:
            fcntl.fcntl(file, fcntl.F_OFD_SETLK, struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, _LOCKED_BYTE, 1, 0))
        except (BlockingIOError, PermissionError) as error:  # POSIX allows either for a lock that is taken
            os.close(file)
            raise self._in_use("") from error
        except OSError:  # a file system without such locks
            os.close(file)
            return
        self._database_file, self._database_id = file, found
        _held.add(found)

    def ensure_held(self) -> None:
        """Create the lock file again if it was removed or replaced.

        Raises:
            StoreGone: Another process has locked a new lock file meanwhile, and the database file is not locked.
        """
        if self._file is None:
            return
        ours = os.fstat(self._file)
        if file_id(self._path) == (ours.st_dev, ours.st_ino):
            return
        try:
            file = self._locked_file()
        except StoreError:
            return  # the next write tries again
        except AnotherInstance as error:
            if self._database_file is None:
                raise StoreGone(f"{self._path}: the lock file was removed while it was in use; {error}") from error
            return  # our lock on the database file keeps the other process out
        os.close(self._file)
        self._file = file
        log.warning("the lock file was removed or replaced, created it again", path=self._path)

    def _locked_file(self) -> int:
        """Return the descriptor of the lock file, which is locked and contains the pid of this process."""
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
            holder = os.read(file, 20).decode("ascii", "replace").strip()
            os.close(file)
            raise self._in_use(holder or "unknown") from error
        ours = os.fstat(file)
        if file_id(self._path) != (ours.st_dev, ours.st_ino):  # removed between our open and our lock
            os.close(file)
            return self._locked_file()
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        return file

    def _in_use(self, pid: str) -> AnotherInstance:
        holder = f"(pid {pid})" if pid else "under another name of the file, such as a hard link"
        return AnotherInstance(f"{self._database}: in use by another monitor {holder}; {self._remedy}")

    def _release(self) -> None:
        if self._database_id is not None:
            _held.discard(self._database_id)
        for file in (self._database_file, self._file):
            if file is not None:
                os.close(file)
        self._file = self._database_file = self._database_id = None
