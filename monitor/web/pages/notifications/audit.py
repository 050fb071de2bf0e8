"""The audit page: for each hit and destination, whether a notification was sent, when, and why or why not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from monitor.alerts.content.neutralise import cut, printable
from monitor.pipeline.audit_rows import audit_row
from monitor.store.audit import AuditQuery, list_records
from monitor.times import typed_time
from monitor.web.csv_response import csv_response
from monitor.web.routing import PageRoute, access, pages

SHOWN = 150
MAX_TITLE = 160  # characters
EXPORTED = 50_000
COLUMNS = (
    "decided_at", "hit", "severity", "destination", "kind", "notified", "sent_at", "reason", "delivery", "state",
    "title",
)  # fmt: skip


async def audit(request: Request) -> Response:
    """Show the decisions of a period, for one destination or for all."""
    found = await _rows(request, SHOWN + 1)
    rows, params = found[:SHOWN], request.query_params
    context = {
        "rows": [row | {"title": cut(printable(row["title"][:1000]), MAX_TITLE)} for row in rows],
        "since": params.get("since", "7d"),
        "until": params.get("until", ""),
        "destination": params.get("destination", ""),
        "destinations": sorted(access(request).config().destinations),
        "csv": f"/audit.csv?{_query_string(params)}",
        "shown": SHOWN,
        # in full, so that those of the same moment are shown again rather than left out
        "older": f"/audit?{_query_string(params, until=rows[-1]['decided_at'].isoformat())}"
        if len(found) > SHOWN and rows[0]["decided_at"] != rows[-1]["decided_at"]
        else "",
        "is_complete": len(found) <= SHOWN,
    }
    return pages(request).render(request, "audit.html", context)


def _query_string(params: QueryParams, **changed: str) -> str:
    kept = [(key, value) for key, value in params.multi_items() if key not in ("done", *changed)]
    return urlencode([*kept, *changed.items()])


async def audit_csv(request: Request) -> Response:
    """Return the decisions of a period as a CSV file."""
    # in a thread: the daemon's polls share the event loop
    return await asyncio.to_thread(csv_response, "audit", COLUMNS, await _rows(request, EXPORTED))


async def _rows(request: Request, limit: int) -> list[dict[str, Any]]:
    now = access(request).now()
    destinations = tuple(sorted(access(request).config().destinations))
    query = replace(_query(request.query_params, now, limit), destinations=destinations)
    return await access(request).read(lambda db: [audit_row(record, now) for record in list_records(db, query)])


def _query(params: QueryParams, now: datetime, limit: int) -> AuditQuery:
    since, until = params.get("since", "7d"), params.get("until")
    return AuditQuery(
        typed_time("since", since, now=now) if since else None,
        typed_time("until", until, now=now, end_of_day=True) if until else None,
        params.get("destination") or None,
        limit,
    )


ROUTES = (PageRoute("/audit", audit), PageRoute("/audit.csv", audit_csv))
