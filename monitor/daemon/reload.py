"""Noticing that the configuration was edited, and putting it in force."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from monitor.config import Config
from monitor.daemon import systemd
from monitor.errors import ConfigError, MonitorError
from monitor.logs import Log
from monitor.wording import counted

Stamp = tuple[int, int, int]  # inode, size, mtime in ns

log = Log(__name__)


class WatchedFiles:
    """Tells when a file of the configuration, or another TOML file beside one, was written, replaced or removed.

    An edit is reported once the files have not changed between two calls, so that a file is not read while it is
    being written.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = tuple(files)
        self._known = self._last = self._stamps()

    def watch(self, files: Iterable[Path]) -> None:
        """Watch *files* from now on; what they contain now counts as known."""
        self._files = tuple(files)
        self._known = self._last = self._stamps()

    def edited(self) -> bool:
        """Return whether there is an edit to be read; to be called every second or so."""
        before, self._last = self._last, self._stamps()
        if self._last != before or self._last == self._known:
            return False
        self._known = self._last
        return True

    def _stamps(self) -> dict[Path, Stamp]:
        beside = {file for folder in {f.parent for f in self._files} for file in _toml_files(folder)}
        return {file: stamp for file in beside.union(self._files) if (stamp := _stamp(file))}


class Reloader:
    """Puts an edited configuration in force, whole, or keeps the one that is and says why.

    Args:
        read: Reads the configuration; raises ConfigError if it cannot be run. Called in a thread.
        apply: Puts a configuration in force; raises MonitorError if it cannot.
        in_force: Returns the configuration in force.
    """

    def __init__(
        self, read: Callable[[], Config], apply: Callable[[Config], Awaitable[None]], in_force: Callable[[], Config]
    ) -> None:
        self._read = read
        self._apply = apply
        self._in_force = in_force
        self._files = WatchedFiles(in_force().files)
        self._reloading = asyncio.Lock()
        self.refused = ""  # why the configuration on disk is not in force; empty if it is

    async def reload_if_edited(self) -> None:
        """Reload if a file was edited."""
        if self._files.edited():
            await self.reload()

    async def reload(self) -> None:
        """Put the configuration on disk in force, or log why it is refused."""
        async with self._reloading:
            systemd.reloading()
            try:
                config = await asyncio.to_thread(self._read)
                await self._apply(config)
                self.refused = ""
                self._files.watch(config.files)
            except MonitorError as error:
                self.refused = error.summary if isinstance(error, ConfigError) else str(error)
            config = self._in_force()
            feeds, rules = len(config.feeds), len(config.rules)
            if self.refused:
                log.error("configuration refused, the one before stays in force", problems=self.refused)
            else:
                log.info("configuration in force", feeds=feeds, rules=rules)
            systemd.ready(f"{counted(feeds, 'feed')}, {counted(rules, 'rule')}")


def _toml_files(folder: Path) -> list[Path]:
    try:
        return list(folder.glob("*.toml"))
    except OSError:
        return []


def _stamp(file: Path) -> Stamp | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
