"""Serve the web page with uvicorn, in the event loop of the daemon or of ``monitor web``."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from monitor.config import WebSettings
from monitor.errors import MonitorError
from monitor.logs import Log
from monitor.web.access import Access
from monitor.web.app import create_app
from monitor.web.backtests import Backtests

HEADER_TIMEOUT_S = 10.0  # from the connection, or the end of the request before, to the end of the next head
WRITE_TIMEOUT_S = 20.0  # in which a client takes SLOWEST_CLIENT bytes of a response
SLOWEST_CLIENT = 10_000
MAX_CONNECTIONS = 200
BACKLOG = 128

log = Log(__name__)


class _Protocol(H11Protocol):
    """HTTP/1.1 that closes connections of clients that send a request or receive a response too slowly.

    Each connection uses one of the files that the daemon may have open. If there are many connections, a new one
    therefore closes the connection that has been idle longest.
    """

    def connection_made(self, transport: Any) -> None:
        if len(self.connections) >= MAX_CONNECTIONS * 0.9:
            waiting = [c for c in self.connections if isinstance(c, _Protocol) and c.is_waiting]
            if waiting:
                min(waiting, key=lambda c: c.waiting_since).transport.abort()
            elif len(self.connections) > 2 * MAX_CONNECTIONS:
                transport.abort()
        super().connection_made(transport)
        self.waiting_since = self.loop.time()
        self._head = self.loop.call_later(HEADER_TIMEOUT_S, self._close_idle)
        self._write: asyncio.TimerHandle | None = None
        self._unsent = 0  # bytes, when the client's progress was looked at

    @property
    def is_waiting(self) -> bool:
        """Whether the connection is idle: no request is being answered."""
        return (self.cycle is None or self.cycle.response_complete) and not self.transport.is_closing()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_client()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head.cancel()
        if self._write is not None:
            self._write.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.waiting_since = self.loop.time()
        self._head.cancel()
        self._head = self.loop.call_later(HEADER_TIMEOUT_S, self._close_idle)

    def _close_idle(self) -> None:
        # while a request is answered, its own limits of time hold
        if self.is_waiting:
            self.transport.close()  # when everything is sent
            self._watch_client()

    def _watch_client(self) -> None:
        if self._write is None:
            self._unsent = self.transport.get_write_buffer_size()
            self._write = self.loop.call_later(WRITE_TIMEOUT_S, self._check_client)

    def _check_client(self) -> None:
        self._write = None
        unsent = self.transport.get_write_buffer_size()
        if unsent and unsent > self._unsent - SLOWEST_CLIENT:
            self.transport.abort()
        elif unsent:
            self._watch_client()


@contextlib.asynccontextmanager
async def serving(access: Access, settings: Callable[[], WebSettings]) -> AsyncIterator[str]:
    """Serve the web page while the context is entered; entering returns the address of the page.

    Args:
        access: Gives the handlers access to the database, the configuration and the daemon.
        settings: Returns the current settings of the page; host and port are read once, the others for each request.

    Raises:
        MonitorError: The page cannot listen on the configured address.
    """
    listening, backtests = _listen(settings()), Backtests()
    config = uvicorn.Config(
        create_app(access, settings, backtests),
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # trusted proxies are a setting of ours
        timeout_keep_alive=int(HEADER_TIMEOUT_S),
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=3,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]), name="page")
    host, port = listening.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    log.info("the page is served", address=address)
    try:
        yield address
    finally:
        server.should_exit = True
        await backtests.close()
        await asyncio.gather(task, return_exceptions=True)
        access.readers.close()


class _Server(uvicorn.Server):
    """A uvicorn server that does not install signal handlers, because the daemon handles signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Leave the signal handlers unchanged."""
        yield


def _listen(settings: WebSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        why = error.strerror or error
        raise MonitorError(f"[web] listen: {settings.host} port {settings.port} cannot be used: {why}") from error
    return listening
