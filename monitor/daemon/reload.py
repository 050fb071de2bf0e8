"""Detect edits of the configuration files, and activate the edited configuration."""

from __future__ import annotations

import asyncio
import glob
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.config import Config, WatchedPaths
from monitor.daemon import systemd
from monitor.errors import ConfigError, MonitorError
from monitor.logs import Log
from monitor.watchlist import Change, change_words, find_changes
from monitor.wording import counted

Stamp = tuple[int, int, int, int]  # device, inode, size, mtime in ns
SETTLED_AFTER = 2  # calls in a row without a change; an editor or a copy may write in pieces
JUST_EDITED_S = 60.0  # a file edited so shortly before the start may have been edited after it was read

log = Log(__name__)


class WatchedFiles:
    """Detects that a file of the configuration was written, replaced, removed or created.

    An edit is reported after the files have not changed for SETTLED_AFTER calls, so that no file is read while it is
    being written.
    """

    def __init__(self, paths: WatchedPaths) -> None:
        self._paths = paths
        self._last = self._stamps()
        self._settled = 0  # calls in a row that found no change
        edited_after = time.time_ns() - int(JUST_EDITED_S * 1e9)
        self._known = {file: stamp for file, stamp in self._last.items() if stamp[3] < edited_after}

    def edited(self) -> bool:
        """Return whether a configuration file was edited and can be read now; to be called about every second."""
        before, self._last = self._last, self._stamps()
        self._settled = self._settled + 1 if self._last == before else 0
        return self._settled >= SETTLED_AFTER and self._last != self._known

    def begin_reading(self) -> None:
        """Record the state of the files before they are read, so that later edits are reported."""
        self._known = self._last = self._stamps()

    def end_reading(self, paths: WatchedPaths) -> bool:
        """Watch *paths* from now on; return False if a file was edited since ``begin_reading``.

        A file in *paths* that was not watched before is reported as edited, because it may have been edited meanwhile.
        """
        self._paths = paths
        self._settled = 0
        now = self._stamps()
        return all(now.get(file) == stamp for file, stamp in self._known.items() if file in paths.files or file in now)

    def _stamps(self) -> dict[Path, Stamp]:
        files = {Path(name) for pattern in self._paths.patterns for name in glob.glob(pattern, recursive=True)}  # noqa: PTH207 - Path.glob refuses absolute patterns
        return {file: stamp for file in files.union(self._paths.files) if (stamp := _stamp(file))}


@dataclass(frozen=True, slots=True)
class ConfigurationSource:
    """The functions with which the reloader reads and activates the configuration.

    *read* and *watched* are called in a thread.
    """

    read: Callable[[], Config]  # raises ConfigError if it has errors
    watched: Callable[[], WatchedPaths]  # the paths that the configuration on disk depends on, also if it has errors
    apply: Callable[[Config], Awaitable[None]]  # activates it; raises MonitorError if that fails
    active: Callable[[], Config]


class Reloader:
    """Activates an edited configuration as a whole, or keeps the active one and records why."""

    def __init__(self, source: ConfigurationSource) -> None:
        self._source = source
        self._files = WatchedFiles(source.active().watched)
        self._reloading = asyncio.Lock()
        self.refused = ""  # why the configuration on disk is not active; empty if it is
        self.changes: tuple[Change, ...] = ()  # what the last reload changed; empty: there was no reload

    async def reload_if_edited(self) -> None:
        """Reload the configuration if a file was edited, and log the result if it has changed."""
        if self._files.edited():
            await self.reload(requested=False)

    async def reload(self, *, requested: bool = True) -> None:
        """Activate the configuration on disk, or log why it is refused.

        Args:
            requested: Whether a person requested it: log the result even if nothing has changed.
        """
        async with self._reloading:
            systemd.reloading()
            before = self.refused
            self._files.begin_reading()
            try:
                is_new = await self._activate_if_changed()
            except MonitorError as error:
                is_new, self.refused = False, error.summary if isinstance(error, ConfigError) else str(error)
                self._files.end_reading(await asyncio.to_thread(self._source.watched))
            else:
                self.refused = ""
            if requested or is_new or self.refused != before:
                self._log(is_new=is_new)
            config = self._source.active()
            systemd.ready(f"{counted(len(config.feeds), 'feed')}, {counted(len(config.rules), 'rule')}")

    async def _activate_if_changed(self) -> bool:
        """Activate the configuration on disk if it differs from the active one; return whether it was activated.

        Raises:
            MonitorError: The configuration has errors, lost all feeds, rules or destinations, or cannot be activated.
        """
        source = self._source
        config, active = await asyncio.to_thread(source.read), source.active()
        if not self._files.end_reading(config.watched):
            return False  # it may mix old and new files: it is read again once the edit has settled
        _refuse_loss(config, active)
        if is_new := config != active:
            await source.apply(config)
            self.changes = await asyncio.to_thread(find_changes, active, config)
        return is_new

    def _log(self, *, is_new: bool) -> None:
        config = self._source.active()
        if self.refused:
            log.error("configuration refused, the previous one stays active", problems=self.refused)
        else:
            changes = "; ".join(change_words(self.changes)) if is_new else ""
            log.info(
                "configuration active", feeds=len(config.feeds), rules=len(config.rules), changes=changes or "none"
            )


def _refuse_loss(config: Config, active: Config) -> None:
    """Raise MonitorError if *config* has no feeds, rules or destinations left; the edit is then probably unfinished."""
    for noun in ("feed", "rule", "destination"):
        had: Mapping[str, object] = getattr(active, f"{noun}s")
        if had and not getattr(config, f"{noun}s"):
            raise MonitorError(
                f"{config.path}: it has no {noun}, but the active configuration has {len(had)};"
                " restart the daemon if this is intended"
            )


def _stamp(file: Path) -> Stamp | None:
    try:
        found = os.stat(file)  # noqa: PTH116 - follows links, and costs half of Path.stat
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
