"""The page in the daemon's process: it acts through the daemon's one writer."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from monitor import clock
from monitor.config import WebSettings
from monitor.daemon.service import RunningService
from monitor.watchlist import Watchlist
from monitor.web.access import Access, ReaderPool
from monitor.web.server import serving


def page_beside(service: RunningService) -> AbstractAsyncContextManager[str]:
    """Return the page of a running daemon, to be entered.

    Raises:
        MonitorError: On entering, when the address cannot be used.
    """
    first = service.active().config.web or WebSettings()

    def settings() -> WebSettings:
        return service.active().config.web or first  # a reload that removes [web] takes effect at the next start

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
