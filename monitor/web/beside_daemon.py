"""Serve the web page in the daemon's process; changes go through the daemon's only writer to the database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from monitor import clock
from monitor.config import WebSettings
from monitor.daemon.app import Daemon
from monitor.daemon.operator_actions import OperatorAction, perform_action
from monitor.daemon.service import RunningService
from monitor.watchlist import Watchlist
from monitor.web.access import Access, ReaderPool
from monitor.web.server import serving


def page_beside(service: RunningService) -> AbstractAsyncContextManager[str]:
    """Return a context manager that serves the web page of a running daemon; entering it returns the page's address.

    Raises:
        MonitorError: On entering, if the page cannot listen on the configured address.
    """
    first = service.active().config.web or WebSettings()
    # a reload that removes [web] takes effect at the next start
    return _serving(service, lambda: service.active().config.web or first)


def page_of(daemon: Daemon, settings: WebSettings) -> AbstractAsyncContextManager[str]:
    """Return a context manager that serves the web page of a daemon that polls nothing, as in the demo.

    Args:
        daemon: The daemon, whose own context was entered before.
        settings: The settings of the page, such as the address to listen on.
    """

    async def act(action: OperatorAction) -> str:
        return await daemon.committer.do(lambda db: perform_action(db, action, clock.now()))

    async def status() -> None:
        return None

    return _serving(RunningService(daemon.active, act, status), lambda: settings)


def _serving(service: RunningService, settings: Callable[[], WebSettings]) -> AbstractAsyncContextManager[str]:
    async def watchlist() -> Watchlist:
        return service.active().watchlist

    access = Access(
        config=lambda: service.active().config,
        readers=ReaderPool(service.active().config.storage.path),
        act=service.act,
        status=service.status,
        watchlist=watchlist,
        now=clock.now,
    )
    return serving(access, settings)
