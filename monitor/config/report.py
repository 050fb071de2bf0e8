"""Collects the problems of a configuration, and knows which file each value comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from monitor.config.document.source import Source
from monitor.config.settings import KeyPath
from monitor.errors import Place, Problem


@dataclass(slots=True)
class Report:
    """Collects problems; ``sorted`` returns them in the order of files and lines."""

    problems: list[Problem] = field(default_factory=list)

    def error(self, place: Place, message: str, hint: str = "") -> None:
        """Add an error.

        Args:
            place: The location of the error.
            message: What is wrong.
            hint: How to fix it; empty when *message* says it.
        """
        self.problems.append(Problem("error", place, message, hint))

    def warn(self, place: Place, message: str, hint: str = "") -> None:
        """Add a warning: the configuration works, but this is probably a mistake.

        Args:
            place: The location of the error.
            message: What is probably wrong.
            hint: How to fix it; empty when *message* says it.
        """
        self.problems.append(Problem("warning", place, message, hint))

    @property
    def failed(self) -> bool:
        """Return whether one of the problems is an error."""
        return any(p.level == "error" for p in self.problems)

    def sorted(self, files: list[Path]) -> tuple[Problem, ...]:
        """Return the problems without duplicates, ordered by the position in *files*, then line and column."""
        order = {file: number for number, file in enumerate(files)}
        unique = dict.fromkeys(self.problems)
        return tuple(sorted(unique, key=lambda p: (order.get(p.place.file, len(order)), p.place.line, p.place.column)))


class Origins:
    """Maps each path of the merged configuration to the file that defines it and the path in that file."""

    def __init__(self, main: Source) -> None:
        self._known: dict[KeyPath, tuple[Source, KeyPath]] = {(): (main, ())}

    def record(self, path: KeyPath, source: Source, local: KeyPath) -> None:
        """Record that the value at *path*, and everything below it, comes from a file.

        Args:
            path: The path in the merged configuration.
            source: The file.
            local: The path of the value in *source*.
        """
        self._known[path] = (source, local)

    def find(self, path: KeyPath) -> tuple[Source, KeyPath]:
        """Return the file that defines *path*, and the path in that file."""
        for length in range(len(path), -1, -1):
            if known := self._known.get(path[:length]):
                return known[0], known[1] + path[length:]
        raise AssertionError("the empty path is always known")  # unreachable: __init__ records it

    def place(self, path: KeyPath, *, key: bool = False) -> Place:
        """Return the location of the value at *path* (of its key if *key*), or of its nearest parent."""
        if len(path) == 3 and path[0] == "keywords" and isinstance(path[2], int):
            path = (*path[:2], "terms", path[2])
        source, local = self.find(path)
        return source.place(local, key=key)
