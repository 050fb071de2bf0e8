"""Send requests to the running daemon over its control socket; perform operator actions with or without a daemon.

This module imports little, so that commands start fast.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.errors import MonitorError, NotRunning

TIMEOUT_S = 30.0  # for receiving or sending one line

Request = dict[str, Any]  # {"do": NAME, ...}

if TYPE_CHECKING:
    from monitor.daemon.operator_actions import OperatorAction


def socket_path(database: Path) -> Path:
    """Return the path of the control socket of the daemon that writes *database*."""
    return database.with_name(database.name + ".sock")


def ask(database: Path, request: Request) -> Any:
    """Send *request* to the daemon that writes *database*, wait for the answer, and return its result.

    Raises:
        NotRunning: No daemon is running.
        MonitorError: The daemon refused the request, does not answer, or cannot be accessed by the current user.
    """
    path = socket_path(database)
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(TIMEOUT_S)
        try:
            with short_name(path) as name:
                line.connect(name)
        except PermissionError as error:
            raise MonitorError(
                f"{path}: {error.strerror}, so that it is unknown whether a daemon is running;"
                " run as root or as the user of the service"
            ) from error
        except OSError as error:
            raise NotRunning(f"no daemon is running on {database}; monitor run starts it") from error
        try:
            line.sendall(json.dumps(request).encode() + b"\n")
            with line.makefile("rb") as answers:
                answer = json.loads(answers.readline())
        except (OSError, ValueError) as error:
            raise MonitorError(f"the daemon on {database} does not answer; see its log") from error
    if "error" in answer:
        refused = MonitorError(answer["error"])
        refused.exit_code = answer["exit_code"]
        raise refused
    return answer["result"]


@contextlib.contextmanager
def short_name(path: Path) -> Iterator[str]:
    """Provide, during a with block, a short name of *path* that fits into the 107 bytes of a socket address."""
    if sys.platform != "linux":  # there is no /proc
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def author() -> str:
    """Return the name under which actions of the current user are recorded: the login name, else the user id."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no account
        return f"uid {os.getuid()}"


def perform(database: Path, action: OperatorAction) -> str:
    """Perform *action* through the running daemon, or directly if none is running; return a message about the result.

    Raises:
        MonitorError: The action was refused, or the daemon or the database cannot be reached.
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
