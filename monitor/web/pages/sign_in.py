"""The page for signing in, and signing out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.web.accounts import COOKIE, SESSION_S, Accounts, SignInThrottledError
from monitor.web.routing import PageRoute, access, pages, read_form, safe_next


async def form(request: Request) -> Response:
    """Show the form for signing in."""
    return _form(request, request.query_params.get("next", "/"))


async def sign_in(request: Request) -> Response:
    """Check the name and password in the form, and start a session if they are right."""
    given = await read_form(request)
    name, password, target = (str(given.get(key, "")) for key in ("name", "password", "next"))
    accounts: Accounts = request.app.state.accounts
    client = request.client.host if request.client else ""
    try:
        cookie = await accounts.sign_in(client, name, password)
    except SignInThrottledError as error:
        response = _form(request, target, str(error), 429)
        response.headers["retry-after"] = str(max(1, round(error.wait_s)))
        return response
    if cookie is None:
        return _form(request, target, "The name or the password is wrong.", 401)
    response = RedirectResponse(safe_next(target), 303)
    secure = access(request).config().base_url.startswith("https://")
    response.set_cookie(COOKIE, cookie, max_age=SESSION_S, httponly=True, samesite="lax", secure=secure)
    return response


async def sign_out(request: Request) -> Response:
    """End the session of the user."""
    accounts: Accounts = request.app.state.accounts
    accounts.sign_out(request.cookies.get(COOKIE))
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


def _form(request: Request, target: str, problem: str = "", status: int = 200) -> Response:
    context = {"next": safe_next(target), "problem": problem}
    return pages(request).render(request, "sign_in.html", context, status)


ROUTES = (
    PageRoute("/sign-in", form, scope=""),
    PageRoute("/sign-in", sign_in, scope="", methods=("POST",)),
    PageRoute("/sign-out", sign_out, scope="", methods=("POST",)),
)
