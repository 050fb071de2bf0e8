"""Read JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), which feedparser does not support."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from monitor.errors import FeedError, FeedState
from monitor.feeds.parse.fingerprint import split_known
from monitor.feeds.parse.xml_items import combine_texts, newest
from monitor.feeds.text.dates import parse_date
from monitor.feeds.text.links import web_address
from monitor.feeds.text.plain_text import clean_text, literal_text
from monitor.model import ParsedEntry, ParsedFeed

_VERSION = "jsonfeed.org/version/"  # with http:// and www., too
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_END_TAG = re.compile(r"</[a-z][a-z0-9]{0,9}\s*>|<br\s*/?>|<[a-z]{1,9}\s*/>|<img\s", re.IGNORECASE)
_ITEM = re.compile(r"\s*,?\s*\{")


def read_json(body: bytes, url: str, most: int, known: Collection[bytes] = ()) -> ParsedFeed | None:
    """Return the JSON Feed in *body*; None if it is not JSON.

    A member of the wrong type is ignored, an item that is not an object is left out, and a number is accepted as an id.

    Args:
        body: The document.
        url: The URL of the document, to resolve relative links if the feed names no home page.
        most: How many items are read at most; the newest ones by date.
        known: The hashes of items that need not be read again.

    Raises:
        FeedError: The document is JSON, but not a JSON Feed.
    """
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    document, cut_off = _loaded(body.decode("utf-8-sig", "replace"))
    if document is None:
        return None
    version = _text(document, "version")
    if _VERSION not in version and (version or not _looks_like_feed(document)):
        cause = "the address returns JSON that is not a JSON Feed"
        raise FeedError(FeedState.NOT_A_FEED, cause, "look for the address of the feed")
    base = web_address(_text(document, "home_page_url"), url) or url
    items = [item for item in _list(document, "items") if isinstance(item, Mapping)]
    left_out = max(0, len(items) - most)
    if left_out:
        dates = [parse_date(_text(item, "date_published") or _text(item, "date_modified")) for item in items]
        items = [items[number] for number in newest(dates, most)]
    hashed = [(item, hashlib.sha256(json.dumps(item, sort_keys=True).encode()).digest()) for item in items]
    if cut_off and not items:
        raise FeedError(FeedState.UNREADABLE, "the document is cut off within its first entry")
    return ParsedFeed(
        title=clean_text(_text(document, "title")),
        language=_storable(_text(document, "language").lower()),
        format=_storable(_format(version)),
        entries=tuple(_entry(item, raw_hash, base) for item, raw_hash in hashed if raw_hash not in known),
        unchanged=split_known((raw_hash for _, raw_hash in hashed), known)[1],
        left_out=left_out,
        cut_off=cut_off,
    )


def _format(version: str) -> str:
    return "json" + (version.partition(_VERSION)[2] or "1.1").strip("/").replace(".", "").ljust(2, "0")


def _looks_like_feed(document: Mapping[str, Any]) -> bool:
    """Return whether a JSON object without a version is a feed nevertheless.

    It must have a title, and items that all have a link or an id.
    """
    items = _list(document, "items")
    return bool(_text(document, "title") and items) and all(
        isinstance(item, Mapping) and (item.get("url") or item.get("id")) for item in items
    )


def _loaded(text: str) -> tuple[dict[str, Any] | None, bool]:
    """Return the JSON object in *text*, and whether it was cut off; its incomplete last item is then left out."""
    try:
        document = json.loads(text, strict=False)  # because some feeds have control characters in their texts
    except RecursionError:
        return None, False
    except ValueError:
        items = _ITEMS.search(text)
        if items is None:
            return None, False
        end = _end_of_items(text, items.end())
        try:
            document = json.loads(f"{text[:end]}]}}", strict=False)
        except (ValueError, RecursionError):
            return None, False
        return (document, True) if isinstance(document, dict) else (None, False)
    return (document, False) if isinstance(document, dict) else (None, False)


def _end_of_items(text: str, start: int) -> int:
    """Return the end of the last complete item in a list of items that was cut off.

    Args:
        text: The document.
        start: Where the list starts, after its opening bracket.
    """
    decoder, end = json.JSONDecoder(strict=False), start
    while item := _ITEM.match(text, start):
        try:
            _, start = decoder.raw_decode(text, item.end() - 1)
        except (ValueError, RecursionError):
            break
        end = start
    return end


def _entry(item: Mapping[str, Any], raw_hash: bytes, base: str) -> ParsedEntry:
    texts = (_text(item, "summary"), _text(item, "content_html"), _text(item, "content_text"))
    cleaned = (_plain(texts[0]), clean_text(texts[1]), _plain(texts[2]))
    identifier = item.get("id")
    return ParsedEntry(
        id=_storable(str(identifier)) if isinstance(identifier, (str, int, float)) else "",
        link=web_address(_text(item, "url") or _text(item, "external_url"), base),
        text=combine_texts(_title(_text(item, "title")), cleaned),
        author=", ".join(_authors(item)),
        published_at=parse_date(_text(item, "date_published")),
        updated_at=parse_date(_text(item, "date_modified")),
        raw_hash=raw_hash,
    )


def _plain(text: str) -> str:
    """Return a text that is not markup by the standard, as one line; cleaned if it contains an HTML end tag anyway."""
    return clean_text(text) if _END_TAG.search(text) else literal_text(text)


def _title(text: str) -> str:
    """Return a title as one line; references such as ``&#8217;`` are decoded, because many feeds have them there."""
    return clean_text(text.replace("<", "&lt;")) if "<" in text and not _END_TAG.search(text) else clean_text(text)


def _authors(item: Mapping[str, Any]) -> Iterable[str]:
    """Return the names of an item's authors, each once, from ``authors`` (JSON Feed 1.1) and ``author`` (1.0)."""
    people = [*_list(item, "authors"), item.get("author")]
    names = (clean_text(_text(person, "name")) for person in people if isinstance(person, Mapping))
    return dict.fromkeys(name for name in names if name)


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _storable(text: str) -> str:
    """Return *text* with a question mark for each half of a surrogate pair, which SQLite refuses."""
    return text.encode("utf-8", "replace").decode()


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else []
