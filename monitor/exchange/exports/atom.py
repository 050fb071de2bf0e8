"""Export hits as an Atom feed (RFC 4287), for feed readers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import quoteattr

from monitor.alerts.content.neutralise import printable
from monitor.feeds.text.links import safe_url

TITLE = "Hits of the crypto-news monitor"
SUMMARY = 500  # characters of the content, where an entry has no summary
_NAMESPACE = uuid5(NAMESPACE_URL, "crypto-news-monitor/hits.atom")


def atom_feed(rows: Iterable[Mapping[str, Any]], base_url: str, updated: str) -> Iterator[str]:
    """Yield the Atom feed of the given hits as text, one entry at a time.

    Args:
        rows: Hits with their texts, the newest first, as ``list_hits`` returns them.
        base_url: The address of the web page, without a slash at the end. If it is empty, entries link only to the
            article, and their ids are URNs.
        updated: The time of the feed in ISO 8601, used if there is no hit.
    """
    found = iter(rows)
    first = next(found, None)
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield _text("id", f"{base_url}/hits.atom" if base_url else _NAMESPACE.urn)
    yield _text("title", TITLE)
    yield _text("updated", first["seen_at"] if first else updated)
    if base_url:
        yield f'<link rel="self" href={quoteattr(f"{base_url}/hits.atom")} />\n'
    for row in chain([first] if first else [], found):
        yield _entry(row, base_url)
    yield "</feed>\n"


def _entry(row: Mapping[str, Any], base_url: str) -> str:
    entry = ET.Element("entry")
    page = f"{base_url}/hits/{row['id']}" if base_url else ""
    article = safe_url(row["link"])
    _add(entry, "id", page or uuid5(_NAMESPACE, f"{row['id']} {row['seen_at']}").urn)
    _add(entry, "title", f"[{row['severity'].upper()}] {row['title']}")
    _add(entry, "updated", row["seen_at"])
    if row["published_at"]:
        _add(entry, "published", row["published_at"])
    if page or article:
        _add(entry, "link", rel="alternate", href=page or article)
    if page and article:
        _add(entry, "link", rel="related", href=article)
    _add(ET.SubElement(entry, "author"), "name", row["outlet"] or row["feed"])
    for actor in row["actors"]:
        _add(entry, "category", term=actor)
    # an entry without a link to its article must have content (RFC 4287 section 4.1.2)
    _add(entry, "summary" if page or article else "content", row["summary"] or row["content"][:SUMMARY])
    return ET.tostring(entry, encoding="unicode") + "\n"


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> None:
    child = ET.SubElement(parent, name, {key: printable(value) for key, value in attributes.items()})
    child.text = printable(text) or None


def _text(name: str, text: str) -> str:
    element = ET.Element(name)
    element.text = text
    return ET.tostring(element, encoding="unicode") + "\n"
