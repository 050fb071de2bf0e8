"""Check every request before its handler runs (host, origin, size, time), and add security headers to every response.

Any web page that a user has open can send requests to a server on the user's machine, through DNS rebinding or forms.
The guard therefore refuses unknown hosts, and it accepts changes only from the monitor's own pages.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.config import WebSettings

MAX_BODY = 1 << 20  # bytes; a watchlist that is pasted for a backtest fits
MAX_QUERY = 4096  # bytes of the query string
BODY_TIMEOUT_S = 15.0  # to receive the whole body
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# a handler and the guard must not read different ones of two
SINGLE_HEADERS = frozenset({"authorization", "content-length", "content-type", "host", "origin", "sec-fetch-site"})
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-real-ip")
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


# no user, path or query beside the name (RFC 9110, 7.2)
_HOST = re.compile(r"(?:\[(?P<address>[0-9A-Fa-f:.]+)\]|(?P<name>[\w.-]+))(?::\d{1,5})?")


class Refused(Exception):  # noqa: N818 - an outcome of a request, not a fault of the program
    """The guard refuses a request; the exception becomes the response."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Guard:
    """ASGI middleware that refuses requests that cannot come from a page of the monitor or an API client.

    Args:
        app: The application that answers the accepted requests.
        settings: Returns the current settings of the web page; a reload of the configuration may change them.
    """

    def __init__(self, app: ASGIApp, settings: Callable[[], WebSettings]) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an acceptable request on to the application; answer any other request with an error."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = _Body(receive)
        cached = scope["path"].startswith("/static/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                body.answered = True
                message["headers"] = [*message["headers"], *_added(message["headers"], cached)]
            await send(message)

        try:
            self._check(scope, headers)
            body.expect(headers.get("content-length", "0"))
            await self._app(scope, body.receive, send_with_headers)
        except Refused as refused:
            if not body.answered:
                await PlainTextResponse(f"{refused}\n", refused.status)(scope, receive, send_with_headers)

    def _check(self, scope: Scope, headers: dict[str, str]) -> None:
        settings = self._settings()
        single = SINGLE_HEADERS | {settings.user_header.lower()}
        for name, number in Counter(name.decode("latin-1") for name, _ in scope["headers"]).items():
            if number > 1 and name in single:
                raise Refused(400, f"the header {name} occurs twice")
        host = headers.get("host", "")
        if _hostname(host) not in _hosts(settings):
            raise Refused(421, f"unknown host; if people use it, add it to hosts in [web]: {host[:100]!a}")
        if len(scope["query_string"]) > MAX_QUERY:
            raise Refused(414, "the query is too long")
        if not settings.users and not settings.user_header and any(name in headers for name in PROXY_HEADERS):
            raise Refused(403, "behind a proxy the page needs [web.users.NAME] or user_header")
        if scope["method"] not in SAFE_METHODS and not headers.get("authorization", "").lower().startswith("bearer "):
            _check_origin(headers, host, settings)


class _Body:
    """Receives the body of a request, with limits on its size and on the time it takes."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._size = 0
        self._deadline: float | None = None
        self.answered = False

    def expect(self, length: str) -> None:
        if not length.isascii() or not length.isdigit():
            raise Refused(400, "the content length is not a number")
        if int(length[:12]) > MAX_BODY:
            raise Refused(413, f"a request may have at most {MAX_BODY} bytes")

    async def receive(self) -> Message:
        loop = asyncio.get_running_loop()
        self._deadline = self._deadline or loop.time() + BODY_TIMEOUT_S
        if self._size < 0:  # complete: what follows is only the end of the connection
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise Refused(408, "the request was sent too slowly") from None
        self._size += len(message.get("body", b""))
        if self._size > MAX_BODY:
            raise Refused(413, f"a request may have at most {MAX_BODY} bytes")
        if not message.get("more_body"):
            self._size = -1
        return message


def _check_origin(headers: dict[str, str], host: str, settings: WebSettings) -> None:
    """Raise Refused unless a page of this server sent the request, according to the headers that browsers add.

    Args:
        headers: The headers of the request.
        host: Its Host header.
        settings: The settings of the web page.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site != "same-origin":
        raise Refused(403, "a page of another site sent this request")
    # "null": the page has no referrer policy that lets the browser say more (Fetch Standard, 4.5 "append Origin")
    if origin is None or (origin == "null" and site is None):
        raise Refused(403, "the request does not say which page sent it; programs use /api/v1 with a token")
    allowed = {host.lower()} | ({urlsplit(settings.base_url).netloc.lower()} if settings.base_url else set())
    if origin != "null" and not _is_from(origin, allowed):
        raise Refused(403, "a page of another site sent this request")


def _is_from(origin: str, allowed: Collection[str]) -> bool:
    """Return whether an Origin header names one of the *allowed* hosts (with their ports, in lower case)."""
    try:
        at = urlsplit(origin)
    except ValueError:  # a bracket that is not closed
        return False
    return at.scheme in ("http", "https") and at.netloc.lower() in allowed


def _hosts(settings: WebSettings) -> frozenset[str]:
    own = {settings.host, *settings.hosts}
    if settings.base_url:
        own.add(urlsplit(settings.base_url).hostname or "")
    return LOOPBACK_NAMES | own


def _hostname(host: str) -> str:
    """Return the host name in a Host header, in lower case and without the port; empty if the header is invalid."""
    found = _HOST.fullmatch(host)
    if found is None:
        return ""
    name = (found["name"] or found["address"]).lower()
    try:
        return str(ipaddress.ip_address(name)) if ":" in name else name
    except ValueError:
        return ""


def _added(present: Iterable[tuple[bytes, bytes]], cached: bool) -> list[tuple[bytes, bytes]]:
    names = {name.lower() for name, _ in present}
    headers = {**_HEADERS, "cache-control": "public, max-age=3600" if cached else "no-store"}
    return [(n.encode(), v.encode()) for n, v in headers.items() if n.encode() not in names]
