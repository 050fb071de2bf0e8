"""Entries: as a document gives them, and as they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.feed import UpdateHints


@dataclass(frozen=True, slots=True)
class Text:
    """The three cleaned fields of an entry, as they are matched, stored and shown."""

    title: str
    summary: str = ""
    content: str = ""

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield the name and text of every field that is not empty, in reading order."""
        for name in ("title", "summary", "content"):
            if text := getattr(self, name):
                yield name, text


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One item of a document, cleaned, before anybody asked whether it is known."""

    id: str  # guid or atom:id; empty when the document gives none
    link: str  # absolute http(s), or empty
    text: Text
    author: str
    published_at: datetime | None
    updated_at: datetime | None
    raw_hash: bytes  # SHA-256 of the item as the document wrote it
    article: str = ""  # the text of the page it links to; empty: that was not read


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document, read."""

    title: str
    language: str  # lower case, as "en" or "pt-br"; empty when the document does not say
    format: str  # as feedparser names it: rss20, atom10, rss10, json11, ...
    entries: tuple[ParsedEntry, ...]  # in the document's order, doubled ids included
    update_hints: UpdateHints = field(default_factory=UpdateHints)
    # entries that are in it as they were, not read again: how many of ``entries`` stand before it, and its raw hash
    unchanged: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What is needed to know an entry again when its feed shows it, under another id too."""

    id: int
    key: str
    version: int
    raw_hash: bytes  # equal: the item is the same, byte for byte
    text_hash: bytes  # equal to that of the text: nothing a reader sees has changed
    link: str
    title: str
    summary: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, with its identity and the moment we first saw it."""

    feed: str  # key of the feed
    key: str  # stable within the feed
    outlet: str
    link: str
    text: Text
    author: str
    published_at: datetime | None
    updated_at: datetime | None
    first_seen_at: datetime
    raw_hash: bytes
    version: int = 1  # counts the texts that this entry has had
    as_fed: Text | None = None  # the text in the feed, when ``text`` holds more than that; None: it is the same
