"""IncludeReader the files of a configuration: the one that was named, and all that it includes."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from monitor.config.document.read_file import read_source
from monitor.config.document.source import Source
from monitor.config.regular_file import describe_os_error
from monitor.config.report import Report
from monitor.config.schema.values import did_you_mean, quoted
from monitor.config.settings import KeyPath
from monitor.config.validation import ParsedFile, validate_file

PACK = "pack:"
PACKS = Path(str(files("monitor").joinpath("packs")))


def expand_home(text: str, environ: Mapping[str, str]) -> str:
    """Return the path *text* with a leading ``~/`` replaced by the user's home directory."""
    home = environ.get("HOME")
    return f"{home}/{text[2:]}" if home and text.startswith("~/") else text


def _real(file: Path) -> Path:
    return Path(os.path.realpath(file))  # Path.resolve raises an error for circular links


class IncludeReader:
    """Reads the files of one configuration, each once.

    *parts* has included files before the file that includes them, so that it can extend them; *files* has them in
    reading order. *complete* is False when a file could not be read or parsed: unknown names may be defined there.

    Args:
        report: Receives the errors.
        environ: The environment, for the home directory.
        packs: The directory of the shipped packs.
    """

    def __init__(self, report: Report, environ: Mapping[str, str], packs: Path = PACKS) -> None:
        self.parts: list[ParsedFile] = []
        self.files: list[Path] = []
        self.tried: list[Path] = []  # also files that do not exist or cannot be read
        self.patterns: list[str] = []  # absolute
        self.complete = True
        self._report = report
        self._environ = environ
        self._packs = packs
        self._done: set[Path] = set()

    def read(self, file: Path) -> Source:
        """Read *file* and the files it includes, and return *file* itself.

        Raises:
            OSError: *file* cannot be read. An included file that cannot be read is reported instead.
        """
        return self._read(file, chain=())

    def _read(self, file: Path, chain: tuple[Path, ...]) -> Source:
        self.tried.append(file.absolute())
        source, problems = read_source(file)
        self.files.append(file)
        self._report.problems += problems
        part = validate_file(source, self._report, included=bool(chain))
        self.complete &= not source.broken and ("include",) not in part.broken
        real = _real(file)
        self._done.add(real)
        for index, pattern in enumerate(part.shape.include):
            self._include(source, ("include", index), pattern, (*chain, real))
        self.parts.append(part)
        return source

    def _include(self, source: Source, path: KeyPath, pattern: str, chain: tuple[Path, ...]) -> None:
        for file in self._matching_files(source, path, pattern):
            real = _real(file)
            if real in chain:
                loop = " -> ".join(p.name for p in (*chain[chain.index(real) :], real))
                self._report.error(source.place(path), f"files include each other: {loop}", "delete one of the lines")
            elif real not in self._done:
                try:
                    self._read(file, chain)
                except OSError as error:
                    self.complete = False
                    message = f"{file} cannot be included: {describe_os_error(error)}"
                    self._report.error(source.place(path), message, "correct the path, or delete it from include")

    def _matching_files(self, source: Source, path: KeyPath, pattern: str) -> list[Path]:
        if pattern.startswith(PACK):
            return self._pack(source, path, pattern.removeprefix(PACK))
        folder = source.file.parent
        pattern = expand_home(pattern, self._environ)
        if not glob.has_magic(pattern):
            return [folder / pattern]
        self.patterns.append(str(folder.absolute() / pattern))
        names = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207 - Path.glob refuses absolute patterns
        found = sorted(file for name in names if (file := folder / name).is_file())
        if not found:
            self._report.warn(source.place(path), f"no file matches {quoted(pattern)}", f"searched {folder.absolute()}")
        return found

    def _pack(self, source: Source, path: KeyPath, name: str) -> list[Path]:
        shipped = sorted(p.stem for p in self._packs.glob("*.toml"))
        if name in shipped:
            return [self._packs / f"{name}.toml"]
        self.complete = False
        hint = did_you_mean(name, shipped) or f"available packs: {', '.join(shipped) or 'none'}"
        self._report.error(source.place(path), f"no pack called {quoted(name)}", hint)
        return []
