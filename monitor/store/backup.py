"""Whole copies of the database: made while the daemon runs, rotated, and put back in its place."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.errors import StoreError, StoreGone
from monitor.store.chain_check import verify
from monitor.store.db.connection import connect, ensure_sound, open_reader
from monitor.store.db.copying import PARTIAL, copy_to, sync
from monitor.store.db.statements import Writer, change, in_words, rows, write

_STAMP = "%Y%m%d-%H%M%SZ"
_NAME = re.compile(r"monitor-([0-9]{8}-[0-9]{6}Z)\.db")
_LEFT_OVER = re.compile(rf"\.monitor-([0-9]{{8}}-[0-9]{{6}}Z)\.db\..*{re.escape(PARTIAL)}")
_PARTS = ("", "-wal", "-shm")  # the database goes first: a log without it is noticed at the next start

# what waited when the copy was made may have gone out since
_MAY_BE_REPEATED = """
UPDATE deliveries SET possible_repeat = 1 WHERE state IN ('open', 'pending', 'in flight')
"""


def back_up(source: Path, target: Path) -> None:
    """Write a consistent copy of the database at *source*, of whatever version, to *target*; nobody is held up.

    Raises:
        StoreError: there is no database, *target* exists, or it cannot be written.
    """
    with open_reader(source, upgraded=False) as reader:
        copy_to(reader, target)


def scheduled(directory: Path, now: datetime) -> Path:
    """Return where the copy of the moment *now* goes: ``monitor-20261122-081500Z.db``."""
    return directory / f"monitor-{_stamp(now)}.db"


def latest(directory: Path, now: datetime) -> datetime | None:
    """Return the moment of the newest copy in *directory*, None when there is none.

    A copy that says it was made after *now* comes from a clock that was wrong, and does not count.
    """
    return max((at for at in _copies(directory).values() if at <= now), default=None)


def rotate(directory: Path, keep: int, now: datetime) -> list[Path]:
    """Delete all but the newest *keep* copies in *directory*, and return those that went.

    Only files that are named as ``scheduled`` names them, and what was left of copies that were broken off a day ago.
    Copies from after *now* count as the oldest.
    """
    copies = _copies(directory)
    oldest_first = sorted(copies, key=lambda path: (copies[path] <= now, copies[path]))
    broken_off = [path for path, at in _copies(directory, _LEFT_OVER).items() if abs(now - at) > timedelta(days=1)]
    gone = oldest_first[: max(0, len(copies) - keep)]
    for path in (*gone, *broken_off):
        path.unlink(missing_ok=True)
    return gone


def restore(source: Path, target: Path, now: datetime) -> Path | None:
    """Put a copy of *source* in the place of the database at *target*; return where what was there is kept, if any.

    *source* is checked first: whole, ours, and not of a newer version. Deliveries that waited when it was made are
    marked as possible repeats. The caller holds the ``InstanceLock``.

    Raises:
        StoreError: *source* cannot be used, or the place cannot be written; *target* is as it was.
    """
    if not source.exists() or not source.stat().st_size:
        raise StoreError(f"{source}: there is no database in it; name a copy that monitor db backup made")
    if target.exists() and source.samefile(target):
        raise StoreError(f"{source}: this is the database itself; name a copy of it")
    fresh = target.with_name(f"{target.name}.restored-{_stamp(now)}")
    with open_reader(source, upgraded=False) as reader:
        copy_to(reader, fresh)
    aside = target.with_name(f"{target.name}.before-restore-{_stamp(now)}")
    moved = None
    try:
        _mark(fresh)
        _own_like(fresh, target if target.exists() else target.parent)
        for part in _PARTS:
            there = target.with_name(target.name + part)
            if there.exists():
                there.rename(aside.with_name(aside.name + part))
                moved = aside
        fresh.rename(target)
        sync(target.parent)
    except OSError as error:
        raise StoreError(f"{error.filename}: cannot be moved: {error.strerror}; the copy is {fresh}") from error
    return moved


def check(path: Path) -> list[str]:
    """Return all that is wrong within the database at *path*, empty when it is sound; it may be in use.

    A file that is sound is also looked at for hits that were changed or taken out by another hand.

    Raises:
        StoreError: it cannot even be opened.
    """
    with open_reader(path, upgraded=False) as reader:
        try:
            found = [row["integrity_check"] for row in rows(reader, "PRAGMA integrity_check")]
            broken = rows(reader, "PRAGMA foreign_key_check")
            altered = [] if found != ["ok"] or broken else verify(reader)
        except StoreGone as error:  # so damaged that even the check breaks off
            return [str(error.__cause__)]
    return [
        *(line for finding in found if finding != "ok" for line in finding.splitlines()),
        *(f"{row['table']} row {row['rowid']} refers to {row['parent']} that are not there" for row in broken),
        *altered,
    ]


def vacuum(path: Path) -> tuple[int, int]:
    """Write the database at *path* anew without gaps; return its bytes before and after.

    Takes as much space again while it works. The caller holds the ``InstanceLock``.
    """
    with open_reader(path, upgraded=False) as reader:
        ensure_sound(reader)
    before = path.stat().st_size
    with Writer(connect(path, "rw"), path) as db, in_words(path):
        db.execute("VACUUM").close()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return before, path.stat().st_size


def _mark(path: Path) -> None:
    # not open_writer: a file of an older version stays one until the daemon starts
    with Writer(connect(path, "rw"), path) as db, write(db):
        change(db, _MAY_BE_REPEATED, {})


def _own_like(path: Path, like: Path) -> None:
    """Give *path* to the owner of *like*: who restores is often root, and the daemon is not."""
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
    except ValueError:  # the 30th of February
        return None


def _stamp(now: datetime) -> str:
    return f"{now.astimezone(UTC):{_STAMP}}"
