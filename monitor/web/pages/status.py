"""The status page, the health checks ``/healthz`` and ``/readyz``, and the metrics for Prometheus."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from monitor.errors import MonitorError
from monitor.redaction import Redactor
from monitor.store import Reader, canaries, delivery_list, incidents
from monitor.store.hits import totals
from monitor.store.notification_latency import latency_summary
from monitor.web.metrics import CONTENT_TYPE, LATENCY_SPAN, metrics_text, observe
from monitor.web.routing import PageRoute, access, identify, pages

CANARIES = 5  # that are shown


async def status(request: Request) -> Response:
    """Show the state of the daemon, open incidents, canaries and the size of the database."""
    config = access(request).config()
    try:
        daemon, problem = await access(request).status(), ""
    except MonitorError as error:
        daemon, problem = None, str(error)

    now = access(request).now()

    def query(db: Reader) -> dict[str, object]:
        entries, hits = totals(db)
        return {
            "entries": entries,
            "hits": hits,
            "counts": delivery_list.count_with_sent(db),
            "canaries": canaries.recent(db, CANARIES),
            "incidents": list(incidents.load_incidents(db).values()),
            "heartbeat": incidents.last_heartbeat(db),
            "latency": latency_summary(db, now - LATENCY_SPAN),
        }

    found = await access(request).read(query)
    path = config.storage.path
    disk = await asyncio.to_thread(shutil.disk_usage, path.parent)
    size = (await asyncio.to_thread(path.stat)).st_size
    hide = Redactor(config.secrets).redact
    context = {
        **found,
        "latency_days": LATENCY_SPAN.days,
        "has_heartbeat": config.health.heartbeat is not None,
        "has_canary": config.health.canary is not None,
        "daemon": hide(daemon) if daemon else None,
        "problem": problem,
        "version": version("crypto-news-monitor"),
        "database": str(path),
        "size_mb": size / 1e6,
        "free_gb": disk.free / 1e9,
    }
    return pages(request).render(request, "status.html", context)


async def healthz(_request: Request) -> Response:
    """Return 200; a health check uses this to see that the web server responds."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """Return 200 if the database can be read and the daemon reports no problem, else 503 with the reason."""
    try:
        await access(request).read(totals)
        daemon = await access(request).status()
    except MonitorError as error:
        # only to somebody who may see the status: it names files, and what is wrong with them
        known = identify(request, with_token=True)
        cause = error if known and known.may("read") else "the database cannot be read, or the daemon does not answer"
        return PlainTextResponse(f"not ready: {cause}\n", 503)
    if daemon is None:
        return PlainTextResponse("not ready: no daemon is running\n", 503)
    problems = len(daemon["problems"])
    return PlainTextResponse(f"problems: {problems}\n" if problems else "ok\n", 503 if problems else 200)


async def metrics(request: Request) -> Response:
    """Return the metrics in the text format of Prometheus."""
    now = access(request).now()
    observed = await access(request).read(lambda db: observe(db, now))
    try:
        daemon = await access(request).status()
    except MonitorError:
        daemon = None
    return Response(metrics_text(replace(observed, daemon=daemon), now), media_type=CONTENT_TYPE)


ROUTES = (
    PageRoute("/metrics", metrics, scope="metrics", for_programs=True),
    PageRoute("/status", status),
    PageRoute("/healthz", healthz, scope=""),
    PageRoute("/readyz", readyz, scope=""),
)
