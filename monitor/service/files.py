"""Write and remove the files of the systemd service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from monitor.errors import UsageError
from monitor.service.units import MARK


class Change(StrEnum):
    """What ``service install`` does to a file: create, update or keep it, or leave it because nothing would change."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that ``service install`` will write.

    If *keep*, an existing file is left as it is; otherwise it is replaced, but only if ``service install`` wrote it.
    """

    path: Path
    text: str
    mode: int
    keep: bool = False

    def change(self) -> Change:
        """Return what writing the file would do.

        Raises:
            UsageError: The existing file cannot be read, or ``service install`` did not write it.
        """
        try:
            present = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return Change.KEPT if self.keep and self.path.is_symlink() else Change.CREATED
        except OSError as error:
            if self.keep:
                return Change.KEPT
            raise UsageError(f"{self.path}: cannot be read: {error.strerror}") from error
        if self.keep:
            return Change.KEPT
        if not present.startswith(MARK):
            if self.path.is_symlink() and self.path.resolve() == Path("/dev/null"):
                raise UsageError(f"{self.path}: the unit is masked; run: systemctl unmask {self.path.name}")
            raise UsageError(
                f"{self.path}: exists and was not written by monitor service install; move it away, and put your own"
                " settings into a drop-in: systemctl edit monitor.service"
            )
        return Change.UNCHANGED if present == self.text else Change.UPDATED


def below(root: Path, path: PurePosixPath) -> Path:
    """Return the absolute *path* moved below *root*: ``/etc/x`` below ``/image`` is ``/image/etc/x``."""
    return root / path.relative_to("/")


def write_files(planned: Iterable[PlannedFile]) -> list[tuple[Path, Change]]:
    """Write the files that are missing or differ; write nothing if one of them must not be replaced.

    Return the path of each file and what was done to it.

    Raises:
        UsageError: A file must not be replaced, or cannot be written.
    """
    changes = [(file, file.change()) for file in planned]
    for file, change in changes:
        if change in (Change.CREATED, Change.UPDATED):
            _write(file)
    return [(file.path, change) for file, change in changes]


def is_ours(path: Path) -> bool:
    """Return whether ``service install`` has written the file *path*.

    Raises:
        UsageError: The file cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8", errors="replace").startswith(MARK)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}; {_way_out(error)}") from error


def remove_files(paths: Iterable[Path]) -> list[Path]:
    """Delete those of *paths* that ``service install`` has written, and return them; other files are kept.

    Raises:
        UsageError: A file cannot be read or deleted.
    """
    removed = [path for path in paths if is_ours(path)]
    for path in removed:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(f"{path}: cannot be deleted: {error.strerror}; {_way_out(error)}") from error
    return removed


def _write(file: PlannedFile) -> None:
    unfinished = file.path.with_name(f".{file.path.name}.new")
    try:
        _make_folder(file.path.parent)
        unfinished.write_text(file.text, encoding="utf-8")
        unfinished.chmod(file.mode)
        unfinished.replace(file.path)
    except OSError as error:
        raise UsageError(f"{file.path}: cannot be written: {error.strerror}; {_way_out(error)}") from error


def _make_folder(folder: Path) -> None:
    """Create *folder* and its parents so that others can enter them, whatever the umask: they lead to files of others.

    Below a folder that others cannot enter, such as a home directory, this allows them nothing.
    """
    for each in (*reversed(folder.parents), folder):
        if not each.exists():
            each.mkdir(exist_ok=True)
            each.chmod(0o755)


def _way_out(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "run it as root, or for your own user: monitor service install --user"
    return "make the file system writable, or show the files with --dry-run"
