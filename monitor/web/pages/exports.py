"""Hits for other programs, with the filters of the page: Atom, CSV, JSON."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from monitor.alerts.content.neutralise import printable
from monitor.errors import UsageError
from monitor.store import Reader
from monitor.store.hit_list import hits_with_ids
from monitor.store.hit_pages import hit_page
from monitor.web.csv_response import csv_response
from monitor.web.pages.hits import read_filter
from monitor.web.routing import PageRoute, access
from monitor.web.text import safe_url

DEFAULT_LIMIT = 1000
MAX_LIMIT = 10_000
COLUMNS = (
    "id", "seen_at", "published_at", "severity", "title", "link", "feed", "outlet", "actors", "keywords", "rules",
    "story", "triage",
)  # fmt: skip
ATOM = "http://www.w3.org/2005/Atom"


async def hits_csv(request: Request) -> Response:
    """Return the hits as CSV."""
    return csv_response("hits", COLUMNS, await hit_rows(request))


async def hits_json(request: Request) -> Response:
    """Return the hits as one JSON array, with the fields of ``monitor hits --json``."""
    return JSONResponse(await hit_rows(request))


async def hits_atom(request: Request) -> Response:
    """Return the hits as an Atom feed (RFC 4287)."""
    found = await hit_rows(request, with_texts=True)
    base = _base_url(request)
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _add(feed, "id", f"{base}/hits.atom")
    _add(feed, "title", "Hits of the crypto-news monitor")
    updated = found[0]["seen_at"] if found else access(request).now().isoformat()
    _add(feed, "updated", updated)
    _add(feed, "link", rel="self", href=f"{base}/hits.atom")
    for row in found:
        _add_entry(feed, row, base)
    body = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return Response(body, media_type="application/atom+xml; charset=utf-8")


async def hit_rows(request: Request, *, with_texts: bool = False) -> list[dict[str, Any]]:
    """Return the rows of the hits that the address selects.

    Args:
        request: Its parameters are those of the page, and ``limit``.
        with_texts: Also return summary and content.

    Raises:
        UsageError: A parameter cannot be read.
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


def _add_entry(feed: ET.Element, row: dict[str, Any], base: str) -> None:
    entry = ET.SubElement(feed, f"{{{ATOM}}}entry")
    _add(entry, "id", f"{base}/hits/{row['id']}")
    _add(entry, "title", f"[{row['severity'].upper()}] {row['title']}")
    _add(entry, "updated", row["seen_at"])
    if row["published_at"]:
        _add(entry, "published", row["published_at"])
    _add(entry, "link", rel="alternate", href=f"{base}/hits/{row['id']}")
    if link := safe_url(row["link"]):
        _add(entry, "link", rel="related", href=link)
    _add(ET.SubElement(entry, f"{{{ATOM}}}author"), "name", row["outlet"] or row["feed"])
    for actor in row["actors"]:
        _add(entry, "category", term=actor)
    _add(entry, "summary", row["summary"] or row["content"][:500])


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> None:
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}", {key: printable(value) for key, value in attributes.items()})
    child.text = printable(text) or None


ROUTES = (
    PageRoute("/hits.csv", hits_csv, for_programs=True),
    PageRoute("/hits.json", hits_json, for_programs=True),
    PageRoute("/hits.atom", hits_atom, for_programs=True),
)
