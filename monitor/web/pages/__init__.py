"""The pages of the web interface, one module for each page, and their routes."""

from __future__ import annotations

from monitor.web.pages import (
    actors,
    alert_links,
    backtest,
    discovery,
    exports,
    feeds,
    hit,
    hits,
    saved_searches,
    sign_in,
    status,
    story,
    watchlist,
    watchlist_versions,
)
from monitor.web.pages.notifications import audit, deliveries, silences

ROUTES = (
    *hits.ROUTES,
    *saved_searches.ROUTES,
    *exports.ROUTES,
    *hit.ROUTES,
    *alert_links.ROUTES,
    *story.ROUTES,
    *actors.ROUTES,
    *discovery.ROUTES,
    *feeds.ROUTES,
    *deliveries.ROUTES,
    *silences.ROUTES,
    *watchlist.ROUTES,
    *backtest.ROUTES,
    *watchlist_versions.ROUTES,
    *audit.ROUTES,
    *status.ROUTES,
    *sign_in.ROUTES,
)
