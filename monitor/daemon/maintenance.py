"""Regular maintenance of the database and of memory: delete old entries, release space, make backups."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.config.settings import BackupSettings
from monitor.daemon.threads import in_thread
from monitor.errors import StoreError
from monitor.logs import Log
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.store import backup, hits, housekeeping, search
from monitor.store.committer import Committer
from monitor.store.housekeeping import PruneCursor, Pruned

RETRY = timedelta(minutes=10)  # a failed backup is tried again after this
MOST_ARENAS = 2
_M_ARENA_MAX = -8  # in malloc.h
LARGE_PART = 0.1  # when this part of all entries has been deleted, the full-text index is rewritten

log = Log(__name__)


class Housekeeper:
    """Deletes old entries, releases disk space and makes backups.

    Args:
        committer: Runs the steps that write, one at a time, so that polls can be stored between two steps.
        active: Returns the active configuration at the time of the call.
    """

    def __init__(self, committer: Committer, *, active: Callable[[], ActiveConfiguration]) -> None:
        self._committer = committer
        self._active = active
        self._failed_at: datetime | None = None
        self._still_indexed = 0  # deleted entries whose words still take space in the full-text index
        self.backup_error = ""  # why the last backup failed; empty if it succeeded

    async def tidy(self, now: datetime) -> None:
        """Delete entries and hits older than configured, release disk space, and truncate the write-ahead log."""
        gone = await self._prune(now)
        if gone.entries or gone.deliveries:
            log.info("old entries deleted", entries=gone.entries, hits=gone.hits, deliveries=gone.deliveries)
        self._still_indexed += gone.entries
        if self._still_indexed > LARGE_PART * (await self._committer.do(hits.totals))[0]:
            await self._merge_words()
        while await self._committer.run_outside_transaction(housekeeping.release_pages):
            pass
        if not await self._committer.run_outside_transaction(housekeeping.checkpoint):
            path = self._active().config.storage.path
            log.warning(
                "the write-ahead log has grown: a long-running reader blocks checkpoints",
                bytes=housekeeping.wal_size(path),
            )

    async def _merge_words(self) -> None:
        begin = True
        while await self._committer.do(partial(search.merge_words, begin=begin)):
            begin = False
        self._still_indexed = 0

    async def correct_future_times(self, now: datetime) -> None:
        """Make polls, deliveries and timers due now that were scheduled before the clock was set back."""
        corrected = await self._committer.do(partial(housekeeping.bring_forward, now=now))
        if corrected:
            log.warning("the clock was set back: the delayed polls and deliveries are due now", count=corrected)

    async def back_up(self, now: datetime) -> None:
        """Make a backup of the database if one is due, and delete surplus old backups.

        A failure is not raised; it is logged and kept in ``backup_error``.
        """
        storage = self._active().config.storage
        if storage.backup is None:
            self.backup_error = ""
            return
        try:
            if self._is_due(storage.backup, now):
                await self._copy(storage.path, storage.backup, now)
                self._failed_at, self.backup_error = None, ""
        except StoreError as error:
            self._failed_at, self.backup_error = now, str(error)
            log.error("backup failed", cause=error, retry_s=RETRY.total_seconds())  # noqa: TRY400 - the cause is enough

    async def _prune(self, now: datetime) -> Pruned:
        gone = Pruned(resume_at=PruneCursor())
        while gone.resume_at is not None:
            storage = self._active().config.storage
            step = partial(
                housekeeping.prune,
                now=now,
                keep_entries_s=storage.keep_entries_s,
                keep_hits_s=storage.keep_hits_s,
                start=gone.resume_at,
            )
            gone += await self._committer.do(step)
        return gone

    def _is_due(self, settings: BackupSettings, now: datetime) -> bool:
        # a time in the future comes from a clock that was wrong
        if self._failed_at is not None and timedelta(0) <= now - self._failed_at < RETRY:
            return False
        latest = backup.latest_backup_at(settings.directory, now)
        return latest is None or (now - latest).total_seconds() >= settings.every_s

    async def _copy(self, database: Path, settings: BackupSettings, now: datetime) -> None:
        target = backup.backup_path(settings.directory, now)
        # not in an executor: the process would wait for a long backup before it ends
        await in_thread(lambda: backup.back_up(database, target), "backup")
        gone = backup.rotate(settings.directory, settings.keep, now)
        log.info("backup made", path=target, bytes=target.stat().st_size, deleted=len(gone))


def limit_memory_arenas() -> bool:
    """Let all threads share MOST_ARENAS arenas of the allocator, and return whether it agreed; call it at the start.

    By default each new thread may get an arena of its own, up to eight for each processor, and free memory of one
    arena is of no use to the others. It does nothing unless the C library is glibc (mallopt(3)).
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_ARENA_MAX, MOST_ARENAS) == 1


async def return_free_memory(_now: datetime) -> None:
    """Return memory that was freed, but is kept by the allocator of the C library, to the operating system.

    This is about 20 MB after many documents at once, and takes a millisecond or two. It does nothing unless the C
    library is glibc (malloc_trim(3)).
    """
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
