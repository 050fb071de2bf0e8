"""A copy of the active configuration files beside the database, for commands, while the files on disk are broken.

The copy is a separate file, because only few commands read it. Secrets that the configuration contains in plain text
are replaced by ``***`` in the copy, so a command that needs a secret, such as ``notify``, needs the files on disk.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ActiveFiles:
    """The paths and texts of the files that make up the active configuration."""

    main: Path  # the main file, absolute
    texts: Mapping[str, str]  # by absolute path
    matches: Mapping[str, tuple[str, ...]]  # included files by pattern, absolute


def save_active_files(database: Path, files: ActiveFiles) -> None:
    """Write a copy of *files* beside *database*, readable only by its owner.

    Raises:
        OSError: The files cannot be written.
    """
    path = _path(database)
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    content = {"main": str(files.main), "texts": dict(files.texts), "matches": dict(files.matches)}
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w") as file:
        json.dump(content, file)
    new.replace(path)


def load_active_files(database: Path) -> ActiveFiles | None:
    """Return the configuration files last saved beside *database*; None if none were saved, or they cannot be read."""
    try:
        content = json.loads(_path(database).read_text())
        matches = {pattern: tuple(found) for pattern, found in content["matches"].items()}
        return ActiveFiles(Path(content["main"]), dict(content["texts"]), matches)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _path(database: Path) -> Path:
    return database.with_name(f"{database.name}.config.json")
