"""The connections of the HTTP client: to the addresses that are allowed, or to a proxy and nothing else."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import aiohttp
import aiohttp_socks
from python_socks import ProxyType
from yarl import URL

from monitor.errors import FeedError, FeedState
from monitor.feeds.http.address_guard import Network, forbidden_kind, literal_address

CONNECT_S = 10.0  # for one address, so that there is time left for the host's next
_KEEPALIVE_S = 15.0  # idle TLS connections cost 100 KB each

_SOCKS = {"socks4": ProxyType.SOCKS4, "socks5": ProxyType.SOCKS5, "socks5h": ProxyType.SOCKS5}

# Addresses that were refused for the request at hand. The client tells of a failed connection in its own
# words; this is how the refusal gets past it.
_refused: ContextVar[list[str]] = ContextVar("_refused")


class Dialler:
    """Opens connections, to public addresses and those in *allowed*.

    With a *proxy* only that is dialled, wherever it is: which names may be reached is then for the proxy to say, and
    only hosts that are written as an address are still judged here.
    """

    def __init__(self, allowed: Sequence[Network], proxy: str = "") -> None:
        self._allowed = tuple(allowed)
        self._proxy = URL(proxy) if proxy else None

    @property
    def proxy(self) -> URL | None:
        """Return the proxy that is named with each request, None when there is none or it is not of that kind."""
        return None if self._proxy is None or self._proxy.scheme in _SOCKS else self._proxy

    def connector(self) -> aiohttp.BaseConnector:
        """Return what the client gets its connections from; how many there are is bounded elsewhere."""
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
            rdns=self._proxy.scheme == "socks5h",  # the h: hosts are named to the proxy, as curl has it
            limit=0,
            keepalive_timeout=_KEEPALIVE_S,
        )

    @contextmanager
    def watched(self, url: URL) -> Iterator[None]:
        """Raise PRIVATE_ADDRESS when the block, which asks *url*, fails for an address that is not allowed."""
        if self._proxy is not None and (written := literal_address(url.host or "")):
            self._judge(written)
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
        """Return a socket for *address*, unless it is not allowed.

        The client asks for a socket for each address it dials, whether a name, a number or a redirect led
        there: what is judged here is what is connected to.
        """
        family, kind, protocol, _, where = address
        try:
            self._judge(str(where[0]))
        except FeedError as refusal:
            _refused.get().append(refusal.cause)
            raise OSError(refusal.cause) from refusal
        return socket.socket(family, kind, protocol)

    def _judge(self, host: str) -> None:
        sort = forbidden_kind(host, self._allowed)
        if sort is not None:
            raise _refusal(f"{host} is a {sort} address")


def _refusal(cause: str) -> FeedError:
    remedy = 'if it is meant, add its network to "allow_private" in [http]'
    return FeedError(FeedState.PRIVATE_ADDRESS, cause, remedy)
