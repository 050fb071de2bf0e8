"""The identity of entries: the key of each entry, and which entries are known ones to which the feed gave new ids."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.feeds.text.links import page_key, without_tracking
from monitor.model import KnownEntry, ParsedEntry

MAX_ENTRIES = 2000  # entries read of one document; the newest

MIN_RENUMBERED = (
    5  # known entries with new ids in one document from which on the feed was renumbered; fewer are a coincidence
)
MIN_SHARE = 0.5  # the share of such entries among all entries with a new id

_REUSED_AFTER = timedelta(minutes=1)  # if the dates of two entries with one id differ more, the id was reused
_SIMILAR = 0.8  # the share of common words from which on two texts are similar
_WORD = re.compile(r"\w+")

Keyed = tuple[str, ParsedEntry]


def identify(parsed: Sequence[ParsedEntry], beside: Iterable[KnownEntry] = ()) -> list[tuple[str, ParsedEntry]]:
    """Return each entry of a document with its key, in the document's order.

    The key is the guid; without a guid the link; without both a hash of the title (or summary) and the date. If several
    entries of a document share a guid, the link is added to their keys, so that a new item does not take the key of an
    old one. If several entries still share a key, a hash of the title is added, and then the date. If entries are equal
    in all of these, only the first is returned.

    Args:
        parsed: The entries that were parsed.
        beside: The unchanged entries of the same document, which were not parsed.
    """
    beside = list(beside)
    links: dict[str, set[str]] = defaultdict(set)
    for entry in parsed:
        links[entry.id].add(entry.link)
    for known in beside:
        links[_guid(known)].add(known.link)
    keys = [_key(entry, shared=len(links[entry.id]) > 1) for entry in parsed]
    titles: dict[str, set[str]] = defaultdict(set)
    for key, entry in zip(keys, parsed, strict=True):
        titles[key].add(entry.text.title)
    for known in beside:
        titles[_untitled_key(known)].add(known.title)
    keys = [titled_key(key, e) if len(titles[key]) > 1 else key for key, e in zip(keys, parsed, strict=True)]
    dates: dict[str, set[datetime | None]] = defaultdict(set)
    for known in beside:
        key = _untitled_key(known)
        dates[f"{key} {fingerprint(known.title)}" if len(titles[key]) > 1 else key].add(known.published_at)
    for key, entry in zip(keys, parsed, strict=True):
        dates[key].add(entry.published_at)
    keyed: dict[str, ParsedEntry] = {}
    for key, entry in zip(keys, parsed, strict=True):
        keyed.setdefault(_dated_key(key, entry.published_at) if len(dates[key]) > 1 else key, entry)
    return list(keyed.items())


def is_id_reused(known: KnownEntry, entry: ParsedEntry) -> bool:
    """Return whether a feed has given the id of a known entry to another item; False if *entry* is an edit of it.

    The item is another one if the title is different and so is the date or the link. A title with half of its words
    unchanged counts as an edit.
    """
    title = entry.text.title
    if not title or not known.title or _is_reworded(title, known.title):
        return False
    if entry.link and known.link and page_key(entry.link) != page_key(known.link):
        return True
    if entry.published_at is None or known.published_at is None:
        return False
    is_own_page = entry.id and entry.link and "/" in page_key(entry.link).strip("/")
    return not is_own_page and abs(entry.published_at - known.published_at) > _REUSED_AFTER


def _is_reworded(one: str, other: str) -> bool:
    """Return whether two titles share at least half of the words of the shorter one."""
    words, others = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    return one == other or 2 * len(words & others) >= max(1, min(len(words), len(others)))


def titled_key(key: str, entry: ParsedEntry) -> str:
    """Return *key* with a hash of the entry's title appended, to distinguish entries that share a key."""
    return f"{key} {fingerprint(entry.text.title)}"


def alternative_key(key: str, entry: ParsedEntry) -> str:
    """Return the other key under which an entry may be stored: *key* with the hash of its title added or removed.

    If *key* ends with the date of the entry, because the document has others with the same title, it is *key* without
    the date.
    """
    if key.endswith(dated := _dated_key("", entry.published_at)):
        return key.removesuffix(dated)
    mark = f" {fingerprint(entry.text.title)}"
    return key.removesuffix(mark) if key.endswith(mark) else f"{key}{mark}"


def _dated_key(key: str, at: datetime | None) -> str:
    return f"{key} {at}"


def _untitled_key(known: KnownEntry) -> str:
    """Return the key of a known entry without its date and the hash of its title."""
    return known.key.removesuffix(_dated_key("", known.published_at)).removesuffix(f" {fingerprint(known.title)}")


def fingerprint(title: str) -> str:
    """Return a short hash of a title (16 hex digits)."""
    return hashlib.sha256(title.encode()).hexdigest()[:16]


def _key(entry: ParsedEntry, *, shared: bool) -> str:
    # tracking parameters differ from poll to poll, even in URLs used as guid
    guid, link = without_tracking(entry.id), without_tracking(entry.link)
    if guid:
        return f"{guid} {link}".rstrip() if shared else guid
    if link:
        return link
    published = entry.published_at.isoformat() if entry.published_at else ""
    return hashlib.sha256(f"{entry.text.title or entry.text.summary}\n{published}".encode()).hexdigest()


def _guid(known: KnownEntry) -> str:
    return _untitled_key(known).removesuffix(f" {without_tracking(known.link)}")


@dataclass(frozen=True, slots=True)
class RenumberedEntries:
    """Entries of a document that are already stored under another key, because the feed gave them new ids."""

    same: Mapping[str, KnownEntry] = field(default_factory=dict)  # for each new key, the known entry
    doubtful: frozenset[str] = frozenset()  # keys of entries that may repeat a known one

    @property
    def is_renumbering(self) -> bool:
        """Whether the feed has given new ids to many entries at once, and not only to one or two."""
        return bool(self.doubtful) or len(self.same) >= MIN_RENUMBERED


def find_renumbered(unknown: Sequence[Keyed], gone: Iterable[KnownEntry]) -> RenumberedEntries:
    """Return which entries with a new key are known entries to which the feed gave new ids.

    An entry is the same as a known one if the titles are equal, and also the links, dates or summaries. If only the
    title is equal, or only the link and part of the words, the entry may be another one of a series; it is returned as
    doubtful, but only if that applies to many entries at once. A known entry corresponds to at most one new key.

    Args:
        unknown: The entries of the document with a key that is not stored, as pairs of key and entry.
        gone: The stored entries of the feed whose key is not in the document.
    """
    found = _Search(unknown, gone)
    same = found.take(unknown, _is_same)
    rest = [(key, entry) for key, entry in unknown if key not in same]
    doubtful = found.take(rest, _is_probably_same)
    together = len(same) + len(doubtful)
    many = together >= MIN_RENUMBERED and together >= MIN_SHARE * len(unknown)
    return RenumberedEntries(same, frozenset(doubtful) if many else frozenset())


@dataclass(frozen=True, slots=True)
class _Agreement:
    """Which attributes an entry with a new key shares with a known entry."""

    raw: bool
    link: bool
    title: bool
    similar_title: bool
    date: bool | None  # None: one of the two entries has no date
    summary: bool
    similar: bool  # the summaries are nearly the same, or one of them is empty


class _Search:
    """Finds the known entries to which entries with a new key correspond; each known entry is used once."""

    def __init__(self, unknown: Sequence[Keyed], gone: Iterable[KnownEntry]) -> None:
        self._gone: dict[object, list[KnownEntry]] = defaultdict(list)
        self._taken: set[int] = set()
        # a link or title that several entries of the document share identifies none of them
        self._links = Counter(page_key(entry.link) for _, entry in unknown)
        self._titles = Counter(entry.text.title for _, entry in unknown)
        for known in gone:
            for name in {known.raw_hash, ("link", page_key(known.link)), ("title", known.title)}:
                self._gone[name].append(known)

    def take(self, entries: Iterable[Keyed], agrees: Callable[[_Agreement], bool]) -> dict[str, KnownEntry]:
        """Return, by key, the known entry to which each of *entries* corresponds; entries without one are left out.

        Args:
            entries: Entries with a new key, as pairs of key and entry.
            agrees: Decides whether an entry and a known entry share enough.
        """
        taken: dict[str, KnownEntry] = {}
        for key, entry in entries:
            names = (entry.raw_hash, ("link", page_key(entry.link)), ("title", entry.text.title))
            candidates = (known for name in names for known in self._gone.get(name, ()))
            for known in candidates:
                if known.id not in self._taken and agrees(self._compared(entry, known)):
                    taken[key] = known
                    self._taken.add(known.id)
                    break
        return taken

    def _compared(self, entry: ParsedEntry, known: KnownEntry) -> _Agreement:
        link, title, summary = page_key(entry.link), entry.text.title, entry.text.summary
        dated = entry.published_at is not None and known.published_at is not None
        return _Agreement(
            raw=entry.raw_hash == known.raw_hash,
            link=bool(link) and link == page_key(known.link) and self._links[link] == 1,
            title=bool(title) and title == known.title and self._titles[title] == 1,
            similar_title=_are_similar(title, known.title),
            date=entry.published_at == known.published_at if dated else None,
            summary=bool(summary) and summary == known.summary,
            similar=not summary or not known.summary or _are_similar(summary, known.summary),
        )


def _is_same(a: _Agreement) -> bool:
    if a.raw or not a.title:
        return a.raw
    return bool(a.date) or (a.link and (a.date is None or a.similar)) or (a.summary and a.date is None)


def _is_probably_same(a: _Agreement) -> bool:
    return a.similar and (a.title or (a.link and (a.similar_title or a.summary)))


def _are_similar(one: str, other: str) -> bool:
    """Return whether two texts share nearly all words and all numbers; a different number means different news."""
    words, others = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    if any(any(map(str.isdigit, word)) for word in words ^ others):
        return False
    return len(words & others) >= _SIMILAR * len(words | others)
