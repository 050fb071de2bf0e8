"""The pages that links in alerts open: they have one button, to acknowledge a hit or to mute its actor or rule.

Opening a link changes nothing until the user presses the button, because mail scanners and chat clients open links too.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from monitor.model import Hit
from monitor.store import Reader, triage_and_silences
from monitor.store.hits import load_hit
from monitor.store.triage_and_silences import TriageRecord
from monitor.web.pages.card import card
from monitor.web.pages.notifications.silences import DEFAULT_SPAN, SPANS
from monitor.web.routing import PageRoute, access, pages, refusal


async def acknowledge(request: Request) -> Response:
    """Show the page with the button that acknowledges a hit."""
    found = await access(request).read(lambda db: _load(db, request.path_params["id"]))
    if found is None:
        return _missing(request)
    hit, triages = found
    last = triages[-1] if triages else None
    context = {"card": card(hit, last.triage if last else None), "last": last}
    return pages(request).render(request, "acknowledge.html", context)


async def mute(request: Request) -> Response:
    """Show the page with the form that mutes an actor or a rule of a hit for some time."""
    found = await access(request).read(lambda db: _load(db, request.path_params["id"]))
    if found is None:
        return _missing(request)
    hit, triages = found
    config, names = access(request).config(), dict(hit.names)
    actors = [("actor", a, names.get(a, a)) for a in hit.judgement.actors if a in config.actors]
    rules = [("rule", r.rule, r.rule) for r in hit.judgement.rules if r.rule in config.rules]
    context = {
        "card": card(hit, triages[-1].triage if triages else None),
        "subjects": actors + rules,
        "spans": SPANS,
        "span": DEFAULT_SPAN,
    }
    return pages(request).render(request, "mute.html", context)


def _load(db: Reader, number: int) -> tuple[Hit, list[TriageRecord]] | None:
    hit = load_hit(db, number)
    return (hit, triage_and_silences.triages_of(db, number)) if hit else None


def _missing(request: Request) -> Response:
    number = request.path_params["id"]
    return refusal(request, 404, f"there is no hit #{number}; retention may have deleted it")


ROUTES = (
    PageRoute("/hits/{id:id}/acknowledge", acknowledge),
    PageRoute("/hits/{id:id}/mute", mute),
)
