"""The only HTTP client: one conditional GET a poll, within a deadline, a size, and the allowed addresses."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from types import TracebackType
from typing import Self

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from monitor.errors import FeedError, FeedState
from monitor.feeds import answers
from monitor.feeds.addresses import Network, refused_sort
from monitor.feeds.hops import PERMANENT, REDIRECTS, may_carry, next_hop
from monitor.model import Feed, FeedRecord, Validators

MAX_BODY = 5 * 1024 * 1024  # bytes, decompressed
MAX_REDIRECTS = 5

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/rdf+xml;q=0.9, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
)
_CHUNK = 64 * 1024
_ERROR_PAGE = 16 * 1024  # bytes of an error's body that are looked at
_ERROR_PAGE_S = 0.5
_CONNECT_S = 10.0  # for one address, so that there is time left for the host's next
_KEEPALIVE_S = 15.0  # idle TLS connections cost 100 KB each

# Addresses that were refused for the request at hand. The client tells of a failed connection in its own
# words; this is how the refusal gets past it.
_refused: ContextVar[list[str]] = ContextVar("_refused")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one poll brought over the wire."""

    body: bytes | None  # decompressed; None: 304, nothing new
    content_type: str  # the header as it came, charset included; may be empty
    validators: Validators  # to be kept, once the entries are
    url: str  # of the last hop
    moved_to: str  # where permanent redirects, and only those, led; else empty
    retry_after_s: float | None
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class _Hop:
    """The answer that is no redirect, still open, and the way to it."""

    response: aiohttp.ClientResponse
    moved_to: str


class Fetcher:
    """An HTTP client for feeds; an async context manager.

    Args:
        timeout_s: For the whole request, redirects and body included.
        user_agent: Name, version and contact.
        allow_private: Networks that are not public into which feeds and redirects may point.
        max_body: Bytes of a body, counted decompressed.
        max_redirects: Hops at most.
        concurrency: Requests at a time; others wait, and their deadline does not run yet.
        clock: The present moment, for a Retry-After that is a date.
    """

    def __init__(
        self,
        *,
        timeout_s: float,
        user_agent: str,
        allow_private: Sequence[Network] = (),
        max_body: int = MAX_BODY,
        max_redirects: int = MAX_REDIRECTS,
        concurrency: int = 32,
        clock: Callable[[], datetime],
    ) -> None:
        self._timeout_s = timeout_s
        self._user_agent = user_agent
        self._allowed = tuple(allow_private)
        self._max_body = max_body
        self._max_redirects = max_redirects
        self._slots = asyncio.Semaphore(concurrency)
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the client; it keeps no cookies and reads no proxy or login from the environment."""
        connector = aiohttp.TCPConnector(
            limit=0,  # the slots bound it
            keepalive_timeout=_KEEPALIVE_S,
            socket_factory=self._dial,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def fetch(self, feed: Feed, record: FeedRecord) -> Fetched:
        """Return what *feed* answers to one GET, conditional on the validators in *record*.

        Validators that were learned from another address than the feed's are not sent.

        Raises:
            FeedError: For everything that keeps the body from us; its state says what.
        """
        held = record.validators if record.url == feed.url else Validators()
        async with self._slots:
            started = monotonic()
            refused: list[str] = []
            token = _refused.set(refused)
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await self._get(feed, held, started)
            except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
                raise self._as_feed_error(error, refused) from error
            finally:
                _refused.reset(token)

    async def _get(self, feed: Feed, held: Validators, started: float) -> Fetched:
        hop = await self._follow(feed, answers.conditions(held))
        response = hop.response
        try:
            got = answers.validators(response.raw_headers)
            body: bytes | None = None
            if response.status == 200:
                body = await self._body(response)
            elif response.status != 304:
                page = await self._error_page(response)
                raise answers.failure(response.status, response.headers, page, self._clock())
            elif held == Validators():
                cause = "the server answered 304 although we hold nothing of it"
                raise FeedError(FeedState.SERVER_ERROR, cause)
            else:
                got = answers.refreshed(held, got)
            return Fetched(
                body=body,
                content_type=response.headers.get("Content-Type", ""),
                validators=got,
                url=str(response.url),
                moved_to=hop.moved_to,
                retry_after_s=answers.retry_after_s(response.headers.get("Retry-After", ""), self._clock()),
                elapsed_s=monotonic() - started,
            )
        finally:
            response.release()

    async def _follow(self, feed: Feed, conditions: dict[str, str]) -> _Hop:
        """Return the first answer that is no redirect.

        Redirects are followed here and not by the client, which takes our own headers along to other hosts.
        """
        if self._session is None:
            raise RuntimeError("the fetcher is not open: use it in an async with")
        url, secret, permanent = URL(feed.url), True, True
        for hops in range(self._max_redirects + 1):
            headers = self._headers(feed if secret else None, conditions)
            response = await self._session.get(url, headers=headers, allow_redirects=False)
            if response.status not in REDIRECTS:
                return _Hop(response, moved_to=str(url) if permanent and hops else "")
            response.close()
            target = next_hop(url, response.status, response.headers.get("Location", ""))
            permanent = permanent and response.status in PERMANENT
            secret = secret and may_carry(url, target)  # once left behind, never taken up again
            url = target
        raise FeedError(
            FeedState.REDIRECT_LOOP,
            f"more than {self._max_redirects} redirects, the last to {url.with_query(None)}",
            "use the address at which the feed really is",
        )

    def _headers(self, secret_of: Feed | None, conditions: dict[str, str]) -> CIMultiDict[str]:
        """Return the request's headers; Accept-Encoding is the client's own: what it can decode."""
        headers = CIMultiDict({"User-Agent": self._user_agent, "Accept": _ACCEPT})
        if secret_of is not None:
            headers.update(secret_of.headers)
            if secret_of.auth is not None:
                headers["Authorization"] = aiohttp.encode_basic_auth(*secret_of.auth)
        headers.update(conditions)
        return headers

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        """Return the body, decompressed; counted as it comes in, so that a bomb stops at the cap."""
        parts, size = [], 0
        async for chunk in response.content.iter_chunked(_CHUNK):
            parts.append(chunk)
            size += len(chunk)
            if size > self._max_body:
                response.close()
                raise FeedError(
                    FeedState.TOO_LARGE,
                    f"the answer is larger than {self._max_body:,} bytes",
                    "see whether the site has a shorter feed",
                )
        return b"".join(parts)

    async def _error_page(self, response: aiohttp.ClientResponse) -> bytes:
        """Return the start of an error's body, as far as there is one."""
        page = b""
        # the status is known: a page that comes in drips must not turn it into a timeout
        with suppress(aiohttp.ClientError, TimeoutError):
            async with asyncio.timeout(_ERROR_PAGE_S):
                async for chunk in response.content.iter_chunked(_ERROR_PAGE):
                    page += chunk
                    if len(page) >= _ERROR_PAGE:
                        break
        return page

    def _dial(self, address: aiohttp.AddrInfoType) -> socket.socket:
        """Return a socket for *address*, unless it is not allowed.

        The client asks for a socket for each address it dials, whether a name, a number or a redirect led
        there: what is judged here is what is connected to.
        """
        family, kind, protocol, _, where = address
        host = str(where[0])
        sort = refused_sort(host, self._allowed)
        if sort is not None:
            refusal = f"{host} is a {sort} address"
            _refused.get().append(refusal)
            raise OSError(refusal)
        return socket.socket(family, kind, protocol)

    def _as_feed_error(self, error: Exception, refused: list[str]) -> FeedError:
        """Return the failure that an exception of the client stands for."""
        if refused and isinstance(error, aiohttp.ClientConnectorError):
            remedy = 'if it is meant, add its network to "allow_private" in [http]'
            return FeedError(FeedState.PRIVATE_ADDRESS, refused[0], remedy)
        match error:
            case aiohttp.ConnectionTimeoutError():
                return FeedError(FeedState.TIMEOUT, f"no connection within {_CONNECT_S:g} s")
            case TimeoutError():
                return FeedError(FeedState.TIMEOUT, f"no complete answer within {self._timeout_s:g} s")
            case aiohttp.ClientConnectorDNSError():
                return FeedError(FeedState.DNS, f"no address for {error.host}", "check the spelling")
            case aiohttp.ClientSSLError():
                return FeedError(FeedState.CERTIFICATE, _tls_cause(error), "the site must mend it")
            case aiohttp.ClientConnectorError():
                number = error.os_error.errno  # the text beside it is the event loop's, of little use to people
                reason = os.strerror(number).lower() if number else str(error.os_error)
                return FeedError(FeedState.NO_CONNECTION, f"{error.host}:{error.port}: {reason}")
            case aiohttp.InvalidURL():
                return FeedError(FeedState.NO_CONNECTION, "the address is not a valid URL", "correct it")
            case aiohttp.ClientPayloadError():
                return FeedError(FeedState.UNREADABLE, "the answer broke off, or its compression is damaged")
            case aiohttp.ClientResponseError():
                return FeedError(FeedState.SERVER_ERROR, f"the answer is not HTTP: {error.message}"[:200])
            case ValueError() if not isinstance(error, aiohttp.ClientError):
                return FeedError(FeedState.NO_CONNECTION, f"the request cannot be sent: {error}")
            case _:
                return FeedError(FeedState.NO_CONNECTION, str(error) or type(error).__name__)


def _tls_cause(error: aiohttp.ClientSSLError) -> str:
    inner = getattr(error, "certificate_error", None) or error.os_error
    reason = getattr(inner, "verify_message", "") or getattr(inner, "reason", "") or str(inner)
    return f"{error.host}: {reason}" if isinstance(inner, ssl.SSLError) else f"{error.host}: tls failed"
