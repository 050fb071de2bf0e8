"""The page of one hit: its text, mentions, rules and story, the notifications about it, and its triage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from monitor.alerts.content.hit_wording import daily_mentions_words
from monitor.alerts.content.list_wording import list_lines
from monitor.alerts.content.reason_wording import delivery_reason, reasons_text
from monitor.model import DailyMentions, Delivery, Hit
from monitor.store import Reader, delivery_list, mentions, outbox, triage_and_silences
from monitor.store.hits import load_hit
from monitor.store.outbox import RecordedDecision
from monitor.store.triage_and_silences import TriageRecord
from monitor.web.chart import mentions_chart
from monitor.web.pages.card import card
from monitor.web.routing import PageRoute, access, pages, refusal
from monitor.web.text import marked, spans_in

MAX_CHARTS = 5
MAX_TEXT = 20_000  # characters of a field


@dataclass(frozen=True, slots=True)
class _Found:
    hit: Hit
    decisions: list[RecordedDecision]
    deliveries: list[Delivery]
    triages: list[TriageRecord]
    daily_mentions: list[DailyMentions]


async def hit(request: Request) -> Response:
    """Show one hit with everything that is stored about it."""
    number = request.path_params["id"]
    found = await access(request).read(lambda db: _load(db, number))
    if found is None:
        return refusal(request, 404, f"there is no hit #{number}")
    return pages(request).render(request, "hit.html", _context(found, access(request)))


def _load(db: Reader, number: int) -> _Found | None:
    hit = load_hit(db, number)
    if hit is None:
        return None
    return _Found(
        hit,
        outbox.decisions_of(db, number),
        delivery_list.deliveries_of_hit(db, number),
        triage_and_silences.triages_of(db, number),
        [mentions.daily_mentions(db, actor, hit.seen_at.date()) for actor in hit.judgement.actors[:MAX_CHARTS]],
    )


def _context(found: _Found, used: Any) -> dict[str, Any]:
    now, hit = used.now(), found.hit
    words = partial(reasons_text, zone=UTC, now=now)
    first = {d.delivery for d in found.decisions}
    states = {d.id: d for d in found.deliveries}
    found_mentions = hit.judgement.mentions
    return {
        "hit": hit,
        "list_lines": list_lines(hit.judgement.lists, hit.names),
        "card": card(hit, found.triages[-1].triage if found.triages else None),
        "texts": [
            (name, marked(value[:MAX_TEXT], spans_in(found_mentions, name)))
            for name, value in hit.entry.text.fields()
            if name != "title" and value
        ],
        "decisions": [
            {
                "destination": d.decision.destination,
                "verdict": str(d.decision.verdict),
                "reason": words(d.decision.reasons),
                "at": d.decided_at,
                "delivery": states.get(d.delivery or 0),
                "outcome": _outcome(states.get(d.delivery or 0), now),
            }
            for d in found.decisions
        ],
        "later": [d for d in found.deliveries if d.id not in first],
        "triages": found.triages,
        "charts": [(series, mentions_chart(series), daily_mentions_words(series)) for series in found.daily_mentions],
    }


def _outcome(delivery: Delivery | None, now: Any) -> str:
    return delivery_reason(delivery, zone=UTC, now=now) if delivery else ""


ROUTES = (PageRoute("/hits/{id:id}", hit),)
