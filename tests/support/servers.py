"""A web server for tests: real sockets on loopback, any behaviour, every request written down as it came.

    with FeedServer() as server:
        server.route("/feed", Reply(body=RSS, etag=b'"1"'))
        ... server.url("/feed") ...
        assert server.requests[0].header("If-None-Match") == b'"1"'

It runs in a thread of its own, so that tests with and without an event loop, and of other processes, can use it.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from support.patience import PATIENCE_S

REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found"}


@dataclass(frozen=True)
class Request:
    """A request as its bytes came in."""

    method: str
    path: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""

    def header(self, name: str) -> bytes | None:
        """Return the value of the header, None when it was not sent."""
        return next((v for n, v in self.headers if n.lower() == name.lower().encode()), None)


@dataclass(frozen=True)
class Reply:
    """What is answered, and how badly.

    Given an ``etag`` or ``last_modified``, a request that names it is answered 304. ``chunks`` is a body that is made
    while it is sent. ``hang`` never answers; ``drip`` sends one byte of that part every 20 ms; ``cut`` hangs up after
    that many bytes of the body; ``wait_s`` passes before the answer.
    """

    status: int = 200
    body: bytes = b""
    headers: Sequence[tuple[str, str | bytes]] = ()
    etag: bytes | None = None
    last_modified: bytes | None = None
    chunks: Callable[[], Iterable[bytes]] | None = None
    hang: bool = False
    drip: str = ""  # "head" or "body"
    cut: int | None = None
    wait_s: float = 0.0

    def is_known_to(self, request: Request) -> bool:
        """Whether the request is conditional on what this reply carries."""
        held = (request.header("If-None-Match"), request.header("If-Modified-Since"))
        return (self.etag, self.last_modified) != (None, None) and held == (self.etag, self.last_modified)


@dataclass
class FeedServer:
    """The server; a context manager. A path that has no route is answered 404.

    ``more_hosts`` are further addresses that it listens at, each with a port of its own.
    """

    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    ports: dict[str, int] = field(default_factory=dict)
    routes: dict[str, list[Reply]] = field(default_factory=dict)
    more_hosts: Sequence[str] = ()
    at_once: int = 0  # requests that are being answered
    most_at_once: int = 0

    def url(self, path: str = "/", host: str = "") -> str:
        """Return the address of *path*, at *host* when one of the further ones is meant."""
        host = host or self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.ports.get(host, self.port)}{path}"

    def route(self, path: str, *replies: Reply) -> str:
        """Answer *path* with the replies, one a request, the last for ever; return its address."""
        self.routes[path] = list(replies)
        return self.url(path)

    def redirect(self, path: str, location: str | bytes, status: int = 302) -> str:
        """Answer *path* with a redirect; return its address."""
        return self.route(path, Reply(status=status, headers=[("Location", location)]))

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(started)), daemon=True)
        self._thread.start()
        if not started.wait(PATIENCE_S):
            raise RuntimeError("the test server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE_S)

    async def _run(self, started: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        hosts = (self.host, *self.more_hosts)
        server = await asyncio.start_server(self._accept, hosts, self.port, ssl=self.tls)
        self.ports = dict(socket.getsockname()[:2] for socket in server.sockets)
        self.port = self.ports[self.host]
        started.set()
        await self._stop.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        try:
            while request := await _read(reader):
                self.requests.append(request)
                self.began(request)
                try:
                    if not await _answer(self._reply(request), request, writer):
                        break
                finally:
                    self.ended(request)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def began(self, request: Request) -> None:
        """Note a request that came in."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)

    def ended(self, request: Request) -> None:
        """Note that it was answered, or could not be."""
        self.at_once -= 1

    def _reply(self, request: Request) -> Reply:
        replies = self.routes.get(request.path.partition("?")[0], [Reply(status=404)])
        return replies.pop(0) if len(replies) > 1 else replies[0]


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head[:-4].split(b"\r\n")
    method, path, _ = first.decode().split(" ", 2)
    pairs = (line.partition(b":") for line in lines)
    request = Request(method, path, tuple((name, value.strip(b" \t")) for name, _, value in pairs))
    length = int(request.header("Content-Length") or 0)
    return replace(request, body=await reader.readexactly(length)) if length else request


async def _answer(reply: Reply, request: Request, writer: asyncio.StreamWriter) -> bool:
    """Send the reply; return whether the connection can go on."""
    if reply.hang:
        await asyncio.Event().wait()
    await asyncio.sleep(reply.wait_s)
    known = reply.status == 200 and reply.is_known_to(request)
    status = 304 if known else reply.status
    streamed = reply.chunks is not None and not known
    body = b"" if status == 304 else reply.body
    await _send(writer, _head(reply, status, None if streamed else len(body)), drip=reply.drip == "head")
    if reply.chunks is not None and streamed:
        for chunk in reply.chunks():
            writer.write(chunk)
            await writer.drain()
        return False
    await _send(writer, body[: reply.cut], drip=reply.drip == "body")
    return reply.cut is None


def _head(reply: Reply, status: int, length: int | None) -> bytes:
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Whatever')}".encode()]
    headers = [*reply.headers, ("ETag", reply.etag), ("Last-Modified", reply.last_modified)]
    headers.append(("Connection", "close") if length is None else ("Content-Length", str(length)))
    for name, value in headers:
        if value is not None:
            lines.append(name.encode() + b": " + (value.encode() if isinstance(value, str) else value))
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def _send(writer: asyncio.StreamWriter, data: bytes, *, drip: bool) -> None:
    for piece in (data[i : i + 1] for i in range(len(data))) if drip else (data,):
        writer.write(piece)
        await writer.drain()
        if drip:
            await asyncio.sleep(0.02)
