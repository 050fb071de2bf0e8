"""Parse the body of a response into entries. This runs in a worker process, because the input is untrusted."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import feedparser
from lxml import etree

from monitor.errors import FeedError, FeedState
from monitor.feeds.parse.feed_elements import read_elements
from monitor.feeds.parse.fingerprint import Unchanged, parsed_hashes
from monitor.feeds.parse.identity import MAX_ENTRIES
from monitor.feeds.parse.json_feed import read_json
from monitor.feeds.parse.raw_feed import RawEntry, RawFeed, raw_entry, raw_feed
from monitor.feeds.parse.sitemap import read_sitemap, sitemap_root
from monitor.feeds.parse.update_hints import read_update_hints
from monitor.feeds.parse.xml_items import (
    atom_link,
    combine_texts,
    defines_entities,
    has_dc_date,
    item_texts,
    needed_items,
    newest,
    parse_xml,
    plain_title,
    without_other_items,
)
from monitor.feeds.text.charsets import to_utf8
from monitor.feeds.text.dates import entry_date
from monitor.feeds.text.gzip_data import GZIP_START, unpacked_gzip
from monitor.feeds.text.links import web_address
from monitor.feeds.text.plain_text import clean_text
from monitor.feeds.text.repair import close_truncated, repair_references, replace_bad_characters
from monitor.model import PageSelectors, ParsedEntry, ParsedFeed, Text

MAX_ATTRIBUTES = 500  # attributes of one tag; the time of feedparser is quadratic in their number

_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html)\b", re.I | re.S)
_LONG_TAG = re.compile(rb"<[^<>]{4096,}")
_LOOK = "look for the address of the site's feed"
_HEAD = 64 * 1024  # bytes of a web page that are read, since parsing 5 MB of HTML exceeds the time limit
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b")
_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset=[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_META_REACH = 4096  # bytes of a page in which its charset declaration is searched
MAX_UNZIPPED = 10_000_000  # bytes
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")


def parse_feed(body: bytes, content_type: str, url: str, known: Collection[bytes] = ()) -> ParsedFeed:
    """Return the feed in *body*: RSS 0.9x to 2.0, RDF, Atom, CDF, JSON Feed or a sitemap, with cleaned texts.

    JSON feeds and sitemaps have their own readers. Most well-formed XML feeds are read by ``feed_elements``; unusual
    and malformed ones by feedparser, which is slower, as far as possible. If there are more than MAX_ENTRIES entries,
    only the newest are read.

    Args:
        body: The document, decompressed, in its own encoding.
        content_type: The Content-Type header; its charset is used (RFC 7303).
        url: The URL of the response, to resolve relative links if the document names no base.
        known: The ``raw_hash`` of entries that need not be parsed again.

    Raises:
        FeedError: The document is not a feed (NOT_A_FEED), is empty (EMPTY), or cannot be parsed (UNREADABLE).
    """
    body = unzipped(body)
    if not body.strip():
        raise FeedError(FeedState.EMPTY, "the response is empty")
    text = to_utf8(body, content_type).lstrip(b" \t\r\n\x00")
    wanted = frozenset(known)
    return read_json(text, url, MAX_ENTRIES, wanted) or _read_xml(replace_bad_characters(text), url, wanted)


def parse_page(
    body: bytes, content_type: str, url: str, selectors: PageSelectors, known: Collection[bytes] = ()
) -> ParsedFeed:
    """Return the entries of a web page that has no feed, found by CSS selectors; see ``web_page.read_page``.

    Args:
        body: The page, decompressed, in its own encoding.
        content_type: The Content-Type header; if it has no charset, the one declared in the page is used.
        url: The URL of the page, after redirects.
        selectors: Where the entries and their parts are in the page.
        known: The ``raw_hash`` of entries that need not be read again.

    Raises:
        FeedError: The page has no entries.
    """
    from monitor.feeds.parse.web_page import read_page

    declared = _META_CHARSET.search(body[:_META_REACH])
    if declared and "charset" not in content_type.lower():
        content_type = f"text/html; charset={declared[1].decode()}"
    return read_page(to_utf8(body, content_type), url, selectors, known=known)


def unzipped(body: bytes) -> bytes:
    """Return a gzip file (``sitemap.xml.gz``) decompressed; any other document is returned unchanged.

    Raises:
        FeedError: The file is damaged, or larger than MAX_UNZIPPED (TOO_LARGE).
    """
    if not body.startswith(GZIP_START):
        return body
    plain = unpacked_gzip(body, MAX_UNZIPPED + 1)
    if len(plain) > MAX_UNZIPPED:
        raise FeedError(FeedState.TOO_LARGE, f"the file has more than {MAX_UNZIPPED // 1_000_000} MB when unpacked")
    return plain


def _read_xml(body: bytes, url: str, known: frozenset[bytes]) -> ParsedFeed:
    if _HTML.match(body):
        _refuse_page(_feedparser(body[:_HEAD]), url)
    _refuse_long_tags(body)
    if _SITEMAP.search(body[:_HEAD]) and (repaired := sitemap_root(body)):
        root, cut_off = repaired
        return replace(read_sitemap(root, url, MAX_ENTRIES, known), cut_off=cut_off)
    source = _xml_source(body, known)
    entries, about, version = source.feed.entries, source.feed.about, source.feed.version
    language = about.get("language", "").strip().lower().replace("_", "-")
    if not (entries or source.unchanged or version):
        raise FeedError(FeedState.NOT_A_FEED, "the address does not return a feed", _LOOK)
    if source.cut_off and not (entries or source.unchanged):
        raise FeedError(FeedState.UNREADABLE, "the document is cut off within its first entry")
    base = web_address(about.get("link", ""), url) or url
    if version.startswith("atom"):
        base = url or base
    return ParsedFeed(
        title=clean_text(about.get("title", "")),
        language=language,
        format=version,
        entries=tuple(
            _entry(entry, item, raw_hash, _Context(base, language, version))
            for entry, item, raw_hash in zip(entries, source.items, source.hashes, strict=True)
        ),
        update_hints=read_update_hints(source.body, about),
        unchanged=source.unchanged,
        left_out=source.left_out,
        cut_off=source.cut_off,
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """A parsed document before its texts are cleaned, with the XML elements of its entries."""

    body: bytes
    feed: RawFeed
    items: Sequence[etree._Element | None]  # the XML element of each entry; None: the document is not well-formed
    hashes: Sequence[bytes]
    unchanged: Unchanged = ()
    left_out: int = 0
    cut_off: bool = False


@dataclass(frozen=True, slots=True)
class _Context:
    """What all entries of a document share: base URL, language and version."""

    base: str  # the URL against which relative links are resolved
    language: str
    version: str


def _xml_source(body: bytes, known: frozenset[bytes]) -> _Source:
    """Return an XML document and the entries in it that need to be read, after repairing the XML if necessary.

    Args:
        body: The document in UTF-8.
        known: The hashes of entries that need not be read again.
    """
    root, cut_off = parse_xml(body), False
    if root is None:
        body = repair_references(body)
        root = parse_xml(body)
    if root is None and (completed := close_truncated(body)) is not None:
        body, cut_off = completed, True
        root = parse_xml(body)
    if root is not None and not defines_entities(root):
        source = _from_elements(body, root, known)
        if source is not None:
            return replace(source, cut_off=cut_off)
    document = _feedparser(body)
    entries, left_out = document["entries"], 0
    if len(entries) > MAX_ENTRIES:
        kept = newest([_dates(raw_entry(entry), "")[0] for entry in entries], MAX_ENTRIES)
        entries, left_out = [entries[n] for n in kept], len(entries) - MAX_ENTRIES
    hashes = parsed_hashes(entries)
    return _Source(body, raw_feed(document, entries), [None] * len(entries), hashes, left_out=left_out, cut_off=cut_off)


def _from_elements(body: bytes, root: etree._Element, known: frozenset[bytes]) -> _Source | None:
    """Return a well-formed document without the entries that are known already.

    None if feedparser must read the document, because it finds other entries in it than the XML parser.
    """
    try:
        needed = needed_items(root, known, MAX_ENTRIES)
        feed = read_elements(root, needed.items)
        shorter = without_other_items(root, needed) if feed is None else None
    except (etree.LxmlError, ValueError):  # libxml2 cannot always write what it has read
        return None
    if feed is None:
        document = _feedparser(shorter or body)
        entries = document["entries"]
        feed = raw_feed(document, entries)
        if len(entries) != len(needed.items):
            if shorter is not None or len(entries) > MAX_ENTRIES:
                return None
            return _Source(body, feed, [None] * len(entries), parsed_hashes(entries))
    return _Source(body, feed, needed.items, needed.hashes, needed.unchanged, needed.left_out)


def _refuse_long_tags(body: bytes) -> None:
    for tag in _LONG_TAG.finditer(body):
        if tag[0].count(b"=") > MAX_ATTRIBUTES:
            cause = f"a tag in the document has more than {MAX_ATTRIBUTES} attributes"
            raise FeedError(FeedState.UNREADABLE, cause, "the site must fix its feed")


def _feedparser(body: bytes) -> Any:
    """Return what feedparser finds in a UTF-8 document; its slow processing of HTML is switched off."""
    try:
        return feedparser.parse(
            io.BytesIO(body),  # not plain bytes, because feedparser would open a file of that name
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # hostile input causes any exception: UnicodeError, ValueError, RecursionError
        cause = f"the parser failed: {type(error).__name__}: {error}"[:200]
        raise FeedError(FeedState.UNREADABLE, cause) from error


def _refuse_page(start: Any, url: str) -> None:
    """Raise FeedError (NOT_A_FEED) for a web page, naming the feed that the page links to, if any.

    Nothing is raised if feedparser found entries in the page.

    Args:
        start: What feedparser found in the beginning of the page.
        url: The URL of the page.
    """
    if start["entries"]:
        return
    named = (
        web_address(link.get("href", ""), url)
        for link in start["feed"].get("links", ())
        if link.get("type") in _FEED_TYPES
    )
    feed = next(filter(None, named), "")
    remedy = f"use the feed that the page names: {feed}" if feed else _LOOK
    raise FeedError(FeedState.NOT_A_FEED, "the address returns a web page, not a feed", remedy)


def _entry(entry: RawEntry, item: etree._Element | None, raw_hash: bytes, context: _Context) -> ParsedEntry:
    published_at, updated_at = _dates(entry, context.language)
    if published_at is None and not context.version.startswith("atom") and (item is None or has_dc_date(item)):
        published_at = updated_at
    return ParsedEntry(
        id=entry.id.strip().encode("utf-8", "replace").decode(),
        link=_link(entry, item, context),
        text=_text(entry, item),
        author=clean_text(entry.author),
        published_at=published_at,
        updated_at=updated_at,
        raw_hash=raw_hash,
    )


def _dates(entry: RawEntry, language: str) -> tuple[datetime | None, datetime | None]:
    """Return when an entry was published and when it was updated; None for a date that is missing or unreadable."""
    published_at = entry_date(entry.published, entry.published_parsed, language)
    return published_at, entry_date(entry.updated, entry.updated_parsed, language)


def _link(entry: RawEntry, item: etree._Element | None, context: _Context) -> str:
    alternate = atom_link(item, context.language) if item is not None else None
    written = entry.link.strip() if alternate is None else alternate
    # in RSS a guid is a link unless isPermaLink is "false", but many feeds omit that for guids that are no links
    if entry.guid_is_link and written == entry.id and "://" not in written:
        return ""
    return web_address(written, context.base)


def _text(entry: RawEntry, item: etree._Element | None) -> Text:
    title = clean_text(entry.title)
    if item is None:
        return combine_texts(title, map(clean_text, entry.texts))
    plain = plain_title(item)
    return combine_texts(title if plain is None else plain, item_texts(item))
