"""The configured feeds as OPML 2.0, which feed readers import.

The folder of a feed is its first tag, and ``category`` lists all of them. Attributes of a namespace of our own hold
what OPML has no name for: the key of the feed, and how the entries of a web page are found.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from monitor.alerts.content.neutralise import printable
from monitor.model import Feed

NAMESPACE = "urn:crypto-news-monitor:opml"
SELECTORS = ("entry", "title", "link", "date", "summary")
TITLE = "Feeds of the crypto-news monitor"


@dataclass(frozen=True, slots=True)
class OpmlExport:
    """The document, and what of the feeds it does not contain."""

    text: str
    omissions: tuple[str, ...]  # one line each


def feeds_as_opml(feeds: Iterable[Feed], hide: Callable[[Any], Any], now: datetime) -> OpmlExport:
    """Return *feeds* as OPML, in their order; a feed whose address contains a secret is left out.

    Args:
        feeds: The feeds.
        hide: Removes the secrets of the configuration from a text.
        now: The time of the document.
    """
    ET.register_namespace("monitor", NAMESPACE)
    root = ET.Element("opml", {"version": "2.0"})
    head, body = ET.SubElement(root, "head"), ET.SubElement(root, "body")
    ET.SubElement(head, "title").text = TITLE
    ET.SubElement(head, "dateCreated").text = format_datetime(now)
    folders: dict[str, ET.Element] = {}
    omissions = []
    for feed in feeds:
        if hide(feed.url) != feed.url:
            omissions.append(f'feed "{feed.key}" is left out: its address contains a secret')
            continue
        if feed.auth or feed.headers:
            what = " and ".join(word for word, given in (("login", feed.auth), ("headers", feed.headers)) if given)
            omissions.append(f'feed "{feed.key}": its {what} {"are" if feed.headers else "is"} not exported')
        tags = sorted(map(printable, feed.tags))
        parent = body
        if tags:
            if tags[0] not in folders:
                folders[tags[0]] = ET.SubElement(body, "outline", {"text": tags[0], "title": tags[0]})
            parent = folders[tags[0]]
        ET.SubElement(parent, "outline", _attributes(feed, tags))
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return OpmlExport(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', tuple(omissions))


def _attributes(feed: Feed, tags: list[str]) -> dict[str, str]:
    title = printable(feed.outlet) or feed.key
    found = {
        "type": _type(feed),
        "text": title,
        "title": title,
        "xmlUrl": printable(feed.url),
        f"{{{NAMESPACE}}}key": feed.key,
    }
    if tags:
        found["category"] = ",".join(f"/{tag.replace('/', '-').replace(',', ' ')}" for tag in tags)
    if feed.language:
        found["language"] = printable(feed.language)
    if feed.page:
        given = {name: getattr(feed.page, name) for name in SELECTORS}
        found |= {f"{{{NAMESPACE}}}page-{name}": printable(value) for name, value in given.items() if value}
    return found


def _type(feed: Feed) -> str:
    """Return the type of an outline: ``rss`` for every format of feed, else what only the monitor reads."""
    if feed.page:
        return "page"
    name = urlsplit(feed.url).path.rpartition("/")[2].lower()
    return "sitemap" if "sitemap" in name else "rss"
