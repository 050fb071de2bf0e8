"""The SQLite file: everything that happened, and the only room that speaks SQL.

One file per table family, each with functions that take the connection first: ``feeds``, ``entries``,
``stories``, ``watchlists``, ``vocabulary``, ``mentions``, ``hits``, ``outbox`` (decisions and the deliveries they
open), ``deliveries`` (sending them) and ``timers``. Those that write want a ``Writer`` inside
``with write(db):``; those that only read are content with a ``Reader``.
"""

from monitor.store.db.connection import copy_database, open_reader, open_writer
from monitor.store.db.lock import InstanceLock
from monitor.store.db.statements import Reader, Writer, write

__all__ = ["InstanceLock", "Reader", "Writer", "copy_database", "open_reader", "open_writer", "write"]
