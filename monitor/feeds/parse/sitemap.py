"""Read sitemaps (sitemaps.org/protocol.html) and news sitemaps as feeds, for sites that have no feed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from datetime import datetime
from urllib.parse import unquote, urlsplit

from lxml import etree

from monitor.errors import FeedError, FeedState
from monitor.feeds.parse.fingerprint import split_known
from monitor.feeds.parse.xml_items import newest, parse_xml
from monitor.feeds.text.dates import parse_date
from monitor.feeds.text.links import web_address
from monitor.feeds.text.plain_text import clean_text
from monitor.feeds.text.repair import repair_references
from monitor.model import ParsedEntry, ParsedFeed, Text

MAX_PARTS = 3  # sitemaps of a sitemap index that are read; the newest
_END = re.compile(rb"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>")
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|shtml)\Z", re.IGNORECASE)
_ID = re.compile(r"[-_](?:[0-9a-f]{8,}|\d{4,})\Z", re.IGNORECASE)  # at the end of a slug


def sitemap_root(body: bytes) -> tuple[etree._Element, bool] | None:
    """Return the root element of a sitemap or a sitemap index, and whether the document is cut off.

    None if it is neither. A document that is not well-formed is read as far as possible; of one that is cut off, the
    last entry is left out.

    Args:
        body: The document in UTF-8.
    """
    root, cut_off = parse_xml(body), False
    if root is None:
        body = repair_references(body)
        root = parse_xml(body)
    if root is None:
        root = parse_xml(body, recover=True)
        cut_off = root is not None and _END.search(body) is None
        if root is not None and cut_off and len(root):
            root.remove(root[-1])
    return None if root is None or _name(root) not in ("urlset", "sitemapindex") else (root, cut_off)


def read_sitemap(root: etree._Element, url: str, most: int, known: Collection[bytes] = ()) -> ParsedFeed:
    """Return the entries of a sitemap, or the addresses of the newest sitemaps in a sitemap index.

    An entry of a news sitemap has a title and a date. A plain sitemap has only the address and last change of each
    page: the title is then derived from the address, and pages without a date are left out. The articles themselves are
    read if ``full_text`` is set for the feed.

    Args:
        root: The root element of the document.
        url: The URL of the document, to resolve relative addresses.
        most: How many entries are read at most; the newest ones.
        known: The ``raw_hash`` of entries that need not be read again.

    Raises:
        FeedError: No entry has a date, or the index does not say when its parts changed.
    """
    if _name(root) == "sitemapindex":
        return ParsedFeed(title="", language="", format="sitemapindex", entries=(), parts=_newest_parts(root, url))
    listed = [_entry(element, url) for element in root if _name(element) == "url"]
    dated = [entry for entry in listed if entry is not None]
    if listed and not dated:
        cause = "the sitemap has neither news nor dates, so new pages cannot be distinguished from old ones"
        raise FeedError(FeedState.NOT_A_FEED, cause, "look for a news sitemap or a feed: monitor feeds --discover URL")
    left_out = max(0, len(dated) - most)
    if left_out:
        dates = [entry.published_at or entry.updated_at for entry in dated]
        dated = [dated[number] for number in newest(dates, most)]
    new, unchanged = split_known([entry.raw_hash for entry in dated], known)
    wanted = set(new)
    return ParsedFeed(
        title=next((name for element in root.iter() if (name := _publication(element))), ""),
        language=next((_own(element).lower() for element in root.iter() if _name(element) == "language"), ""),
        format="news sitemap" if any(map(_has_news, root)) else "sitemap",
        entries=tuple(entry for entry in dated if entry.raw_hash in wanted),
        unchanged=unchanged,
        left_out=left_out,
    )


def _newest_parts(root: etree._Element, url: str) -> tuple[str, ...]:
    parts: list[tuple[datetime, str]] = []
    for element in root:
        address, at = web_address(_text(element, "loc"), url), parse_date(_text(element, "lastmod"))
        if address and at:
            parts.append((at, address))
    if not parts:
        some = ", ".join(filter(None, (_text(element, "loc") for element in list(root)[:3])))
        cause = "the sitemap index does not say when its parts changed"
        raise FeedError(FeedState.NOT_A_FEED, cause, f"use the address of one of them, as {some}" if some else "")
    return tuple(address for _, address in sorted(parts, reverse=True)[:MAX_PARTS])


def _entry(element: etree._Element, url: str) -> ParsedEntry | None:
    link = web_address(_text(element, "loc"), url)
    news = next((child for child in element if _name(child) == "news"), None)
    changed_at = parse_date(_text(element, "lastmod"))
    if not link or (news is None and changed_at is None):
        return None
    title = clean_text(_text(news, "title")) if news is not None else ""
    published_at = parse_date(_text(news, "publication_date")) if news is not None else None
    summary = clean_text(_text(news, "keywords")) if news is not None else ""
    return ParsedEntry(
        id=link,
        link=link,
        text=Text(title or words_of_address(link), summary),
        author="",
        published_at=published_at,
        updated_at=changed_at,
        raw_hash=hashlib.sha256(etree.tostring(element, method="c14n", with_tail=False)).digest(),
    )


def words_of_address(link: str) -> str:
    """Return the words in the last part of a URL: "exchange robbed" for ``https://site/2026/exchange-robbed.html``."""
    path = unquote(urlsplit(link).path).rstrip("/")
    slug = _ID.sub("", _EXTENSION.sub("", path.rpartition("/")[2]))
    return " ".join(re.split(r"[-_+\s]+", slug)).strip()


def _publication(element: etree._Element) -> str:
    return _text(element, "name") if _name(element) == "publication" else ""


def _has_news(element: etree._Element) -> bool:
    return any(_name(child) == "news" for child in element)


def _text(element: etree._Element | None, name: str) -> str:
    """Return the text of the first child element called *name*; empty if there is none."""
    if element is None:
        return ""
    return next((_own(child) for child in element if _name(child) == name), "")


def _own(element: etree._Element) -> str:
    return " ".join((element.text or "").split())


def _name(element: etree._Element) -> str:
    # after the colon, if the prefix of the element is not declared
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""
