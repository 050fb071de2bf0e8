"""Save the filters of the page of hits as a search with a name, and delete saved searches."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.daemon.operator_actions import DeleteSearch, SaveSearch
from monitor.web.routing import PageRoute, access, line_in, person, read_form

FILTERS = frozenset({"q", "since", "until", "severity", "actor", "feed", "rule", "triage"})


async def save(request: Request) -> Response:
    """Save the search that the form describes, and lead to its results."""
    form = await read_form(request)
    given = parse_qsl(str(form.get("query", "")), max_num_fields=50)
    query = urlencode([(name, value) for name, value in given if name in FILTERS])
    done = await access(request).perform(SaveSearch(line_in(form, "title", 60), query, person(request).name))
    return RedirectResponse(f"/?{query}&{urlencode({'done': done})}", 303)


async def delete(request: Request) -> Response:
    """Delete a saved search."""
    done = await access(request).perform(DeleteSearch(request.path_params["id"], person(request).name))
    return RedirectResponse(f"/?{urlencode({'done': done})}", 303)


ROUTES = (
    PageRoute("/searches", save, scope="triage", methods=("POST",)),
    PageRoute("/searches/{id:id}/delete", delete, scope="triage", methods=("POST",)),
)
