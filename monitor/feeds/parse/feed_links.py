"""Find the feeds that a web page names. This runs in a worker process, because the input is untrusted."""

from __future__ import annotations

import re

from lxml import etree

from monitor.feeds.text.links import web_address

MAX_FEEDS = 12  # feeds returned for one page
_MAX_BYTES = 512 * 1024  # bytes of a page that are read
_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
# common endings of the addresses of feeds
_FEED_ADDRESS = re.compile(r"(?:/|^)(?:feeds?|rss|atom|index)?(?:\.(?:xml|rss|atom|rdf))?/?\Z", re.IGNORECASE)


def feed_links(body: bytes, url: str) -> tuple[str, ...]:
    """Return the addresses of the feeds that the web page in *body* names, at most MAX_FEEDS.

    These are the feeds in ``link`` elements; if there are none, links whose address looks like that of a feed, such as
    ``/feed/`` or ``rss.xml``.

    Args:
        body: The page.
        url: The URL of the page, to resolve relative addresses.
    """
    page = (
        etree.fromstring(body[:_MAX_BYTES], etree.HTMLParser(no_network=True, huge_tree=False))
        if body.strip()
        else None
    )
    if page is None:
        return ()
    bases = [web_address(str(base.get("href", "")), url) for base in page.iter("base")]
    base = next(filter(None, bases), url)
    named = [link.get("href", "") for link in page.iter("link") if _names_feed(link)]
    linked = [str(a.get("href", "")) for a in page.iter("a")]
    addresses = (web_address(str(href), base) for href in named or filter(_is_common, linked))
    return tuple(dict.fromkeys(filter(None, addresses)))[:MAX_FEEDS]


def _names_feed(link: etree._Element) -> bool:
    kinds = str(link.get("rel", "")).lower().split()
    return "alternate" in kinds and str(link.get("type", "")).partition(";")[0].strip().lower() in _TYPES


def _is_common(href: str) -> bool:
    path = href.partition("?")[0].partition("#")[0]
    return path.strip("/") != "" and bool(_FEED_ADDRESS.search(path)) and not path.endswith(("/index", "//"))
