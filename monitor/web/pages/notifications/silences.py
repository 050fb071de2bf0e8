"""The page of silences: which are active, who created them and why; with forms to create and end silences."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.daemon.operator_actions import AddSilence, EndSilence
from monitor.errors import UsageError
from monitor.store import triage_and_silences
from monitor.times import span_seconds
from monitor.web.routing import PageRoute, access, pages, person, read_form, reason_in

SPANS = ("1h", "4h", "1d", "7d", "30d")
MAX_OPTIONS = 300  # to choose from; of more, the id is typed
DEFAULT_SPAN = "4h"
LIMIT = 200
MAX_PAST = 100


async def silences(request: Request) -> Response:
    """Show active and past silences, and a form for a new one."""
    config, now, params = access(request).config(), access(request).now(), request.query_params
    found = await access(request).read(lambda db: triage_and_silences.list_silences(db, LIMIT))
    active = [silence for silence, ended_by in found if not ended_by and silence.until > now]
    context = {
        "active": active,
        "past": [(silence, ended_by) for silence, ended_by in found if silence not in active][:MAX_PAST],
        "spans": SPANS,
        "actors": sorted(config.actors)[:MAX_OPTIONS],
        "rules": sorted(config.rules)[:MAX_OPTIONS],
        "has_all": len(config.actors) <= MAX_OPTIONS and len(config.rules) <= MAX_OPTIONS,
        "chosen": next((f"{kind}:{params[kind]}" for kind in ("actor", "rule") if params.get(kind)), ""),
    }
    return pages(request).render(request, "silences.html", context)


async def add(request: Request) -> Response:
    """Silence an actor or a rule for some time.

    Raises:
        UsageError: The form does not say what to silence, for how long, or why.
    """
    form = await read_form(request)
    subject, _, name = str(form.get("what", "")).partition(":")
    config = access(request).config()
    if name not in {"actor": config.actors, "rule": config.rules}.get(subject, {}):
        raise UsageError("choose an actor or a rule of the watchlist")
    seconds = span_seconds(str(form.get("for", "")))
    if not seconds:
        raise UsageError('say for how long, such as "4h" or "7d"')
    why = reason_in(form)
    if not why:
        raise UsageError("say why: the reason is shown with each hit that nobody is notified about")
    done = await access(request).perform(AddSilence(subject, name, seconds, why, person(request).name))
    return _back(done)


async def end(request: Request) -> Response:
    """End a silence before its time."""
    return _back(await access(request).perform(EndSilence(request.path_params["id"], person(request).name)))


def _back(done: str) -> Response:
    return RedirectResponse(f"/silences?{urlencode({'done': done})}", 303)


ROUTES = (
    PageRoute("/silences", silences),
    PageRoute("/silences", add, scope="silence", methods=("POST",)),
    PageRoute("/silences/{id:id}/end", end, scope="silence", methods=("POST",)),
)
