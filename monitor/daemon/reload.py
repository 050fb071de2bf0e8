"""Noticing that the configuration was edited."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

Stamp = tuple[int, int, int]  # inode, size, mtime in ns


class Watched:
    """Tells when a file of the configuration, or another TOML file beside one, was written, replaced or removed.

    An edit is reported once it has been left alone for one look, so that a file that is half written is not read.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = tuple(files)
        self._in_force = self._seen = self._look()

    def follow(self, files: Iterable[Path]) -> None:
        """ActiveConfiguration *files* from now on; what they hold now is known."""
        self._files = tuple(files)
        self._in_force = self._seen = self._look()

    def edited(self) -> bool:
        """Return whether there is an edit to be read; call it every second or so."""
        before, self._seen = self._seen, self._look()
        if self._seen != before or self._seen == self._in_force:
            return False
        self._in_force = self._seen
        return True

    def _look(self) -> dict[Path, Stamp]:
        beside = {file for folder in {f.parent for f in self._files} for file in _toml_files(folder)}
        return {file: stamp for file in beside.union(self._files) if (stamp := _stamp(file))}


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
