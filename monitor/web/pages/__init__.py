"""The pages, one module each."""

from __future__ import annotations

from monitor.web.pages import audit, deliveries, exports, feeds, hit, hits, sign_in, silences, status, story

ROUTES = (
    *hits.ROUTES,
    *exports.ROUTES,
    *hit.ROUTES,
    *story.ROUTES,
    *feeds.ROUTES,
    *deliveries.ROUTES,
    *silences.ROUTES,
    *audit.ROUTES,
    *status.ROUTES,
    *sign_in.ROUTES,
)
