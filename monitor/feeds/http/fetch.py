"""The only HTTP client: one conditional GET a poll, within a deadline, a size, and the allowed addresses."""

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
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from monitor.errors import FeedError, FeedState
from monitor.feeds.http import responses
from monitor.feeds.http.address_guard import Network, is_within
from monitor.feeds.http.connector import CONNECT_S, Dialler
from monitor.feeds.http.failures import FAILURES, as_feed_error
from monitor.feeds.http.freshness import fresh_for_s, retry_after_s
from monitor.feeds.http.host_limits import HostLimits
from monitor.feeds.http.opt_out import opt_out_reason
from monitor.feeds.http.redirects import REDIRECTS, RedirectChain, is_same_host
from monitor.feeds.http.responses import FetchResult, is_full_fetch_due
from monitor.feeds.http.shared_hosts import host_of
from monitor.model import NEVER, Feed, FeedRecord, Validators

MAX_BODY = 5 * 1024 * 1024  # bytes, decompressed
MAX_REDIRECTS = 5
PAUSE_S = 1.0  # between two requests to one host
DEFAULT_RETRY_AFTER_S = 300.0  # for a host that says we come too often, and not when to come again

RequestPermission = Callable[[str], Awaitable[float]]

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/rdf+xml;q=0.9, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
)
_ACCEPT_PAGE = "text/html, application/xhtml+xml, */*;q=0.1"
_PAGES = 4  # at a time, beside the feeds
_CHUNK = 64 * 1024
_ERROR_PAGE = 16 * 1024  # bytes of an error's body that are looked at
_ERROR_PAGE_S = 0.5
_HOSTS = 8192  # of which it is remembered whether they are allowed by their address


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How requests are made."""

    timeout_s: float  # for the whole request, redirects and body included
    user_agent: str  # name, version and contact
    allow_private: tuple[Network, ...] = ()  # networks that are not public, into which feeds and redirects may point
    max_body: int = MAX_BODY  # bytes, counted after decompression
    max_redirects: int = MAX_REDIRECTS
    concurrency: int = 32  # requests at a time; the timeout of those that wait has not started
    pause_s: float = PAUSE_S  # between two requests to one host; there is none within allow_private
    proxy: str = field(default="", repr=False)  # its address, login included; empty: none


class Fetcher:
    """An HTTP client for feeds; an async context manager.

    Args:
        settings: How requests are made.
        clock: Returns the present moment.
        hosts: Spaces the requests to each host; to be shared by all clients that ask the same hosts.
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
        """Open the client; it keeps no cookies and reads no proxy or login from the environment."""
        self._session = aiohttp.ClientSession(
            connector=self._dialler.connector(),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def fetch(self, feed: Feed, record: FeedRecord) -> FetchResult:
        """Return what *feed* answers to one GET, conditional on the validators in *record*.

        The address that was taken over is asked when there is one. Validators are sent to the host they came from,
        and to no other; those that were learned from another address than the feed's are not sent, and none are
        when it is time for a whole document.

        Raises:
            FeedError: For everything that keeps the body from us; its state says what.
            HostPaused: Nothing was asked, since a host on the way wants to be left alone.
        """
        if record.url != feed.url:  # what was learned from another address says nothing of this one
            record = FeedRecord(feed.key, feed.url, NEVER)
        try:
            return await self._get(feed, record)
        except FAILURES as error:
            raise as_feed_error(error, self._settings.timeout_s) from error

    async def ping(self, url: str) -> None:
        """Ask for *url* once; what it answers is not read, and redirects are not followed.

        Raises:
            FeedError: It cannot be reached, or answers anything but yes (2xx).
        """
        try:
            async with self._turn(URL(url), _Page(None), 0.0), asyncio.timeout(self._settings.timeout_s):
                response = await self._request(URL(url), self._headers(None, {}))
                response.close()
        except FAILURES as error:
            raise as_feed_error(error, self._settings.timeout_s) from error
        if not 200 <= response.status < 300:
            raise responses.failure(response.status, response.headers, b"", self._clock())

    async def fetch_page(self, url: str, *, permission: RequestPermission | None = None) -> FetchResult:
        """Return what *url*, a page and no feed, answers; it takes no feed's slot, and gets nobody's login.

        Args:
            url: Where it begins.
            permission: Called with each address on the way before it is asked: it returns how many seconds to pause
                after that, or raises FeedError, when the site does not want to be asked.

        Raises:
            FeedError: For everything that keeps the body from us.
            HostPaused: A host on the way wants to be left alone.
        """
        try:
            return await self._get(Feed("", url, 0.0), FeedRecord("", url, NEVER), _Page(permission))
        except FAILURES as error:
            raise as_feed_error(error, self._settings.timeout_s) from error

    async def _get(self, feed: Feed, record: FeedRecord, page: _Page | None = None) -> FetchResult:
        """Return the first answer that is no redirect; *page* when it is no feed that is asked for.

        Redirects are followed here and not by the client, which takes our own headers along to other hosts, and
        asks hosts whose turn it is not.
        """
        held = Validators() if is_full_fetch_due(record, self._clock()) else record.validators
        way = RedirectChain.begin(record.address, feed.url)
        # parsing addresses is a good part of what a poll without news costs
        same = record.answered_by in ("", record.address)
        answered_by = way.url if same else URL(record.answered_by)
        left_s = self._settings.timeout_s
        for _ in range(self._settings.max_redirects + 1):
            conditions = responses.conditions(held) if is_same_host(way.url, answered_by) else {}
            async with self._turn(way.url, page, await page.pause_s(way.url) if page else 0.0):
                started = monotonic()
                async with asyncio.timeout(left_s):
                    headers = self._headers(feed if way.secret else None, conditions)
                    if page:
                        headers["Accept"] = _ACCEPT_PAGE
                    response = await self._request(way.url, headers)
                    try:
                        if response.status not in REDIRECTS:
                            elapsed_s = self._settings.timeout_s - left_s + monotonic() - started
                            return await self._answer(response, way, held if conditions else None, elapsed_s)
                        response.close()
                        way = way.on(response.status, response.headers.get("Location", ""))
                    finally:
                        response.release()
                left_s -= monotonic() - started
        raise FeedError(
            FeedState.REDIRECT_LOOP,
            f"more than {self._settings.max_redirects} redirects, the last to {way.url.with_query(None)}",
            "use the address at which the feed really is",
        )

    async def _answer(
        self, response: aiohttp.ClientResponse, way: RedirectChain, held: Validators | None, elapsed_s: float
    ) -> FetchResult:
        """Return what *response* brings; *held* are the validators that were sent, None when none were."""
        began = monotonic()
        now, headers = self._clock(), _joined(response.headers)
        got = responses.validators(response.raw_headers)
        body: bytes | None = None
        if response.status == 200:
            body = await self._body(response)
        elif response.status != 304:
            error = responses.failure(response.status, headers, await self._error_page(response), now)
            self._let_rest(way.url, response.status, error)
            raise error
        elif held is None:
            raise FeedError(FeedState.SERVER_ERROR, "the server answered 304 although we hold nothing of it")
        else:
            got = responses.merged_validators(held, got)
        return FetchResult(
            body=body,
            content_type=headers.get("Content-Type", ""),
            validators=got,
            url=str(response.url),
            moved_to=way.moved_to,
            moved_safely=way.safe,
            retry_after_s=retry_after_s(headers.get("Retry-After", ""), now),
            fresh_s=fresh_for_s(headers, now),
            elapsed_s=elapsed_s + monotonic() - began,
            opt_out=opt_out_reason(response.headers.items()),
        )

    def _let_rest(self, url: URL, status: int, error: FeedError) -> None:
        """Leave the whole host alone when it says so: its limits count all that we ask of it."""
        rest_s = error.retry_after_s
        if status == 429 and rest_s is None:
            rest_s = DEFAULT_RETRY_AFTER_S
        if status in (429, 503) and rest_s:
            self._hosts.limit(host_of(url), self._clock() + timedelta(seconds=rest_s))

    @asynccontextmanager
    async def _turn(self, url: URL, page: _Page | None, asked_s: float) -> AsyncIterator[None]:
        """Wait for our turn at the host of *url*, and then for a slot; *asked_s* is the pause its site asks for."""
        pause_s = 0.0 if self._is_allowed(url.host_subcomponent or "") else self._settings.pause_s
        slots = self._page_slots if page else self._slots
        async with self._hosts.slot(host_of(url), pause_s=max(pause_s, asked_s)), slots:
            yield

    async def _request(self, url: URL, headers: CIMultiDict[str]) -> aiohttp.ClientResponse:
        if self._session is None:
            raise RuntimeError("the fetcher is not open: use it in an async with")
        with self._dialler.watched(url):
            return await self._session.get(url, headers=headers, allow_redirects=False, proxy=self._dialler.proxy)

    def _headers(self, secret_of: Feed | None, conditions: dict[str, str]) -> CIMultiDict[str]:
        """Return the request's headers; Accept-Encoding is the client's own: what it can decode."""
        headers = CIMultiDict({"User-Agent": self._settings.user_agent, "Accept": _ACCEPT})
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
            if size > self._settings.max_body:
                response.close()
                raise FeedError(
                    FeedState.TOO_LARGE,
                    f"the answer is larger than {self._settings.max_body:,} bytes",
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


@dataclass(frozen=True, slots=True)
class _Page:
    """A page that is asked for, and who knows whether it may be."""

    permission: RequestPermission | None

    async def pause_s(self, url: URL) -> float:
        return await self.permission(str(url)) if self.permission else 0.0


def _joined(headers: CIMultiDictProxy[str]) -> Mapping[str, str]:
    """Return *headers* with the lines of Cache-Control as one: any of them may hold the max-age."""
    control = ", ".join(headers.getall("Cache-Control", ()))
    joined = CIMultiDict(headers)
    if control:
        joined["Cache-Control"] = control
    return joined
