"""From the bytes that a server sent to the entries in them. For a worker process: the input is hostile."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import struct_time
from typing import Any

import feedparser

from monitor.errors import FeedError, FeedState
from monitor.feeds.parse.dates import plausible
from monitor.feeds.parse.fingerprint import Unchanged, parsed_hashes, strip_known_items
from monitor.feeds.parse.identity import MAX_ENTRIES
from monitor.feeds.parse.json_feed import read_json
from monitor.feeds.parse.links import web_address
from monitor.feeds.parse.plain_text import clean_text
from monitor.feeds.parse.update_hints import read_update_hints
from monitor.model import ParsedEntry, ParsedFeed, Text

MAX_ATTRIBUTES = 500  # of one tag; feedparser's time is quadratic in them

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html)\b", re.I | re.S)
_LONG_TAG = re.compile(rb"<[^<>]{4096,}")
_LOOK = "look for the address of the site's feed"
_HEAD = 64 * 1024  # bytes of a web page that are read: parsing 5 MB of HTML takes longer than a feed may
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")


def parse_feed(body: bytes, content_type: str, url: str, known: Collection[bytes] = ()) -> ParsedFeed:
    """Return the feed in *body*: RSS 0.9x to 2.0, RDF, Atom, CDF or JSON Feed, cleaned.

    Takes what is there, well-formed or not; MAX_ENTRIES entries at most. ``content`` of an entry is the full
    text where the document gives one besides the summary, else empty. Items that are known are taken out before
    feedparser, the slow part, sees the document, where it is well-formed.

    Args:
        body: Decompressed, in the encoding it came in.
        content_type: The header as it came: its charset counts (RFC 7303).
        url: Of the last hop; what relative links are resolved against when the document names no address.
        known: ``raw_hash`` of entries that are not wanted again.

    Raises:
        FeedError: There is no feed in it (NOT_A_FEED), or one without entries (EMPTY), or it breaks the
            parser (UNREADABLE).
    """
    if not body.strip():
        raise FeedError(FeedState.EMPTY, "the server sent nothing")
    body = body.lstrip() if body.lstrip().startswith(b"<") else body  # or no declaration may follow
    wanted = frozenset(known)
    feed = read_json(body, url, MAX_ENTRIES, wanted) or _read_xml(body, content_type, url, wanted)
    if not feed.entries and not feed.unchanged:
        raise FeedError(FeedState.EMPTY, "a feed without entries")
    return feed


def _read_xml(body: bytes, content_type: str, url: str, known: frozenset[bytes]) -> ParsedFeed:
    if _HTML.match(body):
        _refuse_page(_feedparser(body[:_HEAD], content_type), url)
    _refuse_long_tags(body)
    document, hashes, unchanged = _documented(body, content_type, known)
    about, found = document["feed"], document["entries"]
    if not (found or unchanged or document.get("version") or about.get("title")):
        raise FeedError(FeedState.NOT_A_FEED, "the address gives no feed", _LOOK)
    base = web_address(str(about.get("link", "")), url) or url
    return ParsedFeed(
        title=clean_text(str(about.get("title", ""))),
        language=str(about.get("language", "")).strip().lower().replace("_", "-"),
        format=str(document.get("version", "")),
        entries=tuple(
            _entry(entry, raw_hash, base)
            for entry, raw_hash in zip(found[:MAX_ENTRIES], hashes[:MAX_ENTRIES], strict=True)
        ),
        update_hints=read_update_hints(body, about),
        unchanged=unchanged,
    )


def _documented(body: bytes, content_type: str, known: frozenset[bytes]) -> tuple[Any, Sequence[bytes], Unchanged]:
    """Return what feedparser finds, a hash for each of its entries, and those of the known ones left out."""
    lean = strip_known_items(body, content_type, known, MAX_ENTRIES)
    if lean is not None:
        document = _feedparser(lean.body, lean.content_type)
        if len(document["entries"]) == len(lean.hashes):
            return document, lean.hashes, lean.unchanged
    if lean is None or lean.body is not body:
        document = _feedparser(body, content_type)
    return document, parsed_hashes(document["entries"]), ()


def _refuse_long_tags(body: bytes) -> None:
    for tag in _LONG_TAG.finditer(body):
        if tag[0].count(b"=") > MAX_ATTRIBUTES:
            cause = f"a tag in it has more than {MAX_ATTRIBUTES} attributes"
            raise FeedError(FeedState.UNREADABLE, cause, "the site must mend it")


def _feedparser(body: bytes, content_type: str) -> Any:
    """Return what feedparser makes of *body*, without its costly passes over HTML."""
    try:
        return feedparser.parse(
            io.BytesIO(body),  # bytes would be opened as a file when they are the name of one
            response_headers={"content-type": content_type} if content_type else {},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # hostile input raises anything: UnicodeError, ValueError, RecursionError
        cause = f"the parser gave up: {type(error).__name__}: {error}"[:200]
        raise FeedError(FeedState.UNREADABLE, cause) from error


def _refuse_page(start: Any, url: str) -> None:
    """Raise NOT_A_FEED for a web page, with the feed that its head names; not when there are entries in it."""
    if start["entries"]:
        return
    named = (
        web_address(link.get("href", ""), url)
        for link in start["feed"].get("links", ())
        if link.get("type") in _FEED_TYPES
    )
    feed = next(filter(None, named), "")
    remedy = f"use the feed that the page names: {feed}" if feed else _LOOK
    raise FeedError(FeedState.NOT_A_FEED, "the address gives a web page, not a feed", remedy)


def _entry(entry: dict[str, Any], raw_hash: bytes, base: str) -> ParsedEntry:
    return ParsedEntry(
        id=_identifier(entry),
        link=_link(entry, base),
        text=_text(entry),
        author=clean_text(str(entry.get("author", ""))),
        # dict's own: feedparser's gives the other date for one that is missing
        published_at=_moment(dict.get(entry, "published_parsed")),
        updated_at=_moment(dict.get(entry, "updated_parsed")),
        raw_hash=raw_hash,
    )


def _identifier(entry: Mapping[str, Any]) -> str:
    return str(entry.get("id", "")).strip().encode("utf-8", "replace").decode()


def _link(entry: Mapping[str, Any], base: str) -> str:
    written = str(entry.get("link", "")).strip()
    # RSS takes every guid for a link unless it says otherwise, and most that are none do not
    if entry.get("guidislink") and written == entry.get("id") and "://" not in written:
        return ""
    return web_address(written, base)


def _text(entry: Mapping[str, Any]) -> Text:
    summary = clean_text(str(entry.get("summary", "")))
    parts = (clean_text(str(part.get("value", ""))) for part in entry.get("content", ()))
    # feedparser gives the content as summary too when the document has no summary
    content = " ".join(dict.fromkeys(part for part in parts if part and part != summary))
    return Text(clean_text(str(entry.get("title", ""))), summary, content)


def _moment(parsed: struct_time | None) -> datetime | None:
    """Return a date of feedparser's; None when it is none, or cannot be believed."""
    if parsed is None:
        return None
    try:
        moment = _EPOCH + timedelta(seconds=calendar.timegm(parsed))
    except (ValueError, OverflowError):
        return None
    return plausible(moment)
