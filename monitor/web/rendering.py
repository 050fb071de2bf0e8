"""Render the HTML templates, and format times, numbers and texts in them."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.alerts.content.neutralise import cut, printable
from monitor.alerts.content.time_words import span_words
from monitor.feeds.text.links import safe_url
from monitor.model import Severity
from monitor.web.accounts import Person
from monitor.wording import counted

SMALL = 1000  # bytes, which are not compressed
MAX_LINE = 1000  # characters
DAY_S = 86_400.0

NAVIGATION = (
    ("/", "Hits"),
    ("/actors", "Actors"),
    ("/feeds", "Feeds"),
    ("/deliveries", "Deliveries"),
    ("/silences", "Silences"),
    ("/watchlist", "Watchlist"),
    ("/audit", "Audit"),
    ("/status", "Status"),
)


def environment() -> Environment:
    """Return the Jinja environment of all templates; it escapes every value that is not marked as safe HTML."""
    found = Environment(
        loader=PackageLoader("monitor.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    found.filters |= {"one_line": one_line, "safe_url": safe_url, "day": day}
    found.globals |= {
        "counted": counted,
        "span": span_words,
        "navigation": NAVIGATION,
        "severities": tuple(s.word for s in Severity),
    }
    return found


class Pages:
    """Renders templates to HTML responses, with the values that every page needs."""

    def __init__(self) -> None:
        self._environment = environment()

    def render(self, request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        """Render a template as an HTML response.

        Args:
            request: The request; the page shows who is signed in and highlights its place in the navigation.
            template: The file name of the template.
            context: The variables of the template.
            status: The HTTP status of the response.
        """
        now: datetime = request.app.state.access.now()
        person: Person | None = getattr(request.state, "person", None)
        common = {
            "person": person,
            "can_edit": bool(person and person.is_editor),
            "path": request.url.path,
            "here": _address(request),
            "has_bulk": False,
            "time": partial(time_tag, now=now),
            "message": _message(request),
            "now": now,
        }
        body = self._environment.get_template(template).render({**common, **context}).encode()
        headers = {"vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", "") and len(body) > SMALL:
            headers["content-encoding"] = "gzip"
            body = gzip.compress(body, 5, mtime=0)  # a millisecond; no page holds a secret beside what was typed
        return HTMLResponse(body, status, headers)


def one_line(text: str, limit: int = MAX_LINE) -> str:
    """Return *text* on one line without invisible characters, shortened to *limit* characters."""
    return cut(printable(text[: 4 * limit]), limit)


def _address(request: Request) -> str:
    """Return the path and query of *request*, without the message about an action that is finished."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "done"]
    return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path


def _message(request: Request) -> str:
    """Return the message about a finished action from the query parameter ``done``, which redirects set.

    It is ignored if a link on another site led here, because such a link could contain any text.
    """
    from_here = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    return request.query_params.get("done", "")[:300] if from_here else ""


def time_tag(at: datetime | None, *, now: datetime, exact: bool = False) -> Markup:
    """Return a time as HTML: words such as "5 min ago", or the date and time if it is a day or more from *now*.

    The tooltip is the exact time. The page's script converts both to the time zone of the user.

    Args:
        at: The time; None: shown as "never".
        now: The current time.
        exact: Whether to show the date and time even if it is near *now*.
    """
    if at is None:
        return Markup('<span class="dim">never</span>')
    seconds = (now - at).total_seconds()
    utc = at.astimezone(UTC)
    stamp, absolute = at.isoformat(timespec="seconds"), f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    if exact or abs(seconds) >= DAY_S:
        shown = f"{utc:%Y-%m-%d %H:%M} UTC"
        return Markup('<time datetime="{}" title="{}" class="exact">{}</time>').format(stamp, absolute, shown)
    words = f"{span_words(seconds)} ago" if seconds >= 0 else f"in {span_words(-seconds)}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(stamp, absolute, words)


def day(at: datetime) -> str:
    """Return the date of *at* in UTC, such as ``2026-11-27``."""
    return f"{at.astimezone(UTC):%Y-%m-%d}"
