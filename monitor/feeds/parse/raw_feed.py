"""A feed as written in its document, before texts are cleaned and links resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import struct_time
from typing import Any

_ABOUT_A_FEED = frozenset(("title", "link", "language", "ttl", "sy_updateperiod", "sy_updatefrequency"))


@dataclass(slots=True)
class RawEntry:
    """An entry as written in the document, before its texts are cleaned and its links resolved."""

    title: str = ""
    id: str = ""
    link: str = ""
    guid_is_link: bool = False  # the guid was used as the link
    author: str = ""
    published: str = ""
    updated: str = ""
    # the dates as feedparser parsed them; None: it did not, or could not
    published_parsed: struct_time | None = None
    updated_parsed: struct_time | None = None
    texts: tuple[str, ...] = ()  # all texts except the title, if the entry has no XML element


@dataclass(slots=True)
class RawFeed:
    """A feed as written in its document; ``about`` has title, link, language and the like under feedparser's names."""

    version: str
    about: dict[str, str]
    entries: list[RawEntry]


def raw_feed(document: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> RawFeed:
    """Return a document that feedparser has parsed as a RawFeed with the given *entries*."""
    about = {name: str(value) for name, value in document["feed"].items() if name in _ABOUT_A_FEED}
    return RawFeed(str(document.get("version", "")), about, [raw_entry(entry) for entry in entries])


def raw_entry(entry: Mapping[str, Any]) -> RawEntry:
    """Return an entry that feedparser has parsed as a RawEntry."""
    texts = [entry.get("summary", ""), *(part.get("value", "") for part in entry.get("content", ()))]
    texts += [entry.get("subtitle", ""), entry.get("media_description", "")]
    # dict.get, because feedparser's own get returns the other date for a missing one
    return RawEntry(
        title=str(entry.get("title", "")),
        id=str(entry.get("id", "")),
        link=str(entry.get("link", "")),
        guid_is_link=bool(entry.get("guidislink")),
        author=str(entry.get("author", "")),
        published=str(dict.get(entry, "published") or ""),  # type: ignore[call-overload]
        updated=str(dict.get(entry, "updated") or ""),  # type: ignore[call-overload]
        published_parsed=dict.get(entry, "published_parsed"),  # type: ignore[call-overload]
        updated_parsed=dict.get(entry, "updated_parsed"),  # type: ignore[call-overload]
        texts=tuple(map(str, texts)),
    )
