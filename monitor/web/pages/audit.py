"""The audit record: for every hit and destination whether it was notified, when and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from monitor.pipeline.audit_rows import audit_row
from monitor.store.audit import AuditQuery, list_records
from monitor.times import typed_time
from monitor.web.csv_response import csv_response
from monitor.web.routing import PageRoute, access, pages

SHOWN = 500
EXPORTED = 50_000
COLUMNS = (
    "decided_at", "hit", "severity", "destination", "kind", "notified", "sent_at", "reason", "delivery", "state",
    "title",
)  # fmt: skip


async def audit(request: Request) -> Response:
    """Show the record of a period, for one destination or all."""
    rows = await _rows(request, SHOWN)
    params = request.query_params
    context = {
        "rows": rows,
        "since": params.get("since", "7d"),
        "until": params.get("until", ""),
        "destination": params.get("destination", ""),
        "destinations": sorted(access(request).config().destinations),
        "csv": f"/audit.csv?{urlencode([(k, v) for k, v in params.multi_items() if k != 'done'])}",
        "is_complete": len(rows) < SHOWN,
        "shown": SHOWN,
    }
    return pages(request).render(request, "audit.html", context)


async def audit_csv(request: Request) -> Response:
    """Return the record as CSV."""
    return csv_response("audit", COLUMNS, await _rows(request, EXPORTED))


async def _rows(request: Request, limit: int) -> list[dict[str, Any]]:
    now = access(request).now()
    query = _query(request.query_params, now, limit)
    found = await access(request).read(lambda db: list_records(db, query))
    return [audit_row(record, now) for record in found]


def _query(params: QueryParams, now: datetime, limit: int) -> AuditQuery:
    since, until = params.get("since", "7d"), params.get("until")
    return AuditQuery(
        typed_time("since", since, now=now) if since else None,
        typed_time("until", until, now=now, end_of_day=True) if until else None,
        params.get("destination") or None,
        limit,
    )


ROUTES = (PageRoute("/audit", audit), PageRoute("/audit.csv", audit_csv))
