"""Open the connections of the HTTP client: only to allowed addresses, or only to the proxy."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

import aiohttp
import aiohttp_socks
from python_socks import ProxyType
from yarl import URL

from monitor.errors import FeedError, FeedState
from monitor.feeds.http.address_guard import Network, forbidden_kind, literal_address
from monitor.feeds.http.lenient_protocol import LenientProtocol

CONNECT_S = 10.0  # time limit for connecting to one address, so that time is left for other addresses of the host
_KEEPALIVE_S = 15.0  # idle TLS connections cost 100 KB each

_SOCKS = {"socks4": ProxyType.SOCKS4, "socks5": ProxyType.SOCKS5, "socks5h": ProxyType.SOCKS5}

# why addresses were refused for the current request; needed because aiohttp replaces our exception by its own
_refused: ContextVar[list[str]] = ContextVar("_refused")


class Dialler:
    """Opens connections to public addresses and to the networks in *allowed*.

    If a *proxy* is given, the client connects only to the proxy, whatever its address. The proxy then decides which
    host names may be reached; only URLs with an IP address as host are still checked here.
    """

    def __init__(self, allowed: Sequence[Network], proxy: str = "") -> None:
        self._allowed = tuple(allowed)
        self._proxy = URL(proxy) if proxy else None

    @property
    def proxy(self) -> URL | None:
        """Return the URL of the HTTP proxy to pass with each request; None without a proxy or for a SOCKS proxy."""
        return None if self._proxy is None or self._proxy.scheme in _SOCKS else self._proxy

    def connector(self) -> aiohttp.BaseConnector:
        """Return a new connector for the HTTP client; it does not limit the number of connections, ``Fetcher`` does."""
        connector = self._connector()
        # aiohttp has no public way to replace its protocol class
        connector._factory = partial(LenientProtocol, loop=asyncio.get_running_loop())  # type: ignore[assignment]  # noqa: SLF001
        return connector

    def _connector(self) -> aiohttp.BaseConnector:
        if self._proxy is None:
            return aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEPALIVE_S, socket_factory=self._dial)
        if self._proxy.scheme not in _SOCKS:
            return aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEPALIVE_S)
        return aiohttp_socks.ProxyConnector(
            self._proxy.host or "",
            self._proxy.port or 0,
            _SOCKS[self._proxy.scheme],
            self._proxy.user,
            self._proxy.password,
            rdns=self._proxy.scheme == "socks5h",  # h: the proxy resolves host names, as in curl
            limit=0,
            keepalive_timeout=_KEEPALIVE_S,
        )

    @contextmanager
    def refusals_reported(self, url: URL) -> Iterator[None]:
        """Raise a FeedError (PRIVATE_ADDRESS) if the block fails because *url* leads to a forbidden address."""
        if self._proxy is not None and (literal := literal_address(url.host or "")):
            self._check(literal)
        refused: list[str] = []
        token = _refused.set(refused)
        try:
            yield
        except aiohttp.ClientConnectorError as error:
            if refused:
                raise _refusal(refused[0]) from error
            raise
        finally:
            _refused.reset(token)

    def _dial(self, address: aiohttp.AddrInfoType) -> socket.socket:
        """Return a new socket for *address*; raise OSError if it is not allowed.

        aiohttp calls this for each address to which it connects, whether it comes from a host name, a number or a
        redirect. So the address that is checked is always the address that is connected to.
        """
        family, kind, protocol, _, where = address
        try:
            self._check(str(where[0]))
        except FeedError as refusal:
            _refused.get().append(refusal.cause)
            raise OSError(refusal.cause) from refusal
        return socket.socket(family, kind, protocol)

    def _check(self, host: str) -> None:
        kind = forbidden_kind(host, self._allowed)
        if kind is not None:
            raise _refusal(f"{host} is a {kind} address")


def _refusal(cause: str) -> FeedError:
    remedy = 'if this is intended, add its network to "allow_private" in [http]'
    return FeedError(FeedState.PRIVATE_ADDRESS, cause, remedy)
