"""Where a redirect leads, and what may be taken along."""

from __future__ import annotations

from yarl import URL

from monitor.errors import FeedError, FeedState

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})

_UNUSABLE = "use the address at which the feed really is"


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


def may_carry(source: URL, target: URL) -> bool:
    """Whether login and headers that were meant for *source* may go to *target* too.

    They may to the same host, scheme and port, and from http to https on the default ports: never to another
    host, never from https to http.
    """
    if (source.scheme, source.host, source.port) == (target.scheme, target.host, target.port):
        return True
    upgraded = source.scheme == "http" and target.scheme == "https"
    return upgraded and source.host == target.host and source.is_default_port() and target.is_default_port()
