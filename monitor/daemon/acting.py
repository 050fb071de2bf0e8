"""Operator actions from outside the daemon: the running daemon performs them, else this process, under its lock."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import NotRunning

if TYPE_CHECKING:
    from monitor.daemon.operator_actions import OperatorAction


def author() -> str:
    """Return the name under which this user's actions are recorded."""
    return getpass.getuser()


def perform(database: Path, action: OperatorAction) -> str:
    """Perform *action*, and return a message about it.

    Raises:
        MonitorError: The request was refused, or the daemon or the database cannot be reached.
    """
    from monitor import clock
    from monitor.daemon.control_client import ask
    from monitor.daemon.operator_actions import action_request, perform_action
    from monitor.store import InstanceLock, open_reader, open_writer, write

    try:
        return str(ask(database, action_request(action)))
    except NotRunning:
        open_reader(database).close()  # raises if there is no database: an action must not create one
        with InstanceLock(database) as lock:
            db = open_writer(database, lock)
            try:
                with write(db):
                    return perform_action(db, action, clock.now())
            finally:
                db.close()
