"""Export the hits that match the page's filters as an Atom feed, CSV or JSON.

A large export is written in a thread, because the web page shares the event loop with the daemon's polls.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from monitor.errors import UsageError
from monitor.exchange.exports.atom import atom_feed
from monitor.store import Reader
from monitor.store.hit_list import HIT_FIELDS, hits_with_ids
from monitor.store.hit_pages import hit_page
from monitor.web.csv_response import csv_response
from monitor.web.pages.hits import read_filter
from monitor.web.routing import PageRoute, access

DEFAULT_LIMIT = 1000
MAX_LIMIT = 10_000


async def hits_csv(request: Request) -> Response:
    """Return the matching hits as a CSV file."""
    return await asyncio.to_thread(csv_response, "hits", HIT_FIELDS, await hit_rows(request))


async def hits_json(request: Request) -> Response:
    """Return the matching hits as a JSON array, with the same fields as ``monitor hits --json``."""
    return await asyncio.to_thread(JSONResponse, await hit_rows(request))


async def hits_atom(request: Request) -> Response:
    """Return the matching hits as an Atom feed (RFC 4287)."""
    found = await hit_rows(request, with_texts=True)
    base_url, now = _base_url(request), access(request).now().isoformat()
    body = await asyncio.to_thread(lambda: "".join(atom_feed(found, base_url, now)).encode())
    return Response(body, media_type="application/atom+xml; charset=utf-8")


async def hit_rows(request: Request, *, with_texts: bool = False) -> list[dict[str, Any]]:
    """Return a row for each hit that matches the filters in the query parameters.

    Args:
        request: The request; it takes the filters of the page of hits, and ``limit``.
        with_texts: Whether the rows also contain summary and content.

    Raises:
        UsageError: A parameter is invalid.
    """
    wanted, limit = read_filter(request.query_params, access(request).now()), _limit(request)

    def query(db: Reader) -> list[dict[str, Any]]:
        return hits_with_ids(db, [hit.id for hit in hit_page(db, wanted, limit=limit)], with_texts=with_texts)

    return await access(request).read(query)


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 0 < int(text) <= MAX_LIMIT:
        raise UsageError(f"limit: write a number from 1 to {MAX_LIMIT}")
    return int(text)


def _base_url(request: Request) -> str:
    return access(request).config().base_url or str(request.base_url).rstrip("/")


ROUTES = (
    PageRoute("/hits.csv", hits_csv, for_programs=True),
    PageRoute("/hits.json", hits_json, for_programs=True),
    PageRoute("/hits.atom", hits_atom, for_programs=True),
)
