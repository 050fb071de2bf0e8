"""What the tests of this room share: a moment, networks, small documents of our own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from ipaddress import ip_network

from monitor.feeds.http.fetch import FetchResult
from monitor.model import Validators

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NOTHING = Validators()
LOOPBACK = (ip_network("127.0.0.0/8"),)
LOOPBACK_OF_SERVER = (ip_network("127.0.31.0/24"),)

Fetch = Callable[..., Awaitable[FetchResult]]


def rss(*items: str, head: str = "<title>Harbour Wire</title><link>https://harbour.example/</link>") -> bytes:
    """Return an RSS 2.0 document with the items, each given as what stands in it."""
    body = "".join(f"<item>{item}</item>" for item in items)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel>{head}{body}</channel></rss>"
    ).encode()


def atom(*entries: str, attributes: str = "") -> bytes:
    """Return an Atom document with the entries, each given as what stands in it."""
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    opening = f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>'
    return f"{opening}<title>Harbour Wire</title>{body}</feed>".encode()


ONE_ITEM = rss("<guid isPermaLink='false'>1</guid><title>Bridge drained of funds</title>")
