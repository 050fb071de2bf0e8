"""Entries: as a document contains them, and as they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.feed import UpdateHints
from monitor.model.reason import Reason


@dataclass(frozen=True, slots=True)
class Text:
    """The three cleaned texts of an entry, as they are matched, stored and shown."""

    title: str
    summary: str = ""
    content: str = ""

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield the name and text of every field that is not empty, in reading order."""
        if self.title:
            yield "title", self.title
        if self.summary:
            yield "summary", self.summary
        if self.content:
            yield "content", self.content


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One item of a document, cleaned; whether it is known is not determined yet."""

    id: str  # guid or atom:id; empty: the item has none
    link: str  # absolute http(s), or empty
    text: Text
    author: str
    published_at: datetime | None
    updated_at: datetime | None
    raw_hash: bytes  # SHA-256 of the item as it is written in the document
    article: str = ""  # the text of the page it links to; empty: it was not fetched


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A parsed document."""

    title: str
    language: str  # lower case, as "en" or "pt-br"; empty: not stated
    format: str  # as feedparser names it: rss20, atom10, rss10, json11, ...
    entries: tuple[ParsedEntry, ...]  # in the document's order; ids may repeat
    update_hints: UpdateHints = field(default_factory=UpdateHints)
    # items that have not changed and were not parsed: of each the number of ``entries`` before it, and its raw hash
    unchanged: tuple[tuple[int, bytes], ...] = ()
    parts: tuple[str, ...] = ()  # addresses of the newest documents of a sitemap index, which has no entries of its own
    left_out: int = 0  # older entries that were not read because there are too many
    cut_off: bool = False  # the document ended within an entry, which was left out


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What is needed to recognise a stored entry in a document, also under another id."""

    id: int
    key: str
    version: int
    raw_hash: bytes  # equal: the item has not changed at all
    text_hash: bytes  # equal: its text has not changed
    link: str
    title: str
    summary: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed, with its identity and the time it was first seen."""

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
    version: int = 1  # counts the texts that the entry has had
    as_fed: Text | None = None  # the text in the feed, if ``text`` contains the article as well; None: it is ``text``


@dataclass(frozen=True, slots=True)
class SeenText:
    """One text of an entry, at the moment at which it was seen; what a backtest reads."""

    number: int  # the same for all texts of an entry
    entry: Entry  # with that text as its text, and its version
    seen_at: datetime
    story: int | None = None  # as the daemon assigned it; None: unknown
    backlog: bool = False  # the entry was in the first document of its feed
    unread_since: datetime | None = None  # when the feed was last read before; None: never, or unknown
    withheld: Reason | None = None  # why no destination was notified, whatever the policy; None: it decided
