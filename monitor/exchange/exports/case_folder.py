"""Write the folder of a case: its files, and last the manifest with the hash of each file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from monitor.alerts.content.neutralise import printable
from monitor.errors import UsageError
from monitor.json_text import dump

MANIFEST = "MANIFEST"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class CaseFolder:
    """A context manager for the folder of a case.

    If its block raises an exception, the files written so far are deleted.
    """

    def __init__(self, path: Path) -> None:
        """Create the folder, or use an existing empty folder.

        Raises:
            UsageError: The folder is not empty, is not a folder, or cannot be created.
        """
        self.path = path
        self.hashes: dict[str, str] = {}  # SHA-256 of each finished file in hex, by its name within the folder
        self._written: list[Path] = []
        self._is_new = not path.exists()
        if path.is_file():
            raise UsageError(f"-o {path}: this is a file; name a new folder")
        try:
            path.mkdir(parents=True, exist_ok=True)
            if next(path.iterdir(), None) is not None:
                raise UsageError(f"-o {path}: the folder is not empty; name a new one")
        except OSError as error:
            raise UsageError(f"-o {path}: the folder cannot be created: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._discard()
        if isinstance(error, OSError):
            raise UsageError(f"-o {self.path}: the case cannot be written: {error.strerror}") from error

    def create(self, name: str) -> CaseFile:
        """Create an empty file in the folder and return it for writing."""
        target = self.path / name
        if target.parent != self.path and not target.parent.exists():
            target.parent.mkdir(parents=True)
            self._written += [parent for parent in (target.parent, target.parent.parent) if parent != self.path]
        opened = target.open("xb")
        self._written.insert(0, target)
        return CaseFile(opened, lambda digest: self.hashes.__setitem__(name, digest))

    def write(self, name: str, text: str) -> None:
        """Write *text* to a new file in the folder."""
        with self.create(name) as file:
            file.write(text)

    def finish(self, header: Iterable[str]) -> None:
        """Write the manifest: the hash of each file, in the format of ``sha256sum --check``.

        A case without a manifest is incomplete.

        Args:
            header: Lines about the case, which the manifest contains as comments.
        """
        lines = [f"# {printable(line)}" for line in header]
        lines += [f"{digest}  {name}" for name, digest in sorted(self.hashes.items())]
        with self.create(MANIFEST) as file:
            file.write("\n".join(lines) + "\n")

    def _discard(self) -> None:
        for path in self._written:
            if path.is_dir():
                path.rmdir() if not any(path.iterdir()) else None
            else:
                path.unlink(missing_ok=True)
        if self._is_new and not any(self.path.iterdir()):
            self.path.rmdir()


class CaseFile:
    """A file that computes its SHA-256 hash while it is written."""

    def __init__(self, file: IO[bytes], finished: Any) -> None:
        self._file = file
        self._finished = finished
        self._hash = hashlib.sha256()
        self.rows = 0  # written so far

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._finished(self._hash.hexdigest())

    def write(self, text: str) -> None:
        """Append *text* to the file."""
        data = text.encode("utf-8", "replace")
        self._hash.update(data)
        self._file.write(data)

    def write_row(self, row: dict[str, Any]) -> None:
        """Append *row* to the file as one line of JSON."""
        self.write(dump(row) + "\n")
        self.rows += 1


def safe_name(name: str) -> str:
    """Return *name* as a safe file name.

    It consists of ASCII letters, digits, dots, hyphens and underscores and does not begin with a dot.
    """
    return _UNSAFE.sub("_", name).lstrip(".")[:100] or "file"
