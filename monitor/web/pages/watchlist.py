"""The page of the active watchlist: actors, keywords, rules and warnings, with a form to try it on a text."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from monitor.config import Config
from monitor.errors import Problem
from monitor.feeds.text.plain_text import clean_text
from monitor.model import Text
from monitor.web.guard import MAX_BODY
from monitor.web.pages.watchlist_versions import listed_versions
from monitor.web.paging import list_page
from monitor.web.routing import PageRoute, access, pages, read_form

MAX_TEXT = 50_000  # characters that are explained
MAX_WARNINGS = 100
MAX_LISTED = 100  # keywords, rules; matches of an explained text
MAX_SPELLINGS = 12  # of an actor or a keyword
NEWEST_VERSIONS = 5


class KnownProblems:
    """Caches the warnings about the active watchlist, because checking a large watchlist takes seconds."""

    def __init__(self) -> None:
        self._looking = asyncio.Lock()
        self._found: tuple[Config, tuple[Problem, ...]] | None = None

    async def of(self, config: Config) -> tuple[Problem, ...]:
        """Return the warnings about the watchlist of *config*; they are computed once for each configuration."""
        async with self._looking:
            if self._found is None or self._found[0] is not config:
                from monitor.watchlist import lint_watchlist  # not for the first page: it takes a while to import

                self._found = config, await asyncio.to_thread(lint_watchlist, config)
            return self._found[1]


async def watchlist(request: Request) -> Response:
    """Show the active watchlist with its warnings."""
    return await _page(request, None)


async def explain_text(request: Request) -> Response:
    """Show what the active watchlist finds in the text that the user typed; nothing is stored."""
    from monitor.watchlist import explain

    form = await read_form(request, MAX_BODY)
    text = str(form.get("text", ""))[:MAX_TEXT].strip()
    title, _, rest = text.partition("\n")
    compiled = await access(request).watchlist()
    cleaned = Text(clean_text(title), clean_text(rest))
    async with request.app.state.explaining:
        explanation = await asyncio.to_thread(explain, compiled, cleaned)
    return await _page(request, {"text": text, "explanation": explanation})


async def _page(request: Request, explained: dict[str, Any] | None) -> Response:
    config = access(request).config()
    kept: KnownProblems = request.app.state.problems
    problems = await kept.of(config)
    context = {
        "numbers": [
            (len(config.actors), "actor"),
            (len(config.keywords), "keyword"),
            (len(config.rules), "rule"),
            (len(config.destinations), "destination"),
        ],
        "actors": list_page(request, list(config.actors.values())),
        "keywords": list(config.keywords.values())[:MAX_LISTED],
        "rules": list(config.rules.values())[:MAX_LISTED],
        "path": request.url.path,
        "file": str(config.path),
        "problems": [(p.level, str(p.message), p.hint) for p in problems[:MAX_WARNINGS]],
        "explained": explained,
        "most": MAX_LISTED,
        "spellings": MAX_SPELLINGS,
        "versions": await listed_versions(access(request), NEWEST_VERSIONS),
    }
    return pages(request).render(request, "watchlist.html", context)


ROUTES = (
    PageRoute("/watchlist", watchlist),
    PageRoute("/watchlist", explain_text, methods=("POST",)),
)
