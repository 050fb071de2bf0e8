"""Build the web application from its routes, and turn exceptions into error pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from monitor.config import WebSettings
from monitor.errors import MonitorError, StoreError, UsageError
from monitor.logs import Log
from monitor.web.access import Access, NotPossibleError
from monitor.web.accounts import Accounts
from monitor.web.api.routes import ROUTES as API
from monitor.web.backtests import Backtests
from monitor.web.guard import Guard, Refused
from monitor.web.pages import ROUTES as PAGES
from monitor.web.pages.watchlist import KnownProblems
from monitor.web.rendering import Pages
from monitor.web.routing import refusal

log = Log(__name__)


def create_app(access: Access, settings: Callable[[], WebSettings], backtests: Backtests | None = None) -> ASGIApp:
    """Return the web application as an ASGI app.

    Args:
        access: Gives the handlers access to the database, the configuration and the daemon.
        settings: Returns the current settings of the web page; a reload of the configuration may change them.
        backtests: Runs the backtests that users start on the page; None: a new one.
    """
    static = GZipMiddleware(StaticFiles(directory=Path(__file__).parent / "static"), compresslevel=6)
    app = Starlette(
        routes=[*(route.route() for route in (*PAGES, *API)), Mount("/static", static, name="static")],
        exception_handlers={HTTPException: _http_error, MonitorError: _monitor_error, Exception: _unexpected},
    )
    app.state.access = access
    app.state.accounts = Accounts(settings, access.now)
    app.state.pages = Pages()
    app.state.problems = KnownProblems()
    app.state.backtests = backtests or Backtests()
    app.state.discovering = asyncio.Lock()
    app.state.explaining = asyncio.Semaphore(1)  # one text at a time: the daemon needs the processor too
    return Guard(app, settings)  # outside of Starlette, so that answers to unexpected errors have its headers too


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    text = "there is no such page" if status == 404 else getattr(error, "detail", "the request cannot be answered")
    return refusal(request, status, str(text))


async def _monitor_error(request: Request, error: Exception) -> Response:
    statuses = ((UsageError, 400), (NotPossibleError, 409), (StoreError, 503))
    return refusal(request, next((status for kind, status in statuses if isinstance(error, kind)), 500), str(error))


async def _unexpected(request: Request, error: Exception) -> Response:
    if isinstance(error, Refused):
        raise error
    log.error("a page failed because of an unexpected error", trace=error, path=request.url.path[:200])
    return refusal(request, 500, "an unexpected error; the log of the monitor says more")
