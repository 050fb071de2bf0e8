"""Open the database for reading, without importing modules that only the writer needs."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from monitor.errors import StoreError
from monitor.store.db.statements import Reader, explain_errors, file_state, first

BUSY_TIMEOUT_S = 5.0
_STEPS = 20_000  # of SQLite's machine between two looks at the clock: about a millisecond
_WHO_MAY_READ = "run as the user of the service, or as a member of its group"
_NONE_YET = "no database at {} yet; `monitor run` or `monitor once` creates it"
RESTORED = ".restored-"  # follows the name of the database in that of a copy which is going to replace it
# as the table of sqlite-utils names them
_APPLIED = "SELECT name FROM _sqlite_migrations WHERE migration_set = 'monitor' ORDER BY rowid"
# a file with exactly these needs no further check, for which sqlite-utils is imported; a test keeps it complete
NEWEST = (
    "0001 first tables",
    "0002 structured reasons",
    "0003 feeds: standard names",
    "0006 feeds: truncated documents",
    "0007 feeds: entries of web pages",
    "0008 configuration versions",
    "0009 notified stories: actors",
    "0010 evidence of stories",
    "0011 mentions by address",
    "0012 page",
    "0013 forgetting",
    "0014 restored feeds",
)
_TABLES = "SELECT count(*) AS number FROM sqlite_master WHERE type = 'table'"
# primary result codes if the index of the log cannot be created; the last two on a full disk
_REFUSED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
_FULL = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)


def database_exists(path: Path) -> bool:
    """Return whether there is a database at *path*.

    Raises:
        StoreError: The current user cannot look into its directory, there is something else than a file, or a restore
            was interrupted after it had moved the old database away.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        _ensure_not_being_restored(path)
        return False
    except OSError as error:
        raise StoreError(f"{path}: cannot be accessed: {error.strerror}; {_WHO_MAY_READ}") from error
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(f"{path}: this is not a file; set [storage] path to the file of the database")
    return True


def _ensure_not_being_restored(path: Path) -> None:
    target = path.resolve()
    try:
        copies = sorted(each for each in target.parent.iterdir() if each.name.startswith(f"{target.name}{RESTORED}"))
    except OSError:
        return
    if copies:
        raise StoreError(
            f"{path}: there is no database, because monitor db restore was interrupted;"
            f" run: monitor db restore {copies[-1]}, or delete that file to start again"
        )


def open_reader(path: Path, *, upgraded: bool = True, any_thread: bool = False) -> Reader:
    """Return a read-only connection to the database.

    While no daemon runs, a user who cannot write to the directory reads the file without locks; what a daemon that
    starts meanwhile changes is then noticed by ``Reader.ensure_unchanged``.

    Args:
        path: The database.
        upgraded: Whether to refuse a database of an older version.
        any_thread: Whether threads other than the calling one may use it too, one at a time.

    Raises:
        StoreError: There is no database yet, it cannot be read, or it is of another version.
    """
    if not database_exists(path):
        raise StoreError(_NONE_YET.format(path))
    db = _readable(path, any_thread=any_thread)
    try:
        set_pragmas(db, "PRAGMA query_only = ON")
        ensure_ours(db)
        _ensure_made(db)
        if upgraded:
            _ensure_current(db)
    except BaseException:
        db.close()
        raise
    return db


def _readable(path: Path, *, any_thread: bool) -> Reader:
    """Return a read-only connection that can read the file.

    SQLite reads a database with a write-ahead log only if the log and its index exist or can be created
    (https://sqlite.org/wal.html#readonly). A user who cannot create them reads the file as immutable; that is
    correct as long as there is no log and no rollback journal, that is while no daemon runs and after one that was
    stopped in order.
    """
    if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        raise StoreError(f"{path}: cannot be read by this user; {_WHO_MAY_READ}")
    db = Reader(connect(path, "ro", any_thread=any_thread), path)
    try:
        db.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode & 0xFF
        needed = _needed_beside(path)
        if code not in _REFUSED or (needed and code in _FULL):
            return db  # the next statement reports it
        db.close()
        if needed:
            raise StoreError(f"{path}: {needed}") from error
        unlocked = Reader(connect(path, "ro&immutable=1", any_thread=any_thread), path)
        unlocked.read_as = file_state(path)
        return unlocked
    except sqlite3.Error:
        pass  # not a database: the next statement reports it
    return db


def _needed_beside(path: Path) -> str:
    """Return why the file alone is not complete, and the way out; empty if it is complete."""
    target = path.resolve()  # SQLite keeps its other files beside the one that a symbolic link leads to
    log, journal = (target.with_name(f"{target.name}-{kind}") for kind in ("wal", "journal"))
    if _is_filled(log):
        return (
            f"its last changes are still in {log.name}, and only a user who can write to {path.parent}"
            " can read them; start the daemon, or run as the user of the service"
        )
    if _is_filled(journal):
        return f"{journal.name} shows that a program was killed while it wrote; start the daemon, which undoes that"
    return ""


def _is_filled(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


@contextmanager
def snapshot(db: Reader) -> Iterator[None]:
    """Run the block on one snapshot of the database; what a running daemon writes meanwhile is not seen."""
    with explain_errors(db.path):
        db.execute("BEGIN").close()
    try:
        yield
    finally:
        if db.conn.in_transaction:
            db.execute("ROLLBACK").close()


@contextmanager
def time_limit(db: Reader, deadline: float) -> Iterator[None]:
    """Run the block on one snapshot of the database, and interrupt its queries at *deadline*.

    Args:
        db: A read-only connection.
        deadline: A time of ``time.monotonic``.

    Raises:
        StoreError: The deadline passed.
    """
    db.conn.set_progress_handler(lambda: monotonic() > deadline, _STEPS)
    try:
        with snapshot(db):
            yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        raise StoreError(f"{db.path}: the query takes too long; narrow it, for example to fewer days") from error
    finally:
        db.conn.set_progress_handler(None, 0)


def connect(path: Path, mode: str, *, any_thread: bool = False) -> sqlite3.Connection:
    """Return a connection that begins no transactions of its own; only ``write`` begins one.

    Args:
        path: The database.
        mode: As in SQLite's URIs: "ro", "rw" or "ro&immutable=1".
        any_thread: Whether threads other than the calling one may use it too, one at a time.
    """
    with explain_errors(path):
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=not any_thread,
        )


def sqlite_version() -> str:
    """Return the version of the SQLite library."""
    return sqlite3.sqlite_version


def set_pragmas(db: Reader, *pragmas: str) -> None:
    """Run each of *pragmas* on the connection."""
    with explain_errors(db.path):
        for pragma in pragmas:
            db.execute(pragma).close()


def ensure_ours(db: Reader) -> None:
    """Raise StoreError if the database belongs to another program or to a newer version of the monitor."""
    applied = applied_migrations(db)
    if applied == NEWEST:
        return
    tables = first(db, _TABLES)
    if not applied and tables and tables["number"]:
        raise StoreError(f"{db.path}: this is a database of another program; set [storage] path to another file")
    if unknown := [name for name in applied if name not in known_migrations()]:
        raise StoreError(
            f"{db.path}: the database was made by a newer version, which added {unknown[0]!r};"
            " install that version or a later one"
        )


def _ensure_made(db: Reader) -> None:
    if not applied_migrations(db):
        raise StoreError(_NONE_YET.format(db.path))


def _ensure_current(db: Reader) -> None:
    """Raise StoreError if the database is of an older version; the daemon upgrades it when it starts."""
    applied = applied_migrations(db)
    if applied != NEWEST and set(known_migrations()) - set(applied):
        raise StoreError(
            f"{db.path}: the database was made by an older version; `monitor run` or `monitor once` upgrades it"
        )


def known_migrations() -> tuple[str, ...]:
    """Return the names of all migrations that this version of the monitor has."""
    from monitor.store.db.migrations import names

    return names()


def applied_migrations(db: Reader) -> tuple[str, ...]:
    """Return the names of the migrations that were applied to the database, oldest first."""
    with explain_errors(db.path):
        if not db.has_table("_sqlite_migrations"):
            return ()
        return tuple(row["name"] for row in db.query(_APPLIED))
