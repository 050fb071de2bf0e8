"""Export the configured feeds as OPML 2.0, which feed readers can import.

The first tag of a feed becomes its folder, and ``category`` lists all tags. OPML has no attribute for the key of a feed
or for the CSS selectors of a web page, and no way to write a tag with a slash or a comma. So these are attributes in
the monitor's own XML namespace.
"""

from __future__ import annotations

import json
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
    """The OPML document, and what was left out of it."""

    text: str
    omissions: tuple[str, ...]  # one line each


def feeds_as_opml(feeds: Iterable[Feed], hide: Callable[[Any], Any], now: datetime) -> OpmlExport:
    """Return *feeds* as an OPML document; feeds whose address contains a secret are left out.

    Args:
        feeds: The configured feeds, in the order of the document.
        hide: A function that masks the secrets of the configuration in a text.
        now: The current time, which the document states as its date.
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
        if any("/" in tag or "," in tag for tag in tags):  # which separate categories in OPML
            found[f"{{{NAMESPACE}}}tags"] = json.dumps(tags, ensure_ascii=False)
    if feed.language:
        found["language"] = printable(feed.language)
    if feed.page:
        given = {name: getattr(feed.page, name) for name in SELECTORS}
        found |= {f"{{{NAMESPACE}}}page-{name}": printable(value) for name, value in given.items() if value}
    return found


def _type(feed: Feed) -> str:
    """Return the ``type`` of the feed's outline: ``rss`` for any feed format, else ``page`` or ``sitemap``."""
    if feed.page:
        return "page"
    name = urlsplit(feed.url).path.rpartition("/")[2].lower()
    return "sitemap" if "sitemap" in name else "rss"
