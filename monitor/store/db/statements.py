"""Run SQL statements and transactions, convert times to stored text, and explain errors of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, overload

from monitor.errors import StoreError, StoreGone
from monitor.redaction import StoredSecrets

Row = dict[str, Any]
Values = dict[str, Any]
NOTHING: Values = {}

# by primary result code (https://sqlite.org/rescode.html); any other error is a bug and is raised unchanged
_EXPLAINED = {
    sqlite3.SQLITE_BUSY: "another program keeps the database locked; only one may write: stop the other",
    sqlite3.SQLITE_READONLY: "it cannot be written; run as the user who owns the file and its directory",
    sqlite3.SQLITE_IOERR: "the disk failed, nothing was written; check it and its quota, then start again",
    sqlite3.SQLITE_CORRUPT: "the database is damaged; restore a backup, or move the file away to start again",
    sqlite3.SQLITE_FULL: "the disk is full, nothing was written; free some space",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; run as the user who owns the file and its directory",
    sqlite3.SQLITE_NOTADB: "not a SQLite database, or damaged; restore a backup, or set [storage] path to another file",
}
_PERMANENT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)  # retrying does not help


def file_id(path: Path) -> tuple[int, int] | None:
    """Return device and inode number of the file at *path*; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def file_state(path: Path) -> tuple[int, ...] | None:
    """Return what changes when the file at *path* is replaced or written; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


class HeldLock(Protocol):
    """The interface of the lock that keeps other processes from writing to the database (see ``InstanceLock``)."""

    def ensure_held(self) -> None:
        """Raise StoreGone if another process has taken the lock on the database."""


class Reader:
    """A connection for reading; only the thread that opened it may use it."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.conn = connection
        self.path = path
        self.secrets = StoredSecrets()  # of the active configuration; stored addresses do not contain them
        self.read_as: tuple[int, ...] | None = None  # the state of the file, if it is read without locks

    def execute(self, sql: str, values: Values | tuple[Any, ...] = NOTHING) -> sqlite3.Cursor:
        """Run a statement and return its cursor; text in *values* that is not valid Unicode is stored with U+FFFD."""
        try:
            return self.conn.execute(sql, values)
        except UnicodeEncodeError:  # a lone surrogate: from an argument of a command, or a JSON request
            return self.conn.execute(sql, _encodable(values))

    def query(self, sql: str, values: Values | tuple[Any, ...] = NOTHING) -> Iterator[Row]:
        """Run a query and yield its rows."""
        cursor = self.execute(sql, values)
        names = [column[0] for column in cursor.description]
        yield from (dict(zip(names, row, strict=True)) for row in cursor)

    def has_table(self, name: str) -> bool:
        """Return whether there is a table called *name*."""
        found = self.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,))
        return found.fetchone() is not None

    def ensure_unchanged(self) -> None:
        """Check that a file that is read without locks was not written meanwhile.

        Raises:
            StoreError: It was, so that what was read may be wrong.
        """
        if self.read_as is not None and self.read_as != file_state(self.path):
            raise StoreError(f"{self.path}: a daemon has changed the database while it was read; try again")

    def is_outdated(self) -> bool:
        """Return whether a daemon may have written what this connection, which reads without locks, does not see."""
        if self.read_as is None:
            return False
        target = self.path.resolve()
        return self.read_as != file_state(self.path) or target.with_name(f"{target.name}-wal").exists()

    def close(self) -> None:
        """Close the connection."""
        self.conn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _encodable(values: Values | tuple[Any, ...]) -> Values | tuple[Any, ...]:
    if isinstance(values, tuple):
        return tuple(map(_encodable_text, values))
    return {name: _encodable_text(value) for name, value in values.items()}


def _encodable_text(value: Any) -> Any:
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value


class Writer(Reader):
    """The only connection that writes to the database; only the thread that opened it may use it."""

    def __init__(self, connection: sqlite3.Connection, path: Path, lock: HeldLock | None = None) -> None:
        super().__init__(connection, path)
        self.backed_up_to: Path | None = None  # the copy that was made before the tables were changed
        self._file = file_id(path)
        self._lock = lock

    def ensure_in_place(self) -> None:
        """Check that the database file was not deleted or replaced, and that this process still holds the lock.

        Without this check, SQLite would continue to write into a deleted file.

        Raises:
            StoreGone: The file was deleted or replaced, or another process has taken the lock.
        """
        if file_id(self.path) != self._file:
            raise StoreGone(f"{self.path}: the file was deleted or replaced while it was in use; restart the monitor")
        if self._lock is not None:
            self._lock.ensure_held()


@contextmanager
def explain_errors(path: Path | str) -> Iterator[None]:
    """Turn SQLite errors about the disk or the file at *path* into a StoreError that explains them; pass on others.

    Raises:
        StoreError: Retrying may help.
        StoreGone: The file is damaged or is not a database.
    """
    try:
        yield
    except sqlite3.Error as error:
        extended = getattr(error, "sqlite_errorcode", 0)
        # the index of the log is made as large as it may become, so that a full disk is noticed at once
        code = sqlite3.SQLITE_FULL if extended == sqlite3.SQLITE_IOERR_SHMSIZE else extended & 0xFF  # primary code
        if code not in _EXPLAINED:
            raise
        kind = StoreGone if code in _PERMANENT else StoreError
        raise kind(f"{path}: {_EXPLAINED[code]} ({error})") from error


@contextmanager
def write(db: Writer) -> Iterator[Writer]:
    """Run the block as one transaction, which is rolled back if the block raises.

    The transaction begins with ``BEGIN IMMEDIATE``. A transaction that reads first and writes later would fail at once
    if another process wrote in between, whatever the busy timeout.

    Raises:
        StoreError: The disk is full, failed or read-only.
        StoreGone: The file was deleted or replaced.
    """
    db.ensure_in_place()
    with explain_errors(db.path):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.conn.in_transaction:  # a full disk has rolled back already, and a second rollback is an error
                db.execute("ROLLBACK")
            raise


def rows(db: Reader, sql: str, values: Values = NOTHING) -> list[Row]:
    """Run a query and return all its rows.

    All rows are read at once, because an open cursor prevents the write-ahead log from shrinking.

    Args:
        db: Any connection to the database.
        sql: One SELECT, or a statement with RETURNING, with named parameters.
        values: The parameters by name.

    Raises:
        StoreError: The file cannot be read, or is read without locks and was written meanwhile.
    """
    try:
        with explain_errors(db.path):
            cursor = db.execute(sql, values)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]
    finally:
        db.ensure_unchanged()  # in case of an error, too: pages of two versions look like damage


def first(db: Reader, sql: str, values: Values = NOTHING) -> Row | None:
    """Run a query and return its first row; None if it has none.

    Args:
        db: Any connection to the database.
        sql: One SELECT, or a statement with RETURNING, with named parameters.
        values: The parameters by name.
    """
    return next(iter(rows(db, sql, values)), None)


def change(db: Writer, sql: str, values: Values) -> int:
    """Run a statement that writes, and return how many rows it changed.

    Args:
        db: The writing connection, in a transaction.
        sql: One statement with named parameters.
        values: The parameters by name.
    """
    _ensure_transaction(db)
    with explain_errors(db.path):
        return db.execute(sql, values).rowcount


def change_each(db: Writer, sql: str, many: Iterable[Values]) -> None:
    """Run a statement that writes, once for each set of parameters in *many*.

    Args:
        db: The writing connection, in a transaction.
        sql: One statement with named parameters.
        many: The parameters by name, one mapping for each run.
    """
    _ensure_transaction(db)
    with explain_errors(db.path):
        db.conn.executemany(sql, many)


def returned(db: Writer, sql: str, values: Values) -> Row:
    """Run a statement that writes one row, and return the columns of its RETURNING clause.

    Args:
        db: The writing connection, in a transaction.
        sql: One statement with named parameters and RETURNING.
        values: The parameters by name.

    Raises:
        LookupError: The statement wrote no row.
    """
    _ensure_transaction(db)
    row = first(db, sql, values)
    if row is None:
        raise LookupError("no row was written: no row has this id")
    return row


def _ensure_transaction(db: Writer) -> None:
    if not db.conn.in_transaction:
        raise RuntimeError("a write outside of `with write(db)` would be committed at once")


@overload
def stored(at: datetime) -> str: ...
@overload
def stored(at: datetime | None) -> str | None: ...
def stored(at: datetime | None) -> str | None:
    """Return the text under which the time *at* is stored: in UTC, truncated to milliseconds. None stays None.

    Raises:
        ValueError: *at* has no time zone.
    """
    if at is None:
        return None
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone; moments are aware and in UTC")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


@overload
def moment(text: str) -> datetime: ...
@overload
def moment(text: str | None) -> datetime | None: ...
def moment(text: str | None) -> datetime | None:
    """Return the time, in UTC, that :func:`stored` wrote as *text*; None stays None."""
    return None if text is None else datetime.fromisoformat(text)
