"""Collect the problems of a configuration, and find the file and line in which each value is defined."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from monitor.config.document.source import Source
from monitor.config.settings import KeyPath
from monitor.errors import Place, Problem


@dataclass(slots=True)
class Report:
    """Collects errors and warnings about a configuration; ``sorted`` returns them in the order of files and lines."""

    problems: list[Problem] = field(default_factory=list)

    def error(self, place: Place, message: str, hint: str = "") -> None:
        """Add an error to the report.

        Args:
            place: The location of the error.
            message: What is wrong.
            hint: How to fix the error; empty if *message* says so already.
        """
        self.problems.append(Problem("error", place, message, hint))

    def warn(self, place: Place, message: str, hint: str = "") -> None:
        """Add a warning to the report: the configuration works, but it is probably not what its author intended.

        Args:
            place: The location of the probable mistake.
            message: What is probably wrong.
            hint: How to fix the mistake; empty if *message* says so already.
        """
        self.problems.append(Problem("warning", place, message, hint))

    @property
    def failed(self) -> bool:
        """Return whether the report contains an error."""
        return any(p.level == "error" for p in self.problems)

    def sorted(self, files: list[Path]) -> tuple[Problem, ...]:
        """Return the problems without duplicates, in the order of *files*, then of line and column."""
        order = {file: number for number, file in enumerate(files)}
        unique = dict.fromkeys(self.problems)
        return tuple(sorted(unique, key=lambda p: (order.get(p.place.file, len(order)), p.place.line, p.place.column)))


class Origins:
    """Remembers for each path of the merged configuration which file defines it, and at which path in that file."""

    def __init__(self, main: Source) -> None:
        self._known: dict[KeyPath, tuple[Source, KeyPath]] = {(): (main, ())}

    def record(self, path: KeyPath, source: Source, local: KeyPath) -> None:
        """Record that the value at *path*, with everything below it, comes from the file *source*.

        Args:
            path: The path in the merged configuration.
            source: The file.
            local: The path of the value in *source*.
        """
        self._known[path] = (source, local)

    def find(self, path: KeyPath) -> tuple[Source, KeyPath]:
        """Return the file that defines the value at *path*, and the path of the value in that file."""
        for length in range(len(path), -1, -1):
            if known := self._known.get(path[:length]):
                return known[0], known[1] + path[length:]
        raise AssertionError("the empty path is always known")  # unreachable: __init__ records it

    def place(self, path: KeyPath, *, key: bool = False) -> Place:
        """Return the file and line of the value at *path* (with *key*, of its key), or else of its nearest parent."""
        if len(path) == 3 and path[0] == "keywords" and isinstance(path[2], int):
            path = (*path[:2], "terms", path[2])
        source, local = self.find(path)
        return source.place(local, key=key)
