"""Make, list, delete and restore backups of the database; check and vacuum a database."""

from __future__ import annotations

import glob
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.errors import StoreError, StoreGone
from monitor.store.chain_check import verify
from monitor.store.db.connection import ensure_sound
from monitor.store.db.copying import PARTIAL, copy_to, sync
from monitor.store.db.reading import RESTORED, connect, open_reader
from monitor.store.db.statements import Reader, Writer, change, explain_errors, rows, write
from monitor.store.housekeeping import empty_log

_STAMP = "%Y%m%d-%H%M%SZ"
_NAME = re.compile(r"monitor-([0-9]{8}-[0-9]{6}Z)\.db")
_LEFT_OVER = re.compile(rf"\.monitor-([0-9]{{8}}-[0-9]{{6}}Z)\.db\..*{re.escape(PARTIAL)}")
_NAME_A_COPY = "name a copy that monitor db backup made"
_PARTS = ("", "-wal", "-shm")

# deliveries that were waiting when the backup was made may have been sent since
_MAY_BE_REPEATED = """
UPDATE deliveries SET possible_repeat = 1 WHERE state IN ('open', 'pending', 'in flight')
"""

# and so may have been alerts about entries that the backup does not have; deliveries about them are marked when created
_RESTORED = "INSERT OR IGNORE INTO restored_feeds SELECT key FROM feeds WHERE configured = 1"


def back_up(source: Path, target: Path) -> None:
    """Write a consistent copy of the database at *source* (of any version) to *target*, without blocking its users.

    Raises:
        StoreError: There is no database, *target* exists, cannot be written, or is a name that the database uses.
    """
    companions = {f"{source.resolve()}{end}" for end in (*_PARTS, "-journal", ".lock", ".sock", ".config.json", ".new")}
    if str(target.resolve()) in companions:
        raise StoreError(f"{target}: the database itself uses this file name; name another file")
    with open_reader(source, upgraded=False) as reader:
        copy_to(reader, target)


def backup_path(directory: Path, now: datetime) -> Path:
    """Return the path of a backup made *now*: ``monitor-20261122-081500Z.db`` in *directory*."""
    return directory / f"monitor-{_stamp(now)}.db"


def latest_backup_at(directory: Path, now: datetime) -> datetime | None:
    """Return when the newest backup in *directory* was made; None if there is none.

    A backup whose name contains a time later than *now* was made while the clock was wrong, and is ignored.
    """
    return max((at for at in _copies(directory).values() if at <= now), default=None)


def rotate(directory: Path, keep: int, now: datetime) -> list[Path]:
    """Delete all backups in *directory* except the *keep* newest, and return the paths of the deleted files.

    Only files that are named as ``backup_path`` names them are deleted, and the partial files of backups that were
    interrupted more than a day ago.

    Args:
        directory: The folder of the backups.
        keep: How many backups to keep.
        now: The current time; backups with a later name count as the oldest.
    """
    copies = _copies(directory)
    oldest_first = sorted(copies, key=lambda path: (copies[path] <= now, copies[path]))
    interrupted = [path for path, at in _copies(directory, _LEFT_OVER).items() if abs(now - at) > timedelta(days=1)]
    deleted = oldest_first[: max(0, len(copies) - keep)]
    for path in (*deleted, *interrupted):
        path.unlink(missing_ok=True)
    return deleted


def restore(source: Path, target: Path, now: datetime) -> Path | None:
    """Replace the database at *target* with a copy of the backup *source*.

    Before that, check that *source* is complete, is a database of the monitor, and is not of a newer version. The
    deliveries that were waiting in *source* are marked as possible repeats, and so will be those about entries that the
    next poll of each feed finds. The caller holds the ``InstanceLock``.

    Args:
        source: The backup to restore.
        target: The path of the database.
        now: The current time, which becomes part of the name of the old database.

    Returns:
        The path under which the old database is kept; None if there was none.

    Raises:
        StoreError: *source* cannot be used, or the directory cannot be written; *target* is unchanged.
    """
    if not source.exists() or not source.stat().st_size:
        raise StoreError(f"{source}: there is no database in it; {_NAME_A_COPY}")
    if target.exists() and source.samefile(target):
        raise StoreError(f"{source}: this is the database itself; name a copy of it")
    target = target.resolve()  # a symbolic link stays, and SQLite keeps the log beside the file that it leads to
    for unfinished in target.parent.glob(f".{glob.escape(target.name)}{RESTORED}*{PARTIAL}"):
        unfinished.unlink(missing_ok=True)  # of a restore that was interrupted
    fresh = target.with_name(f"{target.name}{RESTORED}{_stamp(now)}")
    with _open_backup(source) as reader:
        copy_to(reader, fresh)
    aside = target.with_name(f"{target.name}.before-restore-{_stamp(now)}")
    moved = None
    try:
        _mark(fresh)
        _own_like(fresh, target if target.exists() else target.parent)
        moved = aside if _put_aside(target, aside) else None
        fresh.rename(target)
        sync(target.parent)
    except OSError as error:
        raise StoreError(
            f"{error.filename}: cannot be moved: {error.strerror}; the restored copy is {fresh}"
        ) from error
    return moved


@dataclass(frozen=True, slots=True)
class Defects:
    """The defects that a check of a database found, one line each."""

    file: tuple[str, ...] = ()  # the file is damaged
    hit_log: tuple[str, ...] = ()  # hits were changed or removed outside the monitor; not checked in a damaged file

    @property
    def lines(self) -> tuple[str, ...]:
        """Return all defects that the check found, one line each."""
        return (*self.file, *self.hit_log)


def check(path: Path) -> Defects:
    """Return the defects of the database at *path*, which may be in use.

    Raises:
        StoreError: The database cannot be opened.
    """
    with open_reader(path, upgraded=False) as reader:
        try:
            found = [row["integrity_check"] for row in rows(reader, "PRAGMA integrity_check")]
            broken = rows(reader, "PRAGMA foreign_key_check")
            altered = [] if found != ["ok"] or broken else verify(reader)
            reader.ensure_unchanged()
        except StoreGone as error:  # the damage stops even the check
            return Defects((str(error.__cause__),))
    damage = (
        *(line for finding in found if finding != "ok" for line in finding.splitlines()),
        *(f"{row['table']} row {row['rowid']} refers to missing {row['parent']}" for row in broken),
    )
    return Defects(damage, tuple(altered))


def vacuum(path: Path) -> tuple[int, int]:
    """Rewrite the database file at *path* without unused pages; return its size in bytes before and after.

    While this runs, it needs as much free disk space as the database has. The caller holds the ``InstanceLock``.

    Raises:
        StoreError: There is no space for it, or another process keeps the file from shrinking.
    """
    with open_reader(path, upgraded=False) as reader:
        ensure_sound(reader)
    before = path.stat().st_size
    with Writer(connect(path, "rw"), path) as db, explain_errors(path):
        db.execute("VACUUM").close()
        empty_log(db, "the file cannot shrink")
    return before, path.stat().st_size


def _open_backup(source: Path) -> Reader:
    try:
        return open_reader(source, upgraded=False)
    except StoreError as error:
        reason = str(error).partition("; ")[0]  # what follows is about the database in use
        raise StoreError(f"{reason}; nothing was changed; {_NAME_A_COPY}") from error


def _put_aside(target: Path, aside: Path) -> bool:
    """Give the database *target* and its log the name *aside*; return whether there were any.

    If this is interrupted, *aside* is complete or *target* is. The database goes first: the next start notices a log
    without a database, but not a log that belongs to another database.
    """
    pairs = [
        (file, aside.with_name(aside.name + part))
        for part in _PARTS
        if (file := target.with_name(target.name + part)).exists()
    ]
    linked = []
    try:
        for file, kept in pairs:
            os.link(file, kept)
            linked.append(kept)
    except OSError:  # a file system without hard links
        for kept in linked:
            kept.unlink()
        for file, kept in pairs:
            file.rename(kept)
    else:
        sync(target.parent)
        for file, _ in pairs:
            file.unlink()
    return bool(pairs)


def _mark(path: Path) -> None:
    # not open_writer: a database of an older version is upgraded when the daemon starts
    with Writer(connect(path, "rw"), path) as db, write(db):
        change(db, _MAY_BE_REPEATED, {})
        if db.has_table("restored_feeds"):  # a database of an older version has none
            change(db, _RESTORED, {})


def _own_like(path: Path, like: Path) -> None:
    """Give the file *path* the owner of the file *like*: the operator who restores a backup is often root."""
    wanted, has = like.stat(), path.stat()
    if (wanted.st_uid, wanted.st_gid) != (has.st_uid, has.st_gid):
        os.chown(path, wanted.st_uid, wanted.st_gid)
    if like.is_file():
        path.chmod(wanted.st_mode & 0o777)


def _copies(directory: Path, name: re.Pattern[str] = _NAME) -> dict[Path, datetime]:
    try:
        paths = list(directory.iterdir())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StoreError(f"{directory}: cannot be read: {(error.strerror or '').lower()}") from error
    found = ((path, name.fullmatch(path.name)) for path in paths)
    dated = ((path, _moment(match[1])) for path, match in found if match and path.is_file() and not path.is_symlink())
    return {path: at for path, at in dated if at is not None}


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:  # such as the 30th of February
        return None


def _stamp(now: datetime) -> str:
    return f"{now.astimezone(UTC):{_STAMP}}"
