"""The HTTP client: one conditional GET for each poll, with a time limit, a size limit and a check of the address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from time import monotonic
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from monitor.errors import FeedError, FeedState
from monitor.feeds.http import responses
from monitor.feeds.http.address_guard import Network, is_within
from monitor.feeds.http.connector import CONNECT_S, Dialler
from monitor.feeds.http.failures import FAILURES, as_feed_error
from monitor.feeds.http.host_limits import HostLimits, host_of
from monitor.feeds.http.lenient_protocol import MAX_VALUE
from monitor.feeds.http.redirects import REDIRECTS, RedirectChain, RedirectCookies, is_same_host, parsed_url
from monitor.feeds.http.responses import FetchResult, freshness_of, is_full_fetch_due, opt_out_reason, retry_after_s
from monitor.feeds.text.gzip_data import GZIP_START, unpacked_gzip
from monitor.model import NEVER, Feed, FeedRecord, Validators

MAX_BODY = 5 * 1024 * 1024  # bytes, decompressed
MAX_REDIRECTS = 5
PAUSE_S = 1.0  # between two requests to one host
DEFAULT_RETRY_AFTER_S = 300.0  # the pause of a host that answers 429 without Retry-After

RequestPermission = Callable[[str], Awaitable[float]]

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/rdf+xml;q=0.9, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
)
_ACCEPT_PAGE = "text/html, application/xhtml+xml, */*;q=0.1"
_PAGES = 4  # requests for pages at a time, in addition to those for feeds
_CHUNK = 64 * 1024
# status codes whose body is a document, as in browsers; 203: changed by a proxy, 226: RFC 3229
_WITH_DOCUMENT = frozenset({200, 201, 202, 203, 206, 226})
_MOST_PACKINGS = 2
_ERROR_PAGE = 16 * 1024  # bytes of an error's body that are read
_ERROR_PAGE_S = 0.5
_HOSTS = 8192  # hosts for which the result of the address check is cached


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """The settings of all HTTP requests, from [http] in the configuration."""

    timeout_s: float  # for the whole request, redirects and body included
    user_agent: str  # name, version and contact
    allow_private: tuple[Network, ...] = ()  # non-public networks to which connections are allowed
    max_body: int = MAX_BODY  # bytes, counted after decompression
    max_redirects: int = MAX_REDIRECTS
    concurrency: int = 32  # requests at a time; waiting requests do not use up their time limit
    pause_s: float = PAUSE_S  # between two requests to one host; there is none within allow_private
    proxy: str = field(default="", repr=False)  # its address, login included; empty: none


class Fetcher:
    """The HTTP client for feeds and web pages; use it as an async context manager.

    Args:
        settings: Time limit, size limit, User-Agent and the like.
        clock: Returns the current time.
        hosts: Limits the rate of requests to each host; share one object between all clients. None: a new one.
    """

    def __init__(
        self, settings: FetchSettings, *, clock: Callable[[], datetime], hosts: HostLimits | None = None
    ) -> None:
        self._settings = settings
        self._is_allowed = lru_cache(_HOSTS)(lambda host: is_within(f"//{host}", settings.allow_private))
        self._dialler = Dialler(settings.allow_private, settings.proxy)
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._page_slots = asyncio.Semaphore(_PAGES)
        self._clock = clock
        self._hosts = hosts or HostLimits(clock)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the client, which keeps no cookies and ignores proxies and logins in environment variables."""
        self._session = aiohttp.ClientSession(
            connector=self._dialler.connector(),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
            trust_env=False,
            max_line_size=MAX_VALUE,
            max_field_size=MAX_VALUE,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections of the client."""
        if self._session is not None:
            await self._session.close()

    async def fetch(self, feed: Feed, record: FeedRecord) -> FetchResult:
        """Return the response to a GET of *feed*, conditional on the validators (ETag, Last-Modified) in *record*.

        Validators are sent only to the host that issued them. They are not sent if the URL of the feed has changed, or
        if a full fetch is due (see ``is_full_fetch_due``).

        Raises:
            FeedError: There is no usable response; the state of the error says why.
            HostPaused: No request was made, because this host, or one that it redirects to, asked for a pause.
        """
        if record.url != feed.url:  # the validators and redirects stored belong to the old url
            record = FeedRecord(feed.key, feed.url, NEVER)
        try:
            return await self._get(feed, record)
        except FAILURES as error:
            raise as_feed_error(error, self._settings.timeout_s) from error

    async def ping(self, url: str) -> None:
        """Request *url* once, for example to send a heartbeat; the body is not read and redirects are not followed.

        Raises:
            FeedError: The URL cannot be reached, or the status is not 2xx.
        """
        try:
            async with self._slot(parsed_url(url), _Page(None), 0.0), asyncio.timeout(self._settings.timeout_s):
                response = await self._request(parsed_url(url), self._headers(None, {}))
                response.close()
        except FAILURES as error:
            raise as_feed_error(error, self._settings.timeout_s) from error
        if not 200 <= response.status < 300:
            raise responses.failure(response.status, response.headers, b"", self._clock())

    async def fetch_page(self, url: str, *, permission: RequestPermission | None = None) -> FetchResult:
        """Return the response to a GET of a web page, without login; at most 4 pages are fetched at a time.

        Args:
            url: The URL of the page.
            permission: Called with each URL before it is requested, redirects included. It returns the seconds to pause
                after the request, or raises FeedError if the site forbids it. None: every URL is allowed.

        Raises:
            FeedError: There is no usable response.
            HostPaused: No request was made, because a host asked for a pause.
        """
        try:
            return await self._get(Feed("", url, 0.0), FeedRecord("", url, NEVER), _Page(permission))
        except FAILURES as error:
            raise as_feed_error(error, self._settings.timeout_s) from error

    async def _get(self, feed: Feed, record: FeedRecord, page: _Page | None = None) -> FetchResult:
        """Return the final response to a GET after following redirects.

        aiohttp does not follow the redirects, because it would send our headers to other hosts and ignore the rate
        limits of hosts.

        Args:
            feed: The feed to request.
            record: What is stored about the feed, with the validators.
            page: Given if a web page is requested instead of a feed.
        """
        held = Validators() if is_full_fetch_due(record, self._clock()) else record.validators
        chain = RedirectChain.start(record.address, feed.url)
        # parsing a URL takes a good part of the time of a poll without a new document
        same = record.answered_by in ("", record.address)
        answered_by = chain.url if same else parsed_url(record.answered_by)
        left_s = self._settings.timeout_s
        cookies = RedirectCookies(self._clock())
        for _ in range(self._settings.max_redirects + 1):
            conditions = responses.conditions(held) if is_same_host(chain.url, answered_by) else {}
            async with self._slot(chain.url, page, await page.pause_s(chain.url) if page else 0.0):
                started = monotonic()
                async with asyncio.timeout(left_s):
                    headers = self._headers(feed if chain.secret else None, conditions)
                    if page:
                        headers["Accept"] = _ACCEPT_PAGE
                    if (cookie := cookies.header(chain.url)) and "Cookie" not in headers:
                        headers["Cookie"] = cookie
                    response = await self._request(chain.url, headers)
                    try:
                        if response.status not in REDIRECTS:
                            elapsed_s = self._settings.timeout_s - left_s + monotonic() - started
                            return await self._result(response, chain, held if conditions else None, elapsed_s)
                        response.close()
                        cookies.add(chain.url, response.headers.getall("Set-Cookie", ()))
                        chain = chain.follow(response.status, response.headers.get("Location", ""))
                    finally:
                        response.release()
                left_s -= monotonic() - started
        raise FeedError(
            FeedState.REDIRECT_LOOP,
            f"more than {self._settings.max_redirects} redirects, the last to {chain.url.with_query(None)}",
            "use the address to which the site redirects in a browser",
        )

    async def _result(
        self, response: aiohttp.ClientResponse, chain: RedirectChain, sent: Validators | None, elapsed_s: float
    ) -> FetchResult:
        """Return the FetchResult of a response that is not a redirect.

        Args:
            response: The response; its body is not read yet.
            chain: The redirects that led to it.
            sent: The validators (ETag, Last-Modified) that the request contained; None: it was unconditional.
            elapsed_s: Seconds since the request was sent.
        """
        began = monotonic()
        now, headers = self._clock(), _with_joined_cache_control(response.headers)
        received = responses.validators(response.raw_headers)
        body: bytes | None = None
        if response.status in _WITH_DOCUMENT:
            body = await self._body(response)
        elif response.status != 304:
            error = responses.failure(response.status, headers, await self._error_page(response), now)
            self._pause_host(chain.url, response.status, error)
            raise error
        elif sent is None:
            raise FeedError(
                FeedState.SERVER_ERROR, "the server answered 304 (not modified) to an unconditional request"
            )
        else:
            received = responses.merged_validators(sent, received)
        return FetchResult(
            body=body,
            content_type=headers.get("Content-Type", ""),
            validators=received,
            url=str(response.url),
            moved_to=chain.moved_to,
            moved_safely=chain.safe,
            retry_after_s=retry_after_s(headers.get("Retry-After", ""), now),
            freshness=freshness_of(headers, now),
            elapsed_s=elapsed_s + monotonic() - began,
            opt_out=opt_out_reason(response.headers.items()),
        )

    def _pause_host(self, url: URL, status: int, error: FeedError) -> None:
        """Stop all requests to the host of *url* for some time if its response (429 or 503) asks for a pause.

        The pause applies to all feeds of the host, because the host counts all requests from this machine.
        """
        pause_s = error.retry_after_s
        if status == 429 and pause_s is None:
            pause_s = DEFAULT_RETRY_AFTER_S
        if status in (429, 503) and pause_s:
            self._hosts.pause(host_of(url), self._clock() + timedelta(seconds=pause_s))

    @asynccontextmanager
    async def _slot(self, url: URL, page: _Page | None, crawl_delay_s: float) -> AsyncIterator[None]:
        """Wait until the rate limit of the host allows a request to *url*, then until a connection slot is free."""
        pause_s = 0.0 if self._is_allowed(url.host_subcomponent or "") else self._settings.pause_s
        slots = self._page_slots if page else self._slots
        async with self._hosts.slot(host_of(url), pause_s=max(pause_s, crawl_delay_s)), slots:
            yield

    async def _request(self, url: URL, headers: CIMultiDict[str]) -> aiohttp.ClientResponse:
        if self._session is None:
            raise RuntimeError("the fetcher is not open: use it in an async with")
        with self._dialler.refusals_reported(url):
            return await self._session.get(url, headers=headers, allow_redirects=False, proxy=self._dialler.proxy)

    def _headers(self, feed: Feed | None, conditions: dict[str, str]) -> CIMultiDict[str]:
        """Return the headers of a request, with the login and headers of *feed*; aiohttp adds Accept-Encoding."""
        headers = CIMultiDict({"User-Agent": self._settings.user_agent, "Accept": _ACCEPT})
        if feed is not None:
            headers.update(feed.headers)
            if feed.auth is not None:
                headers["Authorization"] = aiohttp.encode_basic_auth(*feed.auth)
        headers.update(conditions)
        return headers

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        """Return the decompressed body; its size is checked while it is received, to stop a decompression bomb.

        If the connection closes before the announced end, the part received is returned; the parser notices if the
        document is incomplete.
        """
        parts, size = [], 0
        try:
            async for chunk in response.content.iter_chunked(_CHUNK):
                parts.append(chunk)
                size += len(chunk)
                self._check_size(response, size)
        except aiohttp.ClientPayloadError as error:
            if not size or isinstance(error.__cause__, ContentEncodingError):
                raise
        return self._unpacked(response, b"".join(parts))

    def _unpacked(self, response: aiohttp.ClientResponse, body: bytes) -> bytes:
        """Return *body* decompressed if it is gzip data, whatever the headers say.

        Some servers compress a body twice, do not state the compression, or state one that is not there. What follows
        the compressed data is ignored, as browsers do.
        """
        for _ in range(_MOST_PACKINGS):
            if not body.startswith(GZIP_START):
                break
            body = unpacked_gzip(body, self._settings.max_body + 1)
            self._check_size(response, len(body))
        return body

    def _check_size(self, response: aiohttp.ClientResponse, size: int) -> None:
        if size > self._settings.max_body:
            response.close()
            raise FeedError(
                FeedState.TOO_LARGE,
                f"the response is larger than {self._settings.max_body:,} bytes",
                'see whether the site has a shorter feed, or set a larger "max_size" in [http]',
            )

    async def _error_page(self, response: aiohttp.ClientResponse) -> bytes:
        """Return the first kilobytes of the body of an error response; empty if the body does not arrive soon."""
        page = b""
        # a slow body must not turn the known status into a timeout
        with suppress(aiohttp.ClientError, TimeoutError):
            async with asyncio.timeout(_ERROR_PAGE_S):
                async for chunk in response.content.iter_chunked(_ERROR_PAGE):
                    page += chunk
                    if len(page) >= _ERROR_PAGE:
                        break
        with suppress(FeedError):
            page = unpacked_gzip(page, _ERROR_PAGE) if page.startswith(GZIP_START) else page
        return page


@dataclass(frozen=True, slots=True)
class _Page:
    """Marks a request as one for a web page; *permission* checks the rules of the site (robots.txt, tdmrep.json)."""

    permission: RequestPermission | None

    async def pause_s(self, url: URL) -> float:
        return await self.permission(str(url)) if self.permission else 0.0


def _with_joined_cache_control(headers: CIMultiDictProxy[str]) -> Mapping[str, str]:
    """Return *headers* with all Cache-Control lines joined into one, because any of them may contain the max-age."""
    control = ", ".join(headers.getall("Cache-Control", ()))
    joined = CIMultiDict(headers)
    if control:
        joined["Cache-Control"] = control
    return joined
