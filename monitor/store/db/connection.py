"""Open the database for writing, and copy it."""

from __future__ import annotations

import contextlib
import filecmp
import itertools
import os
import sqlite3
import stat
from pathlib import Path

from monitor.errors import StoreError
from monitor.store.db import reading
from monitor.store.db.lock import InstanceLock, make_directory
from monitor.store.db.reading import (
    applied_migrations,
    connect,
    database_exists,
    ensure_ours,
    known_migrations,
    open_reader,
    set_pragmas,
)
from monitor.store.db.statements import Reader, Writer, explain_errors, rows, write

_WRITER = (
    "PRAGMA recursive_triggers = ON",  # REPLACE also deletes from the index of words
    "PRAGMA auto_vacuum = INCREMENTAL",  # first: has no effect once the file has a page, and WAL writes one
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # with NORMAL the last commits are lost when the power fails
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_size_limit = 67108864",
)


def open_writer(path: Path, lock: InstanceLock | None = None) -> Writer:
    """Return the connection that writes to the database; its tables are upgraded to this version.

    Only the calling thread may use the connection. The directory (mode 0700) and the file (mode 0600) are created if
    they do not exist. An existing file is checked and never overwritten. Before the tables of an older version are
    changed, the database is copied to a file beside it, named after the first migration that is applied; the
    connection's ``backed_up_to`` is the path of the copy.

    Args:
        path: The database.
        lock: The lock on *path* that the caller holds; from now on it also covers the file itself. An empty file is
            refused if the lock was ``used_before``, because then the file was truncated. None only if no other process
            can open the path.

    Raises:
        AnotherInstance: Another process holds the file under another name.
        StoreError: The file is damaged or truncated, is no database or another program's, was made by a newer
            version, or cannot be read and written.
    """
    make_directory(path)
    exists = database_exists(path)
    _ensure_not_truncated(path, used_before=lock is not None and lock.used_before)
    if not exists:
        _make(path)
    _ensure_openable(path)
    if lock is not None:
        lock.hold_database()
    db = Writer(connect(path, "rw"), path, lock)
    try:
        ensure_sound(db)
        ensure_ours(db)
        set_pragmas(db, *_WRITER)
        if applied_migrations(db) != reading.NEWEST:
            db.backed_up_to = _back_up_before_change(db)
            with write(db):
                _migrate(db)
    except BaseException:
        db.close()
        raise
    return db


def copy_database(source: Path, target: Path) -> None:
    """Write a consistent copy of the database at *source* to *target*; do nothing if there is no database yet.

    Raises:
        StoreError: The database cannot be read, or the copy cannot be written.
    """
    if not database_exists(source):
        return
    from monitor.store.db.copying import fill  # tempfile takes 10 ms, and no other command needs it

    with open_reader(source) as reader, explain_errors(target), contextlib.closing(sqlite3.connect(target)) as copy:
        fill(reader, copy)
        reader.ensure_unchanged()


def _ensure_not_truncated(path: Path, *, used_before: bool) -> None:
    """Raise StoreError if the file was truncated, since SQLite would treat it as a new database and delete its log."""
    target = path.resolve()  # SQLite keeps the log beside the file that a symbolic link leads to
    size, log = _size(path), target.with_name(f"{target.name}-wal")
    if size in (None, 0) and _size(log):
        raise StoreError(
            f"{path}: the database is {'gone' if size is None else 'empty'}, and {log.name} beside it holds the last"
            " writes; restore a backup, or move both away to start again"
        )
    if size == 0 and used_before:
        raise StoreError(
            f"{path}: the database is empty, but was used before; restore a backup, or delete the file to start again"
        )


def _ensure_openable(path: Path) -> None:
    """Raise StoreError if the file cannot be opened, with the operating system's reason, which SQLite hides."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CLOEXEC))
    except OSError as error:
        raise StoreError(
            f"{path}: the database cannot be opened: {error.strerror};"
            " run as the user who owns it, or set [storage] path to another file"
        ) from error


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _make(path: Path) -> None:
    """Create a database under a temporary name, and rename it when it has its tables: it is never seen empty."""
    from monitor.store.db.copying import sync

    unfinished = path.with_name(f"{path.name}.new")
    try:
        for part in ("", "-wal", "-shm", "-journal"):
            unfinished.with_name(unfinished.name + part).unlink(missing_ok=True)  # of a start that was interrupted
        # setgid marks a folder whose files belong to a group that may read them, such as the one of the service
        mode = 0o640 if path.parent.stat().st_mode & stat.S_ISGID else 0o600
        os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode))
        with Writer(connect(unfinished, "rw"), unfinished) as db:
            set_pragmas(db, *_WRITER)
            with write(db):
                _migrate(db)
        unfinished.rename(path)
        sync(path.parent)
    except OSError as error:
        raise StoreError(
            f"{path}: the database cannot be created: {error.strerror};"
            " run as the user who owns the directory, or set [storage] path to another file"
        ) from error


def _back_up_before_change(db: Writer) -> Path | None:
    """Copy a database of an older version to a file beside it; return the path of the copy.

    None if no migration is due. A copy is not kept if it has the same content as the previous one, which a failed start
    has left.
    """
    from monitor.store.db.copying import copy_to

    applied = applied_migrations(db)
    waiting = [name for name in known_migrations() if name not in applied]
    if not applied or not waiting:
        return None
    stem = f"{db.path.name}.before-{waiting[0].replace(' ', '-')}"
    taken: Path | None = None
    for number in itertools.count(1):
        target = db.path.with_name(stem if number == 1 else f"{stem}-{number}")
        if target.exists():
            taken = target
            continue
        copy_to(db, target)
        if taken and filecmp.cmp(taken, target, shallow=False):
            target.unlink()
            return taken
        return target
    raise AssertionError  # unreachable: there is always another number


def ensure_sound(db: Reader) -> None:
    """Raise StoreError if the database file has damaged pages."""
    finding = rows(db, "PRAGMA quick_check(1)")[0]["quick_check"]
    if finding != "ok":
        where = finding.splitlines()[-1]  # the lines before it are a heading
        raise StoreError(
            f"{db.path}: the database is damaged ({where}); restore a backup, or move the file away to start again"
        )


def _migrate(db: Writer) -> None:
    from monitor.store.db.migrations import apply_to

    apply_to(db.conn)
