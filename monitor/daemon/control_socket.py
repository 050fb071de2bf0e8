"""The control socket: what people ask of a running daemon, one line of JSON each way.

It lies beside the database and is its owner's and group's alone. While the daemon runs it alone writes, so a command
that changes something asks here, and the daemon does it through its committer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from monitor.errors import MonitorError, NotRunning, UsageError
from monitor.logs import Log

MAX_LINE = 1 << 20
PATIENCE_S = 30.0  # for a line to come, or to be taken

Request = dict[str, Any]  # {"do": NAME, ...}
Answer = dict[str, Any]  # {"result": ...} or {"error": TEXT, "exit_code": N}

log = Log(__name__)


def socket_path(database: Path) -> Path:
    """Return where the control socket lies of the daemon that writes *database*."""
    return database.with_name(database.name + ".sock")


class Control:
    """Listens on the socket and answers each line by what *handle* returns or raises.

    Args:
        database: Beside which the socket lies; its lock is held, so a socket that is there already is a dead one.
        handle: Does what a request asks; a MonitorError becomes the answer.
    """

    def __init__(self, database: Path, handle: Callable[[Request], Awaitable[Any]]) -> None:
        self._path = socket_path(database)
        self._handle = handle
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Begin to listen."""
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        with _short(self._path) as name:
            listening.bind(name)
        self._path.chmod(0o660)
        self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=MAX_LINE)

    async def close(self) -> None:
        """Stop listening and remove the socket."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, ValueError):  # ValueError: a line longer than MAX_LINE
            async with asyncio.timeout(PATIENCE_S):
                line = await reader.readline()
            answer = await self._answer(line)
            async with asyncio.timeout(PATIENCE_S):
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _answer(self, line: bytes) -> Answer:
        try:
            return {"result": await self._handle(_request(line))}
        except MonitorError as error:
            return {"error": str(error), "exit_code": error.exit_code}
        except Exception as error:
            log.exception("a request broke")
            return {"error": f"an unexpected {type(error).__name__}; see the daemon's log", "exit_code": 1}


def _request(line: bytes) -> Request:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise UsageError("a request is one JSON object on one line")
    return request


def ask(database: Path, request: Request) -> Any:
    """Return the result of *request* from the daemon that writes *database*; blocks.

    Raises:
        NotRunning: No daemon listens.
        MonitorError: The daemon refused, or does not answer.
    """
    path = socket_path(database)
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(PATIENCE_S)
        try:
            with _short(path) as name:
                line.connect(name)
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
def _short(path: Path) -> Iterator[str]:
    """Yield a name of *path* that fits a socket's address, which holds 107 bytes, however deep its folder is."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
