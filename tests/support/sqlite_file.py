"""Reads and changes a database file behind the monitor's back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def open_sqlite(path: Path | str, *, uri: bool = False) -> Iterator[sqlite3.Connection]:
    """Yield a connection; commit and close it at the end, where ``with sqlite3.connect`` would only commit."""
    with closing(sqlite3.connect(path, uri=uri)) as connection, connection:
        yield connection
