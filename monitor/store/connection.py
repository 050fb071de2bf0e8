"""Opening the database: the one writer, and any number of readers."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from monitor.errors import StoreError
from monitor.store.lock import make_directory
from monitor.store.migrations import MIGRATIONS, known
from monitor.store.statements import Reader, Writer, first, in_words, rows, write

BUSY_TIMEOUT_S = 5.0

_WRITER = (
    "PRAGMA auto_vacuum = INCREMENTAL",  # first: has no effect once the file has a page, which WAL writes
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # with NORMAL the last commits are lost when the power fails
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_size_limit = 67108864",
)
_NONE_YET = "no database at {} yet; `monitor run` or `monitor once` makes it"
_TABLES = "SELECT count(*) AS number FROM sqlite_master WHERE type = 'table'"


def open_writer(path: Path) -> Writer:
    """Return the connection that writes, its tables brought up to date; only the calling thread may use it.

    Makes the directory (0700) and the file (0600) when they are not there; an empty file counts as new. A
    file with content is checked and never made anew. The caller holds the ``InstanceLock``.

    Raises:
        StoreError: the file is damaged, is no database or another program's, was made by a newer version, or
            cannot be read and written.
    """
    make_directory(path)
    _make_file(path)
    db = Writer(_connect(path, "rw"), path)
    try:
        _ensure_sound(db)
        _ensure_ours(db)
        _set(db, *_WRITER)
        with write(db):
            MIGRATIONS.apply(db)
    except BaseException:
        db.close()
        raise
    return db


def open_reader(path: Path) -> Reader:
    """Return a connection that cannot write, whatever is asked of it; only the calling thread may use it.

    Raises:
        StoreError: there is no database yet, it cannot be read, or it is of another version.
    """
    if not path.exists():
        raise StoreError(_NONE_YET.format(path))
    db = Reader(_connect(path, "ro"), path)
    try:
        _set(db, "PRAGMA query_only = ON")
        _ensure_ours(db)
        _ensure_current(db)
    except BaseException:
        db.close()
        raise
    return db


def copy_database(source: Path, target: Path) -> None:
    """Write a consistent copy of the database at *source* to *target*; nothing when there is no database yet.

    Raises:
        StoreError: it cannot be read or written.
    """
    if not source.exists():
        return
    reader = open_reader(source)
    try:
        with in_words(target), contextlib.closing(sqlite3.connect(target)) as copy:
            reader.conn.backup(copy)
    finally:
        reader.close()


def _make_file(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(
            f"{path}: the database cannot be opened: {error.strerror};"
            " run as the user who owns it, or set [storage] path to another file"
        ) from error


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    """Return a connection without the driver's own transactions: ours begin in ``write`` alone."""
    with in_words(path):
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None
        )


def _set(db: Reader, *pragmas: str) -> None:
    with in_words(db.path):
        for pragma in pragmas:
            db.execute(pragma).close()


def _ensure_sound(db: Reader) -> None:
    finding = rows(db, "PRAGMA quick_check(1)")[0]["quick_check"]
    if finding != "ok":
        where = finding.splitlines()[-1]  # before it stands a heading
        raise StoreError(
            f"{db.path}: the database is damaged ({where}); restore a backup, or move the file away to begin anew"
        )


def _ensure_ours(db: Reader) -> None:
    """Raise StoreError for tables that another program, or a newer version of this one, has made."""
    applied = _applied(db)
    tables = first(db, _TABLES)
    if not applied and tables and tables["number"]:
        raise StoreError(f"{db.path}: a database of another program; set [storage] path to another file")
    if unknown := [name for name in applied if name not in known()]:
        raise StoreError(
            f"{db.path}: made by a newer version, which added {unknown[0]!r}; install that version or a later one"
        )


def _ensure_current(db: Reader) -> None:
    """Raise StoreError for a file that the writer has not made or upgraded yet."""
    applied = _applied(db)
    if not applied:
        raise StoreError(_NONE_YET.format(db.path))
    if known() - set(applied):
        raise StoreError(f"{db.path}: made by an older version; `monitor run` or `monitor once` upgrades it")


def _applied(db: Reader) -> list[str]:
    with in_words(db.path):
        return [migration.name for migration in MIGRATIONS.applied(db)]
