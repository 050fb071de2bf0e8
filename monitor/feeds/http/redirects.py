"""Where a redirect leads, and what may be taken along."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from yarl import URL

from monitor.errors import FeedError, FeedState

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})

_REMEMBERED = 8192  # addresses: to parse one is a good part of what a poll without news costs
_UNUSABLE = "use the address at which the feed really is"


@dataclass(frozen=True, slots=True)
class RedirectChain:
    """Where a request stands, and what may be said of the redirects that led there."""

    url: URL
    secret: bool  # login and headers of the feed may be sent there
    permanent: bool = True  # every redirect so far was
    safe: bool = True  # none so far led to a weaker scheme
    hops: int = 0

    @classmethod
    def begin(cls, address: str, meant_for: str) -> Self:
        """Return the way that begins at *address*, with the secrets that are meant for the address *meant_for*."""
        start = _parsed(address)
        return cls(start, secret=address == meant_for or may_send_credentials(URL(meant_for), start))

    def on(self, status: int, location: str) -> RedirectChain:
        """Return the way one hop further, by a redirect with *status* to *location*.

        Raises:
            FeedError: It leads to no web address.
        """
        target = next_hop(self.url, status, location)
        return RedirectChain(
            target,
            secret=self.secret and may_send_credentials(self.url, target),  # once left behind, never taken up again
            permanent=self.permanent and status in PERMANENT,
            safe=self.safe and not (self.url.scheme == "https" and target.scheme == "http"),
            hops=self.hops + 1,
        )

    @property
    def moved_to(self) -> str:
        """Return where permanent redirects, and only those, led; empty when there were none."""
        return str(self.url) if self.permanent and self.hops else ""


@lru_cache(_REMEMBERED)
def _parsed(address: str) -> URL:
    return URL(address)


def next_hop(current: URL, status: int, location: str) -> URL:
    """Return the address that a redirect from *current* names, without login and fragment.

    Raises:
        FeedError: It names none, or one that is neither http nor https.
    """
    shown = location.encode("ascii", "backslashreplace").decode()[:200]
    if not location:
        raise FeedError(FeedState.SERVER_ERROR, f"the server answered {status} without a Location", _UNUSABLE)
    try:
        target = current.join(URL(location))
        usable = target.scheme in ("http", "https") and bool(target.host)
    except ValueError:
        usable = False
    if not usable:
        cause = f'the server redirects to "{shown}", which is no web address'
        raise FeedError(FeedState.NO_CONNECTION, cause, _UNUSABLE)
    return target.with_user(None).with_fragment(None)


def may_send_credentials(source: URL, target: URL) -> bool:
    """Whether login and headers that were meant for *source* may go to *target* too.

    They may to the same host, scheme and port, and from http to https on the default ports: never to another
    host, never from https to http.
    """
    if (source.scheme, source.host, source.port) == (target.scheme, target.host, target.port):
        return True
    upgraded = source.scheme == "http" and target.scheme == "https"
    return upgraded and source.host == target.host and source.is_default_port() and target.is_default_port()


def is_same_host(one: URL, other: URL) -> bool:
    """Whether both addresses are of one host and port; the ports of http and https count as one."""
    ports = one.port == other.port or (one.is_default_port() and other.is_default_port())
    return one.host == other.host and ports
