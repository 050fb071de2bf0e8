"""Write an export to a file so that the file is never left half-written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from monitor.errors import UsageError


def write_output(file: Path, chunks: Iterable[str], *, never: Iterable[Path] = ()) -> None:
    """Write *chunks* to *file*; an existing file is replaced only when everything is written.

    Args:
        file: The target; a device or a pipe is written to directly.
        chunks: The parts of the text; lone surrogates are written as ``?``.
        never: Files that must not be replaced, such as the database.
    """
    if any(_is_same(file, other) for other in never):
        raise UsageError(f"-o {file}: the monitor itself uses this file; choose another")
    try:
        if file.exists() and not file.is_file():
            with file.open("w", encoding="utf-8", errors="replace", newline="") as written:
                written.writelines(chunks)
            return
        target = Path(os.path.realpath(file))  # what a symbolic link names is replaced, not the link
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="") as written:
                written.writelines(chunks)
            Path(temporary).chmod(_mode(target))
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"-o {file} cannot be written: {error.strerror}") from error


def _mode(target: Path) -> int:
    """Return the permissions for the new file: those of the file it replaces, else those that the umask allows."""
    try:
        return target.stat().st_mode & 0o777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


def _is_same(file: Path, other: Path) -> bool:
    try:
        return file.samefile(other)
    except OSError:
        return False
