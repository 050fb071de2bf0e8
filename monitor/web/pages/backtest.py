"""The backtest page: compare a pasted watchlist with the active one on the entries of the last days."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.errors import UsageError
from monitor.redaction import Redactor
from monitor.web.backtests import Backtest, Backtests
from monitor.web.guard import MAX_BODY
from monitor.web.routing import PageRoute, access, id_in, pages, person, read_form, wants_fragment

DAYS = (1, 3, 7, 30)
DEFAULT_DAYS = 7
MOST_TEXT = 40_000  # characters that are shown again
MOST_ROWS = 30  # of each table


async def show(request: Request) -> Response:
    """Show the form, and the backtest that is running or ran last."""
    return pages(request).render(request, "backtest.html", _context(request))


async def start(request: Request) -> Response:
    """Start a backtest that compares the pasted watchlist with the active one.

    Raises:
        UsageError: Nothing was pasted, or the number of days is not one of those offered.
        NotPossibleError: A backtest is running.
    """
    form = await read_form(request, MAX_BODY)
    text = str(form.get("text", "")).replace("\r\n", "\n")
    days = id_in(form.get("days"))
    if not text.strip():
        raise UsageError("paste the list that you want to try")
    if days not in DAYS:
        raise UsageError(f"days: must be one of {', '.join(map(str, DAYS))}")
    now = access(request).now()
    _backtests(request).start(access(request).config().storage.path, Backtest(person(request).name, days, text, now))
    return RedirectResponse("/watchlist/backtest", 303)


async def progress(request: Request) -> Response:
    """Return how far the running backtest is.

    The page's script requests this every second, and reloads the page when the backtest is finished.
    """
    last = _backtests(request).last
    if not wants_fragment(request):
        return RedirectResponse("/watchlist/backtest", 303)
    response = pages(request).render(request, "_backtest_progress.html", {"last": last})
    if last is None or not last.is_running:
        response.headers["hx-refresh"] = "true"
    return response


async def stop(request: Request) -> Response:
    """Stop the running backtest."""
    _backtests(request).stop(person(request).name)
    return RedirectResponse("/watchlist/backtest", 303)


def _context(request: Request) -> dict[str, Any]:
    last = _backtests(request).last
    hide = Redactor(access(request).config().secrets).redact
    return {
        "last": last,
        "report": hide(last.report) if last and last.report else None,
        "error": hide(last.error) if last else "",
        "text": last.text if last and len(last.text) <= MOST_TEXT else "",  # never a part of it
        "days": DAYS,
        "chosen": last.days if last else DEFAULT_DAYS,
        "most": MOST_ROWS,
    }


def _backtests(request: Request) -> Backtests:
    found: Backtests = request.app.state.backtests
    return found


ROUTES = (
    PageRoute("/watchlist/backtest", show, scope="triage"),
    PageRoute("/watchlist/backtest", start, scope="triage", methods=("POST",)),
    PageRoute("/watchlist/backtest/progress", progress, scope="triage"),
    PageRoute("/watchlist/backtest/stop", stop, scope="triage", methods=("POST",)),
)
