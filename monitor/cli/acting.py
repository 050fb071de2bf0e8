"""Changing what is stored from the command line: by the daemon while one runs, else by ourselves under its lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.errors import NotRunning

if TYPE_CHECKING:
    from monitor.config import Config


def act(config: Config, request: dict[str, Any]) -> str:
    """Do what *request* asks, one of ``daemon.acts.ACTS``, and return what was done, in words."""
    from monitor import clock
    from monitor.daemon.control_socket import ask
    from monitor.daemon.operator_actions import ACTS
    from monitor.store import InstanceLock, open_reader, open_writer, write

    path = config.storage.path
    try:
        return str(ask(path, request))
    except NotRunning:
        open_reader(path).close()  # a command does not make a database
        with InstanceLock(path) as lock:
            db = open_writer(path, lock)
            try:
                with write(db):
                    return ACTS[request["do"]](db, request, clock.now())
            finally:
                db.close()
