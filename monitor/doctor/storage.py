"""Checks of the database, of the folder of its backups, and of the disk that they are on."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from pwd import getpwuid
from time import monotonic

from monitor.doctor.finding import Finding, error, ok, warning
from monitor.errors import StoreError, StoreGone

LOW_DISK = 1_000_000_000  # bytes
FULL_DISK = 100_000_000
LONGEST_CHECK_S = 5.0  # of the pages of the database
_BY_WHOM = "run as the user of the service, or set [storage] path to a place that you can write"


def disk_findings(folder: Path, *, least: int | None) -> list[Finding]:
    """Check whether enough space is free for the database in *folder*.

    *least* is the value of ``[health] min_disk`` in bytes, or None if it is not set.
    """
    existing = _existing(folder)
    free = shutil.disk_usage(existing).free
    text = f"{free / 1e9:,.1f} GB free at {existing}"
    system = os.statvfs(existing)
    if system.f_files and not system.f_favail:
        return [error("disk", f"{text}, but no file can be created: all inodes are in use", "delete files")]
    if free < FULL_DISK:
        return [error("disk", text, "free some space: a full disk stops polling")]
    if free < max(LOW_DISK, least or 0):
        return [warning("disk", text, "free some space, or shorten keep_entries in [storage]")]
    return [ok("disk", text)]


def database_findings(database: Path) -> list[Finding]:
    """Check whether the current user can write the database, whether it is sound, and whether all users can read it."""
    from monitor.store import database_exists

    try:
        exists = database_exists(database)
    except StoreError as problem:
        return [_of_store(problem)]
    if not exists:
        return _new_database(database)
    if damage := _damage(database):
        return [damage]
    missing = [
        what
        for what, path in (("file", database), ("folder", database.parent))
        if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
    ]
    if missing:
        if _is_read_only(database.parent):
            return [error("database", f"{database} is on a read-only file system", "mount it writable")]
        text = f"{database} can be read, but not written by this user, who may not change its {missing[0]}"
        return [warning("database", text, "nothing if only the service writes; else run as the user of the service")]
    if stat.S_IMODE(database.stat().st_mode) & stat.S_IROTH:
        return [warning("database", f"{database} can be read by everybody", f"run: chmod o-r {database}")]
    return [_of_another_owner(database) or ok("database", str(database))]


def _of_another_owner(database: Path) -> Finding | None:
    """Return a warning if root, who may write anything, has made a database in the folder of another user."""
    owner, made_by = database.parent.stat().st_uid, database.stat().st_uid
    if owner in (made_by, 0) or made_by != 0:
        return None
    try:
        name = getpwuid(owner).pw_name
    except KeyError:
        name = str(owner)
    text = f"{database} belongs to root, and its folder to {name}, who cannot write it"
    return warning("database", text, f"if the service runs as {name}: chown {name} {database} {database}-*")


def backup_findings(folder: Path | None) -> list[Finding]:
    """Check whether the current user can write into *folder*, that of ``[storage] backup``; None: none is set."""
    if folder is None:
        return []
    if problem := _unwritable(_existing(folder)):
        return [error("backups", f"{folder}: {problem}", "correct the permissions, or [storage] backup")]
    return [ok("backups", str(folder))]


def _new_database(database: Path) -> list[Finding]:
    folder = _existing(database.parent)
    if problem := _unwritable(folder):
        return [error("database", f"{folder} {problem}", _BY_WHOM)]
    return [ok("database", f"{database} will be created at the first start")]


def _damage(database: Path) -> Finding | None:
    """Return what keeps the database from being used; None if nothing was found within a few seconds."""
    from monitor.store import open_reader
    from monitor.store.db.connection import ensure_sound
    from monitor.store.db.reading import time_limit

    if not database.stat().st_size:
        text = f"{database} is empty: it was truncated, or its creation was interrupted"
        return error("database", text, "restore a backup, or delete the file to start again")
    try:
        with open_reader(database, upgraded=False) as db:
            started = monotonic()
            try:
                with time_limit(db, started + LONGEST_CHECK_S):
                    ensure_sound(db)
            except StoreGone:
                raise
            except StoreError:
                if monotonic() - started < LONGEST_CHECK_S:
                    raise  # not for lack of time: the database is damaged
    except StoreError as problem:
        return _of_store(problem)
    return None


def _of_store(problem: StoreError) -> Finding:
    text, _, remedy = str(problem).partition("; ")
    return error("database", text, remedy or "restore a backup: monitor db restore FILE")


def _unwritable(folder: Path) -> str:
    """Return why the current user cannot create files in *folder*; empty if it is possible."""
    if os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        return "" if folder.is_dir() else "is not a folder"
    return "is on a read-only file system" if _is_read_only(folder) else "cannot be written by this user"


def _is_read_only(folder: Path) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _existing(folder: Path) -> Path:
    return next((each for each in (folder, *folder.parents) if _exists(each)), Path("/"))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # below a folder that the current user may not enter
        return False
