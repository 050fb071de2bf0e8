"""The page over real connections: clients that are slow, many, or break the rules of HTTP."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from support.page_client import make_database
from support.patience import PATIENCE_S
from support.store_samples import NOW

from monitor.config import Config, StorageSettings, WebSettings
from monitor.watchlist import compile_watchlist
from monitor.web import server
from monitor.web.access import Access, ReaderPool

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@asynccontextmanager
async def served(database):
    """Serve the page on a free port, and yield the port."""
    config = Config(path=database, places=None, storage=StorageSettings(database))

    async def act(_action):
        raise AssertionError("a request changed something")

    async def status():
        return None

    async def watchlist():
        return compile_watchlist(config)

    access = Access(lambda: config, ReaderPool(database), act, status, watchlist, lambda: NOW)
    async with server.serving(access, lambda: WebSettings(port=0)) as address:
        yield int(address.rpartition(":")[2])


async def answer(port: int, request: bytes) -> bytes:
    """Send *request*, and return everything that comes back until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), PATIENCE_S)
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def status_of(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\n\r\n", 421),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404),
        (b"GET http://localhost/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 421),
        (b"GET //evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404),
        (b"GET //evil.example/feeds/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404),
        (b"GET /static/../app.py HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404),
        (b"TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 403),
        (b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 403),
        (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n", 400),
        (HEAD + b"Upgrade: websocket\r\nConnection: close, upgrade\r\n\r\n", 200),
    ],
    ids=lambda value: str(value[:60]) if isinstance(value, bytes) else str(value),
)
async def test_requests_that_break_the_rules(shared_port, request_, status):
    assert status_of(await answer(shared_port, request_)) == status


@pytest.fixture
async def shared_port(database):
    async with served(database) as port:
        yield port


def post(path: str, headers: bytes, body: bytes) -> bytes:
    origin = b"Host: localhost\r\nOrigin: http://localhost\r\nConnection: close\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\n"
    return b"POST " + path.encode() + b" HTTP/1.1\r\n" + origin + form + headers + b"\r\n" + body


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (b"Content-Length: 10485760\r\n", b"x" * 70_000, 413),
        (b"Transfer-Encoding: chunked\r\n", b"10000\r\n" + b"x" * 0x10000 + b"\r\n", 408),  # the rest never comes
        (b"Transfer-Encoding: chunked\r\n", b"5\r\nthis is longer\r\n", 408),
        (b"Transfer-Encoding: chunked\r\n", b"FFFFFFFFFFFFFFFF\r\nx", 408),
        (b"Content-Length: 100\r\n", b"id=1", 408),
    ],
    ids=str,
)
async def test_bodies_that_are_large_slow_or_lie(shared_port, monkeypatch, headers, body, status):
    monkeypatch.setattr("monitor.web.guard.BODY_TIMEOUT_S", 0.1)
    found = await answer(shared_port, post("/hits/triage", headers, body))
    assert status_of(found) in (status, 400)


async def test_a_head_that_arrives_slowly_is_not_waited_for(database, monkeypatch):
    monkeypatch.setattr(server, "HEADER_TIMEOUT_S", 0.1)
    async with served(database) as port:
        assert await answer(port, HEAD) == b""


async def test_idle_connections_keep_nobody_out(database, monkeypatch):
    monkeypatch.setattr(server, "MAX_CONNECTIONS", 10)
    async with served(database) as port:
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(60)]
        request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        found = [status_of(await answer(port, request)) for _ in range(3)]
        for _, writer in idle:
            writer.close()
    assert found == [200, 200, 200]


async def test_a_client_that_takes_no_response_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(server, "WRITE_TIMEOUT_S", 0.1)
    database = tmp_path / "monitor.db"
    make_database(database)
    gone = asyncio.Event()
    lost = server._Protocol.connection_lost
    monkeypatch.setattr(server._Protocol, "connection_lost", lambda self, exc: (lost(self, exc), gone.set()))
    async with served(database) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        reader._transport.pause_reading()
        writer.write(b"GET /static/htmx.min.js HTTP/1.1\r\nHost: localhost\r\n\r\n" * 400)
        await asyncio.wait_for(gone.wait(), PATIENCE_S)
        writer.transport.abort()


async def test_many_connections_at_once_are_all_answered(shared_port):
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    found = await asyncio.gather(*(answer(shared_port, request) for _ in range(150)))
    assert {status_of(response) for response in found} == {200}
    unknown = await answer(shared_port, b"GET /api/v1/hits/99 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert "error" in json.loads(unknown.partition(b"\r\n\r\n")[2])
