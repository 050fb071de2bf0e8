"""The SQLite file: everything that happened, and the only room that speaks SQL.

One file per table family, each with functions that take the connection first: ``feeds``, ``entries``,
``stories``, ``watchlists``, ``vocabulary``, ``mentions``, ``hits``, ``outbox`` (decisions and the deliveries they
open), ``deliveries`` (sending them) and ``timers``. Those that write want a ``Writer`` inside
``with write(db):``; those that only read are content with a ``Reader``.
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

# Imported when it is used: a command that only lists hits must not import the writer.
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
