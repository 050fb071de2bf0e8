"""Routes of the web page with the permission that each requires, and functions that handlers share."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from monitor.alerts.content.neutralise import printable
from monitor.errors import UsageError
from monitor.web.access import Access
from monitor.web.accounts import COOKIE, Accounts, Person
from monitor.web.rendering import Pages

MAX_DIGITS = 18  # of an id; SQLite's integers have 64 bits


MAX_FORM = 64 << 10  # bytes; decoding takes time that the daemon needs
_BROKEN_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class _IdConvertor(IntegerConvertor):
    regex = f"[0-9]{{1,{MAX_DIGITS}}}"


register_url_convertor("id", _IdConvertor())

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class PageRoute:
    """An address of the web page or the API, with its handler and the permission it requires."""

    path: str  # with Starlette's parameters, as "/hits/{id:id}"
    handler: Handler
    scope: str = "read"  # what the person must be allowed to do; empty: everybody may use it
    methods: tuple[str, ...] = ("GET",)
    for_programs: bool = False  # a token is accepted, and errors are JSON

    def route(self) -> Route:
        """Return the Starlette route, which checks the permission before it calls the handler."""
        return Route(self.path, self._checked, methods=list(self.methods))

    async def _checked(self, request: Request) -> Response:
        person = identify(request, with_token=self.for_programs)
        request.state.person = person
        request.state.for_program = self.for_programs
        if not self.scope or (person is not None and person.may(self.scope)):
            return await self.handler(request)
        if person is not None:
            return refusal(request, 403, f"{person.name} may not do this; an editor can")
        if self.for_programs:
            return refusal(request, 401, "send a token: Authorization: Bearer TOKEN")
        if request.method not in ("GET", "HEAD"):
            return refusal(request, 401, "sign in first")
        return RedirectResponse(f"/sign-in?next={quote(_own_path(request), safe='')}", 303)


def identify(request: Request, *, with_token: bool) -> Person | None:
    """Return the person or program that sends *request*; None if they have to sign in.

    Args:
        request: The request.
        with_token: Whether an API token is accepted.
    """
    accounts: Accounts = request.app.state.accounts
    authorization = request.headers.get("authorization", "")
    if authorization.lower().startswith("bearer "):
        return accounts.program(authorization) if with_token else None
    client = request.client.host if request.client else ""
    return accounts.person(client, request.headers, request.cookies.get(COOKIE))


def refusal(request: Request, status: int, text: str) -> Response:
    """Return an error response: an HTML page, or JSON if the address belongs to the API.

    Args:
        request: The refused request.
        status: The HTTP status.
        text: What is wrong and what to do about it.
    """
    if getattr(request.state, "for_program", False):
        return JSONResponse({"error": text}, status)
    context = {"title": _TITLES.get(status, "Error"), "text": text, "fragment": "hx-request" in request.headers}
    return pages(request).render(request, "error.html", context, status)


def access(request: Request) -> Access:
    """Return the object through which the handler of *request* uses the database, the configuration and the daemon."""
    found: Access = request.app.state.access
    return found


def pages(request: Request) -> Pages:
    """Return the renderer of HTML templates."""
    found: Pages = request.app.state.pages
    return found


def person(request: Request) -> Person:
    """Return the person or program that sends *request*, as identified when the route checked the permission."""
    found: Person = request.state.person
    return found


def wants_fragment(request: Request) -> bool:
    """Return whether the page's script sent *request* and expects only the HTML of a part of the page."""
    return request.headers.get("hx-request") == "true"


async def read_form(request: Request, limit: int = MAX_FORM) -> FormData:
    """Return the form that the user submitted; files are not accepted.

    Args:
        request: The request.
        limit: The largest size of the request body, in bytes.

    Raises:
        HTTPException: The body is too large, or is not a form.
    """
    body = await request.body()
    if len(body) > limit:
        raise HTTPException(413, f"a form may have at most {limit} bytes")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "a form must be sent as application/x-www-form-urlencoded")
    if _BROKEN_PERCENT.search(body):  # slow to decode, and no browser sends it
        raise HTTPException(400, "the form is not encoded as browsers encode it")
    return await request.form()


def reason_in(form: FormData) -> str:
    """Return the reason that the user typed into *form*, on one line."""
    return line_in(form, "why", 500)


def line_in(form: FormData, name: str, limit: int) -> str:
    """Return the text that the user typed into a field of *form*, on one line.

    Args:
        form: The submitted form.
        name: The name of the field.
        limit: The number of characters to keep.
    """
    return printable(str(form.get(name, ""))[:limit])


def id_in(text: object) -> int | None:
    """Return *text* as an id, a whole number; None if it is not one."""
    is_id = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(str(text)) if is_id else None


def safe_next(target: str) -> str:
    """Return *target* if it is a path on this server, else "/", so that no redirect leads to another site."""
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if inside and "\\" not in target else "/"


def with_message(target: str, done: str) -> str:
    """Return the path *target* with the message that the page shows about a finished action, instead of an earlier one.

    Args:
        target: A path on this server, with or without a query.
        done: What was done.
    """
    path, _, query = target.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "done"]
    return f"{path}?{urlencode([*kept, ('done', done)])}"


def number_in(request: Request, name: str) -> int | None:
    """Return the whole number in the query parameter *name*; None if the parameter is missing or empty.

    Raises:
        UsageError: It is not a number.
    """
    text = request.query_params.get(name, "")
    number = id_in(text)
    if text and number is None:
        raise UsageError(f'{name}: "{text[:40]}" is not a number')
    return number


def _own_path(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{request.url.path}{query}"


_TITLES = {
    400: "Not understood",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    409: "Not possible",
    503: "Not available",
}
