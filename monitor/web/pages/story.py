"""The page of one story: its reports, why each belongs to it, edits of its articles, and notifications."""

from __future__ import annotations

import itertools
from datetime import UTC
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from monitor.alerts.content.hit_wording import heading_amounts
from monitor.alerts.content.reason_wording import reasons_text
from monitor.store import Reader, outbox
from monitor.store.hits import load_hit
from monitor.store.story_view import StoryView, story_view, text_versions
from monitor.web.pages.card import Card, card
from monitor.web.routing import PageRoute, access, pages, refusal
from monitor.web.text import changes

MAX_EDITED = 20  # entries whose edits are shown
MAX_LINES = 100  # of all edits
MAX_LINE = 400  # characters
MAX_SHOWN = 120  # reports, and decisions about them


async def story(request: Request) -> Response:
    """Show one story with its reports, edits and notifications."""
    number = request.path_params["id"]
    now = access(request).now()
    found = await access(request).read(lambda db: _load(db, number, partial(reasons_text, zone=UTC, now=now)))
    if found is None:
        return refusal(request, 404, f"there is no story {number}; retention may have deleted it")
    return pages(request).render(request, "story.html", found)


def _load(db: Reader, number: int, words: Any) -> dict[str, Any] | None:
    view = story_view(db, number)
    if view is None:
        return None
    hits = [hit for entry in view.entries if entry.hit and (hit := load_hit(db, entry.hit))]
    latest: Card | None = card(hits[-1], view.entries[-1].triage) if hits else None
    notified = [
        {
            "hit": hit.id,
            "destination": d.decision.destination,
            "verdict": str(d.decision.verdict),
            "reason": words(d.decision.reasons),
            "at": d.decided_at,
            "delivery": d.delivery,
            "state": str(d.state) if d.state else "",
        }
        for hit in hits
        for d in outbox.decisions_of(db, hit.id)
    ]
    return {
        "story": view,
        "latest": latest,
        "actors": tuple(dict.fromkeys(name for hit in hits for name in hit.names)),
        "amounts": tuple(dict.fromkeys(a.text for hit in hits for a in heading_amounts([hit]))),
        "indicators": tuple(dict.fromkeys((i.chain, i.value) for hit in hits for i in hit.judgement.indicators)),
        "most": MAX_SHOWN,
        "notified": notified[:MAX_SHOWN],
        "edits": _edits(db, view),
    }


def _edits(db: Reader, view: StoryView) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    left = MAX_LINES
    for entry in [e for e in view.entries if e.version > 1][:MAX_EDITED]:
        versions = text_versions(db, entry.id)
        for before, after in itertools.pairwise(versions):
            lines = [
                (name, line)
                for name in ("title", "summary", "content")
                for line in changes(getattr(before, name), getattr(after, name), MAX_LINE)
            ]
            found += [{"outlet": entry.outlet, "at": before.until, "lines": lines[:left]}] if left else []
            left -= len(lines[:left])
    return found


ROUTES = (PageRoute("/stories/{id:id}", story),)
