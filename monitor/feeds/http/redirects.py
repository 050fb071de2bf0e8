"""Follow redirects, and decide whether the login and headers of a feed may be sent to the target."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Self

from yarl import URL

from monitor.errors import FeedError, FeedState
from monitor.feeds.http.responses import http_date

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})

_NOT_UTF8 = re.compile("[\udc80-\udcff]")  # bytes of a header that are not UTF-8
_MAX_COOKIES = 20
_MAX_COOKIE = 4096  # characters
_CACHED = 8192  # parsed URLs; parsing one takes a good part of the time of a poll without a new document
_UNUSABLE = "use the address to which the site redirects in a browser"


@dataclass(frozen=True, slots=True)
class RedirectChain:
    """The URL to request next, and what is known about the redirects that led to it."""

    url: URL
    secret: bool  # whether login and headers of the feed may be sent to ``url``
    permanent: bool = True  # whether every redirect so far was permanent
    safe: bool = True  # whether no redirect so far led from https to http
    length: int = 0  # the number of redirects so far

    @classmethod
    def start(cls, address: str, configured: str) -> Self:
        """Return a chain before the first redirect.

        Args:
            address: The URL that is requested first.
            configured: The URL of the feed in the configuration, for which its login and headers are meant.
        """
        first = parsed_url(address)
        return cls(first, secret=address == configured or may_send_credentials(parsed_url(configured), first))

    def follow(self, status: int, location: str) -> RedirectChain:
        """Return the chain extended by one more redirect.

        Args:
            status: The status code of the redirect.
            location: The Location header of the redirect; empty if there is none.

        Raises:
            FeedError: The redirect does not lead to a web address.
        """
        target = redirect_target(self.url, status, location)
        return RedirectChain(
            target,
            secret=self.secret and may_send_credentials(self.url, target),  # once dropped, never sent again
            permanent=self.permanent and status in PERMANENT,
            safe=self.safe and not (self.url.scheme == "https" and target.scheme == "http"),
            length=self.length + 1,
        )

    @property
    def moved_to(self) -> str:
        """Return the final URL if all redirects were permanent (301, 308); empty if not, or if there were none."""
        return str(self.url) if self.permanent and self.length else ""


@lru_cache(_CACHED)
def parsed_url(address: str) -> URL:
    """Return *address* as a URL.

    Raises:
        ValueError: *address* is not a URL.
    """
    try:
        return URL(address)
    except IndexError as error:  # of yarl 1.25, for a login without a host: "http://[::1]@"
        raise ValueError(f"Invalid URL: {address}") from error


class RedirectCookies:
    """The cookies of one fetch: some sites set a cookie with a redirect and expect it in the next request.

    A cookie is returned only to the host that set it.
    """

    def __init__(self, now: datetime) -> None:
        """Start without cookies; *now* is the current time, at which cookies may be expired."""
        self._now = now
        self._cookies: dict[str, dict[str, tuple[str, str]]] = {}

    def add(self, url: URL, lines: Iterable[str]) -> None:
        """Store the cookies that the response to *url* sets; *lines* are its Set-Cookie headers."""
        jar = self._cookies.setdefault(_origin(url), {})
        for line in lines:
            pair, *attributes = line.split(";")
            name, equals, value = pair.strip().partition("=")
            given = {key.strip().lower(): text.strip() for key, _, text in (part.partition("=") for part in attributes)}
            fits = equals and name and len(pair) <= _MAX_COOKIE and len(jar) < _MAX_COOKIES
            if not fits or ("secure" in given and url.scheme != "https") or not _is_own_domain(url, given):
                continue
            path = given.get("path", "")
            jar[name] = (value, path if path.startswith("/") else _default_path(url))
            if self._is_expired(given):
                del jar[name]

    def header(self, url: URL) -> str:
        """Return the Cookie header for a request to *url*; empty if there are no cookies for it."""
        jar = self._cookies.get(_origin(url), {})
        return "; ".join(f"{name}={value}" for name, (value, path) in jar.items() if _is_below(url.raw_path, path))

    def _is_expired(self, given: Mapping[str, str]) -> bool:
        """Return whether a cookie with these attributes is to be deleted (RFC 6265 section 5.2)."""
        age = given.get("max-age", "")
        if age.removeprefix("-").isdigit():
            return age.startswith("-") or not int(age[:9])
        expires = http_date(given.get("expires", ""))
        return expires is not None and expires <= self._now


def _is_own_domain(url: URL, given: Mapping[str, str]) -> bool:
    domain = given.get("domain", "").lower().removeprefix(".")
    host = (url.host or "").lower()
    return not domain or host == domain or host.endswith(f".{domain}")


def _default_path(url: URL) -> str:
    return url.raw_path.rpartition("/")[0] or "/"


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder if folder.endswith("/") else f"{folder}/")


def _origin(url: URL) -> str:
    return f"{url.raw_host}:{url.port}"


def redirect_target(current: URL, status: int, location: str) -> URL:
    """Return the absolute URL to which a redirect leads, without login and fragment.

    Args:
        current: The URL that was requested.
        status: The status code of the redirect, for the error message.
        location: The Location header of the redirect; empty if there is none.

    Raises:
        FeedError: The redirect names no URL, or one that is neither http nor https.
    """
    location = _NOT_UTF8.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", location)
    shown = location.encode("ascii", "backslashreplace").decode()[:200]
    if not location:
        raise FeedError(FeedState.SERVER_ERROR, f"the server answered {status} without a Location", _UNUSABLE)
    try:
        target = current.join(parsed_url(location))
        usable = target.scheme in ("http", "https") and bool(target.host)
    except ValueError:
        usable = False
    if not usable:
        cause = f'the server redirects to "{shown}", which is not a web address'
        raise FeedError(FeedState.NO_CONNECTION, cause, _UNUSABLE)
    return target.with_user(None).with_fragment(None)


def may_send_credentials(source: URL, target: URL) -> bool:
    """Return whether the login and headers for *source* may also be sent to *target*.

    They may if scheme, host and port are the same, or if only http changes to https (on the default ports). They are
    never sent to another host, or from https to http.
    """
    if (source.scheme, source.host, source.port) == (target.scheme, target.host, target.port):
        return True
    upgraded = source.scheme == "http" and target.scheme == "https"
    return upgraded and source.host == target.host and source.is_default_port() and target.is_default_port()


def is_same_host(one: URL, other: URL) -> bool:
    """Return whether two URLs have the same host and port; the default ports of http and https count as equal."""
    ports = one.port == other.port or (one.is_default_port() and other.is_default_port())
    return one.host == other.host and ports
