"""The SQLite database of the monitor; no other package contains SQL.

There is one module per group of tables; its functions take the connection as their first argument. Functions that write
need a ``Writer`` inside ``with write(db):``; functions that only read take a ``Reader``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.lazy_names import lazy_names

if TYPE_CHECKING:
    from monitor.store.db.connection import copy_database, open_writer
    from monitor.store.db.lock import InstanceLock
    from monitor.store.db.reading import database_exists, open_reader, sqlite_version
    from monitor.store.db.statements import Reader, Writer, write

__all__ = [
    "InstanceLock",
    "Reader",
    "Writer",
    "copy_database",
    "database_exists",
    "open_reader",
    "open_writer",
    "sqlite_version",
    "write",
]

# imported on first use: a command that only lists hits must not import the writer.
_MODULES = {
    "copy_database": "monitor.store.db.connection",
    "database_exists": "monitor.store.db.reading",
    "open_reader": "monitor.store.db.reading",
    "open_writer": "monitor.store.db.connection",
    "sqlite_version": "monitor.store.db.reading",
    "InstanceLock": "monitor.store.db.lock",
    "Reader": "monitor.store.db.statements",
    "Writer": "monitor.store.db.statements",
    "write": "monitor.store.db.statements",
}

__getattr__ = lazy_names(__name__, _MODULES)
