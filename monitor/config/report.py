"""Where the problems of a configuration are collected."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from monitor.config.document.source import Source
from monitor.config.settings import KeyPath
from monitor.errors import Place, Problem


@dataclass(slots=True)
class Report:
    """Problems in the order they are found; ``sorted`` gives the order of files and lines."""

    problems: list[Problem] = field(default_factory=list)

    def error(self, place: Place, message: str, hint: str = "") -> None:
        """Add something that cannot be run."""
        self.problems.append(Problem("error", place, message, hint))

    def warn(self, place: Place, message: str, hint: str = "") -> None:
        """Add something that runs, and is probably not what was meant."""
        self.problems.append(Problem("warning", place, message, hint))

    @property
    def failed(self) -> bool:
        """Return whether one of the problems is an error."""
        return any(p.level == "error" for p in self.problems)

    def sorted(self, files: list[Path]) -> tuple[Problem, ...]:
        """Return the problems, each once, in the order of *files*, then of lines and columns."""
        order = {file: number for number, file in enumerate(files)}
        unique = dict.fromkeys(self.problems)
        return tuple(sorted(unique, key=lambda p: (order.get(p.place.file, len(order)), p.place.line, p.place.column)))


class Origins:
    """Which file, and which path in it, each part of the merged configuration comes from."""

    def __init__(self, main: Source) -> None:
        self._known: dict[KeyPath, tuple[Source, KeyPath]] = {(): (main, ())}

    def note(self, path: KeyPath, source: Source, local: KeyPath) -> None:
        """Remember that what stands at *path*, with all below it, is *local* in *source*."""
        self._known[path] = (source, local)

    def of(self, path: KeyPath) -> tuple[Source, KeyPath]:
        """Return the file that brought *path*, and the path in that file."""
        for length in range(len(path), -1, -1):
            if known := self._known.get(path[:length]):
                return known[0], known[1] + path[length:]
        raise AssertionError  # the empty path is always known

    def place(self, path: KeyPath, *, key: bool = False) -> Place:
        """Return where *path* (its key when *key*) stands, else its nearest parent."""
        if len(path) == 3 and path[0] == "keywords" and isinstance(path[2], int):
            path = (*path[:2], "terms", path[2])
        source, local = self.of(path)
        return source.place(local, key=key)
