"""Reads JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), which feedparser does not know."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.errors import FeedError, FeedState
from monitor.feeds.parse.dates import plausible
from monitor.feeds.parse.fingerprint import split_known
from monitor.feeds.parse.links import web_address
from monitor.feeds.parse.plain_text import clean_text
from monitor.model import ParsedEntry, ParsedFeed, Text

_VERSION = "https://jsonfeed.org/version/"


def read_json(body: bytes, url: str, most: int, known: Collection[bytes] = ()) -> ParsedFeed | None:
    """Return the JSON Feed in *body*; None if it is not JSON.

    Tolerant of wrong types: a member of the wrong type counts as absent, an item that is not an object is left out, a
    number as an id is read as its digits.

    Args:
        body: The document.
        url: Against which relative links are resolved if the feed names no home page.
        most: Items after the first so many are left out.
        known: The hashes of items that are left out.

    Raises:
        FeedError: It is JSON, but not a JSON Feed.
    """
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    try:
        document = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    version = _text(document, "version")
    if not version.startswith(_VERSION):
        raise FeedError(
            FeedState.NOT_A_FEED, "the address returns JSON that is not a JSON Feed", "look for the address of the feed"
        )
    base = web_address(_text(document, "home_page_url"), url) or url
    items = [item for item in _list(document, "items") if isinstance(item, Mapping)][:most]
    hashed = [(item, hashlib.sha256(json.dumps(item, sort_keys=True).encode()).digest()) for item in items]
    return ParsedFeed(
        title=clean_text(_text(document, "title")),
        language=_text(document, "language").lower(),
        format="json" + version.removeprefix(_VERSION).strip("/").replace(".", "").ljust(2, "0"),
        entries=tuple(_entry(item, raw_hash, base) for item, raw_hash in hashed if raw_hash not in known),
        unchanged=split_known((raw_hash for _, raw_hash in hashed), known)[1],
    )


def _entry(item: Mapping[str, Any], raw_hash: bytes, base: str) -> ParsedEntry:
    body = clean_text(_text(item, "content_html")) or clean_text(_text(item, "content_text"))
    summary = clean_text(_text(item, "summary"))
    identifier = item.get("id")
    return ParsedEntry(
        id=_storable(str(identifier)) if isinstance(identifier, (str, int, float)) else "",
        link=web_address(_text(item, "url") or _text(item, "external_url"), base),
        text=Text(clean_text(_text(item, "title")), summary or body, body if summary and body != summary else ""),
        author=", ".join(_authors(item)),
        published_at=_moment(_text(item, "date_published")),
        updated_at=_moment(_text(item, "date_modified")),
        raw_hash=raw_hash,
    )


def _authors(item: Mapping[str, Any]) -> Iterable[str]:
    """Yield the names of ``authors`` (1.1) and ``author`` (1.0), each once."""
    people = [*_list(item, "authors"), item.get("author")]
    names = (clean_text(_text(person, "name")) for person in people if isinstance(person, Mapping))
    return dict.fromkeys(name for name in names if name)


def _moment(written: str) -> datetime | None:
    """Return the moment in UTC of an RFC 3339 date; None if it is none or implausible."""
    try:
        moment = datetime.fromisoformat(written)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return plausible(moment)


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else []
