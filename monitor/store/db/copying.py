"""Copies of a database that are whole or not there at all."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path

from monitor.errors import StoreError
from monitor.store.db.lock import make_directory
from monitor.store.db.statements import Reader, in_words

PARTIAL = ".partial"  # ends the name of a copy that is not finished
STEP = 1000  # pages at a time; between two steps a thread can be told to end
_SNAPSHOT = "SELECT count(*) FROM sqlite_master"


def fill(source: Reader, target: sqlite3.Connection) -> None:
    """Copy all that *source* reads, as it is at this moment, into the database behind *target*.

    One snapshot is held for the whole copy: with a snapshot for each step SQLite would begin anew whenever somebody
    writes in between. The writer is not held up; its log cannot shrink before the copy is done.
    """
    source.conn.execute("BEGIN")
    try:
        source.conn.execute(_SNAPSHOT).fetchone()
        source.conn.backup(target, pages=STEP)
    finally:
        source.conn.execute("ROLLBACK")


def copy_to(source: Reader, target: Path) -> None:
    """Write what *source* reads to *target*: one file (0600) without a log beside it, checked, and on the disk.

    It appears under its name when it is finished, and never in the place of another file.

    Raises:
        StoreError: *target* exists, cannot be written, or is not sound.
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
        with in_words(f"{source.path}, copied to {target}"):
            _write(source, partial)
        _publish(partial, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        partial.unlink(missing_ok=True)


def _write(source: Reader, partial: Path) -> None:
    with contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as copy:
        # nobody sees the file before it is synced below
        copy.execute("PRAGMA synchronous = OFF")
        copy.execute("PRAGMA journal_mode = OFF")
        fill(source, copy)
        # without this it would need a log beside it, and could not be read where nobody may write
        copy.execute("PRAGMA journal_mode = DELETE")
    with contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as copy:
        finding = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if finding != "ok":
        raise StoreError(f"{source.path}: damaged ({finding.splitlines()[-1]}); its copy was thrown away")
    sync(partial)


def _publish(partial: Path, target: Path) -> None:
    try:
        os.link(partial, target)  # unlike a rename, it does not take the place of a file that came in between
    except FileExistsError:
        raise _taken(target) from None
    except OSError:  # a file system without links
        if target.exists():
            raise _taken(target) from None
        partial.rename(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Have a file, or the names in a directory, written to the disk."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _taken(target: Path) -> StoreError:
    return StoreError(f"{target}: exists and is not overwritten; name another file")


def _unwritable(target: Path, error: OSError) -> StoreError:
    reason = (error.strerror or str(error)).lower()
    return StoreError(f"{target}: the copy cannot be written: {reason}; name a place that can be written")
