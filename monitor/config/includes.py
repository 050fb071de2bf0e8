"""Read the files of a configuration: the main file and all files that it includes."""

from __future__ import annotations

import errno
import glob
import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from monitor.config.document.read_file import parse_source, read_source
from monitor.config.document.source import Source
from monitor.config.location import expand_home
from monitor.config.regular_file import describe_os_error
from monitor.config.report import Report
from monitor.config.schema.values import did_you_mean, quoted
from monitor.config.settings import ConfigurationFiles, KeyPath
from monitor.config.validation import ParsedFile, validate_file
from monitor.errors import Problem

PACK = "pack:"
PACKS = Path(str(files("monitor").joinpath("packs")))


def _real(file: Path) -> Path:
    return Path(os.path.realpath(file))  # Path.resolve raises an error for circular links


def _glob(folder: Path, pattern: str) -> list[Path]:
    names = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207 - Path.glob refuses absolute patterns
    return sorted(file for name in names if (file := folder / name).is_file())


def _recorded_matches(files: ConfigurationFiles, pattern: str) -> list[Path]:
    return [Path(name) for name in files.matches.get(pattern, ())]


class IncludeReader:
    """Reads the files of one configuration, each once.

    *files* lists the files in reading order. In *parts*, an included file comes before the file that includes it and
    may extend its tables. *complete* is False if a file could not be read or parsed; names that seem unknown may be
    defined there.

    Args:
        report: Collects the errors.
        environ: The environment variables, for the home directory.
        packs: The directory of the shipped packs.
        instead: The files to read instead of those on disk; None reads the disk.
    """

    def __init__(
        self,
        report: Report,
        environ: Mapping[str, str],
        packs: Path = PACKS,
        instead: ConfigurationFiles | None = None,
    ) -> None:
        self.parts: list[ParsedFile] = []
        self.files: list[Path] = []
        self.tried: list[Path] = []  # also files that do not exist or cannot be read
        self.matches: dict[str, tuple[str, ...]] = {}  # absolute paths, by absolute pattern
        self.texts: dict[str, str] = {}  # by absolute path
        self.complete = True
        self._report = report
        self._environ = environ
        self._packs = packs
        self._instead = instead
        self._done: set[Path] = set()

    def read(self, file: Path) -> Source:
        """Read *file* and all files that it includes; return *file* as it was read.

        Raises:
            OSError: *file* cannot be read. An included file that cannot be read is reported instead.
        """
        return self._read(file, chain=())

    def _read(self, file: Path, chain: tuple[Path, ...]) -> Source:
        self.tried.append(file.absolute())
        source, problems = read_source(file) if self._instead is None else self._recorded(self._instead, file)
        self.texts[str(file.absolute())] = source.text
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

    @staticmethod
    def _recorded(files: ConfigurationFiles, file: Path) -> tuple[Source, list[Problem]]:
        text = files.texts.get(str(file.absolute()))
        if text is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(file))
        return parse_source(file, text.encode())

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
        absolute = str(folder.absolute() / pattern)
        found = _glob(folder, pattern) if self._instead is None else _recorded_matches(self._instead, absolute)
        self.matches[absolute] = tuple(str(file.absolute()) for file in found)
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
