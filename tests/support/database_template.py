"""New databases by copying one: making the tables takes 0.07 s of CPU, and more than a thousand tests need them."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from monitor.store.db import connection


class DatabaseTemplate:
    """Takes the place of the function that creates an empty database."""

    def __init__(self, folder: Path) -> None:
        self._create = connection._make
        self._path = folder / "monitor.db"

    @cached_property
    def _content(self) -> bytes:
        self._create(self._path)  # only now: most tests of the pure packages need none
        return self._path.read_bytes()

    def create(self, path: Path) -> None:
        """Write an empty database to *path*, or let the real function report why that is impossible."""
        content = self._content
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
        except OSError:
            path.unlink(missing_ok=True)
            self._create(path)
