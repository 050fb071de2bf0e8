"""The entries of a feed: as parsed from a document, and as stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.feed import UpdateHints
from monitor.model.reason import Reason


@dataclass(frozen=True, slots=True)
class Text:
    """The title, summary and content of an entry, cleaned of HTML, as they are matched, stored and shown."""

    title: str
    summary: str = ""
    content: str = ""

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield name and text of each of title, summary and content that is not empty, in this order."""
        if self.title:
            yield "title", self.title
        if self.summary:
            yield "summary", self.summary
        if self.content:
            yield "content", self.content


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One item of a feed document, parsed and cleaned, before it is determined whether the entry is already stored."""

    id: str  # guid or atom:id; empty: the item has none
    link: str  # absolute http(s) URL, or empty
    text: Text
    author: str
    published_at: datetime | None
    updated_at: datetime | None
    raw_hash: bytes  # SHA-256 of the item as it is written in the document
    article: str = ""  # the text of the page that the entry links to; empty: the page was not fetched


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A parsed feed document: its entries, and what it says about the feed."""

    title: str
    language: str  # lower case, as "en" or "pt-br"; empty: not stated
    format: str  # as feedparser names it: rss20, atom10, rss10, json11, ...
    entries: tuple[ParsedEntry, ...]  # in the document's order; ids may repeat
    update_hints: UpdateHints = field(default_factory=UpdateHints)
    # for each unchanged item, which was not parsed: how many ``entries`` are before it, and its raw hash
    unchanged: tuple[tuple[int, bytes], ...] = ()
    parts: tuple[str, ...] = ()  # addresses of the newest documents of a sitemap index, which has no entries of its own
    left_out: int = 0  # older entries that were not read because there are too many
    cut_off: bool = False  # the document ended within an entry, which was left out


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """The fields of a stored entry by which the entry is recognised in a later document, even if its id has changed."""

    id: int
    key: str
    version: int
    raw_hash: bytes  # if equal, the item in the document has not changed at all
    text_hash: bytes  # if equal, the text of the entry has not changed
    link: str
    title: str
    summary: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed, with the key that identifies it and the time at which the monitor first saw it."""

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
    version: int = 1  # 1 for the first text of the entry, one more for each edit
    as_fed: Text | None = None  # the text in the feed, if ``text`` contains the article as well; None: it is ``text``


@dataclass(frozen=True, slots=True)
class SeenText:
    """One version of the text of an entry and when it was seen; a backtest replays these."""

    number: int  # identifies the entry: the same for all its texts
    entry: Entry  # the entry with this version of its text
    seen_at: datetime
    story: int | None = None  # as the daemon assigned it; None: unknown
    backlog: bool = False  # the entry was in the first document of its feed
    unread_since: datetime | None = None  # when the feed was last read before; None: never, or unknown
    withheld: Reason | None = (
        None  # why no destination was notified, regardless of the policy; None: the policy decided
    )
