"""The pages, one module each."""

from __future__ import annotations

from monitor.web.pages import hit, hits, sign_in

ROUTES = (*hits.ROUTES, *hit.ROUTES, *sign_in.ROUTES)
