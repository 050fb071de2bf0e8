"""The control socket, over which commands send requests to the running daemon: one line of JSON each way.

The socket is a file beside the database; only its owner and group can use it. While the daemon runs, no other process
may write to the database, so a command that changes something sends a request, which the daemon performs.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from monitor.daemon.control_client import TIMEOUT_S, Request, short_name, socket_path
from monitor.errors import MonitorError, UsageError
from monitor.logs import Log

MAX_LINE = 1 << 20

Answer = dict[str, Any]  # {"result": ...} or {"error": TEXT, "exit_code": N}

log = Log(__name__)


class ControlSocket:
    """Listens on the control socket and answers each request with what *handle* returns or raises.

    Args:
        database: The path of the database, from which the path of the socket is derived. The caller holds the lock on
            the database, so an existing socket was left by a dead process and is replaced.
        handle: Performs a request and returns the result; a MonitorError that it raises is sent as the answer.
    """

    def __init__(self, database: Path, handle: Callable[[Request], Awaitable[Any]]) -> None:
        self._path = socket_path(database)
        self._handle = handle
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Create the control socket and start to answer requests."""
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        with short_name(self._path) as name:
            listening.bind(name)
        self._path.chmod(0o660)
        self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=MAX_LINE)

    async def close(self) -> None:
        """Stop answering requests and remove the control socket."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, ValueError):  # ValueError: a line longer than MAX_LINE
            async with asyncio.timeout(TIMEOUT_S):
                line = await reader.readline()
            answer = await self._answer(line)
            async with asyncio.timeout(TIMEOUT_S):
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _answer(self, line: bytes) -> Answer:
        try:
            return {"result": await self._handle(_request(line))}
        except MonitorError as error:
            return {"error": str(error), "exit_code": error.exit_code}
        except Exception as error:
            log.exception("request failed because of an unexpected error")
            return {"error": f"an unexpected {type(error).__name__}; see the daemon's log", "exit_code": 1}


def _request(line: bytes) -> Request:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise UsageError("a request is one JSON object on one line")
    return request
