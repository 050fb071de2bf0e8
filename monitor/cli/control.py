"""Operator actions from the command line: done by the running daemon, else here, under the daemon's lock."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

from monitor.errors import NotRunning


def perform(database: Path, request: dict[str, Any]) -> str:
    """Perform the operator action *request*, one of ``daemon.operator_actions.ACTS``; return a message about it.

    Raises:
        MonitorError: The request was refused, or the daemon or the database cannot be reached.
    """
    from monitor import clock
    from monitor.daemon.control_socket import ask
    from monitor.daemon.operator_actions import ACTS
    from monitor.store import InstanceLock, open_reader, open_writer, write

    request = {"author": getpass.getuser(), **request}
    try:
        return str(ask(database, request))
    except NotRunning:
        open_reader(database).close()  # raises if there is no database: an action must not create one
        with InstanceLock(database) as lock:
            db = open_writer(database, lock)
            try:
                with write(db):
                    return ACTS[request["do"]](db, request, clock.now())
            finally:
                db.close()
