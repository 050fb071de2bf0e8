"""Make copies of a database that are either complete or absent."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path

from monitor.errors import StoreError
from monitor.store.db.lock import make_directory
from monitor.store.db.statements import Reader, explain_errors

PARTIAL = ".partial"  # ends the name of an unfinished copy
STEP = 1000  # pages; between two steps the thread can be stopped
_SNAPSHOT = "SELECT count(*) FROM sqlite_master"


def fill(source: Reader, target: sqlite3.Connection) -> None:
    """Copy the current content of *source* into the empty database *target*.

    One read transaction lasts for the whole copy, because SQLite would otherwise restart the copy after each write in
    between. Writers are not blocked, but the write-ahead log cannot shrink before the copy is done.
    """
    source.conn.execute("BEGIN")
    try:
        source.conn.execute(_SNAPSHOT).fetchone()
        source.conn.backup(target, pages=STEP)
    finally:
        source.conn.execute("ROLLBACK")


def copy_to(source: Reader, target: Path) -> None:
    """Write the content of *source* to the new file *target* (mode 0600, without a log), checked and synced to disk.

    The file appears under its name when it is complete, and never replaces another file.

    Raises:
        StoreError: *target* exists or cannot be written, or the copy is damaged.
    """
    make_directory(target)
    if target.exists():
        raise _taken(target)
    try:
        file, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=PARTIAL, dir=target.parent)
    except OSError as error:
        raise _unwritable(target, error) from error
    os.close(file)
    partial = Path(name)
    try:
        with explain_errors(f"{source.path}, copied to {target}"):
            _write(source, partial)
        _publish(partial, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        partial.unlink(missing_ok=True)


def _write(source: Reader, partial: Path) -> None:
    with contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as copy:
        # the file is synced below before it gets its name
        copy.execute("PRAGMA synchronous = OFF")
        copy.execute("PRAGMA journal_mode = OFF")
        fill(source, copy)
        source.ensure_unchanged()
        # otherwise SQLite would need a log beside it, and could not read it in a read-only directory
        copy.execute("PRAGMA journal_mode = DELETE")
    with contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as copy:
        finding = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if finding != "ok":
        raise StoreError(f"{source.path}: the database is damaged ({finding.splitlines()[-1]}); its copy was deleted")
    sync(partial)


def _publish(partial: Path, target: Path) -> None:
    try:
        os.link(partial, target)  # unlike a rename, a link never replaces a file that was created meanwhile
    except FileExistsError:
        raise _taken(target) from None
    except OSError:  # a file system without hard links
        if target.exists():
            raise _taken(target) from None
        partial.rename(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Flush a file, or the directory entries of a directory, to the disk."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _taken(target: Path) -> StoreError:
    return StoreError(f"{target}: the file exists and is not overwritten; name another file")


def _unwritable(target: Path, error: OSError) -> StoreError:
    reason = (error.strerror or str(error)).lower()
    return StoreError(f"{target}: the copy cannot be written: {reason}; name a place that can be written")
