"""The SQLite database, and the only package that contains SQL.

There is one module per group of tables; its functions take the connection as their first argument. Functions that write
need a ``Writer`` inside ``with write(db):``; functions that only read take a ``Reader``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.store.db.connection import copy_database, open_writer
    from monitor.store.db.lock import InstanceLock
    from monitor.store.db.reading import open_reader
    from monitor.store.db.statements import Reader, Writer, write

__all__ = ["InstanceLock", "Reader", "Writer", "copy_database", "open_reader", "open_writer", "write"]

# imported on first use: a command that only lists hits must not import the writer.
_MODULES = {
    "copy_database": "monitor.store.db.connection",
    "open_reader": "monitor.store.db.reading",
    "open_writer": "monitor.store.db.connection",
    "InstanceLock": "monitor.store.db.lock",
    "Reader": "monitor.store.db.statements",
    "Writer": "monitor.store.db.statements",
    "write": "monitor.store.db.statements",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value
