"""The identity of entries: the key of each, and the stored entry that it is if its feed changed its ids."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.feeds.text.links import same_page, without_tracking
from monitor.model import KnownEntry, ParsedEntry

MAX_ENTRIES = 2000  # of one document; of more the newest are read

MIN_RENUMBERED = 5  # entries that return under new ids at once: fewer are a coincidence
MIN_SHARE = 0.5  # of the entries with a new id

_REUSED_AFTER = timedelta(minutes=1)  # between the dates of two items with one id
_SIMILAR = 0.8  # of the words of two texts
_WORD = re.compile(r"\w+")

Keyed = tuple[str, ParsedEntry]


def identify(parsed: Sequence[ParsedEntry], beside: Iterable[KnownEntry] = ()) -> list[tuple[str, ParsedEntry]]:
    """Return each entry of a document with its key, in the document's order.

    The key is the guid; without one the link; without both a hash of title and date, or of summary and date if there is
    no title. If several entries of a document share a guid, the link is added to the key of each, so that an item that
    is put before them does not take the key of an old one. If several entries still share a key, a hash of the title is
    added, and to those with one title the date. Of entries that agree in all of this the first is kept.

    Args:
        parsed: The entries that were parsed.
        beside: Those of the same document that were not parsed, since they have not changed.
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
        titles[known.key.removesuffix(f" {fingerprint(known.title)}")].add(known.title)
    keys = [titled_key(key, e) if len(titles[key]) > 1 else key for key, e in zip(keys, parsed, strict=True)]
    dates: dict[str, set[datetime | None]] = defaultdict(set)
    for key, entry in zip(keys, parsed, strict=True):
        dates[key].add(entry.published_at)
    keyed: dict[str, ParsedEntry] = {}
    for key, entry in zip(keys, parsed, strict=True):
        keyed.setdefault(f"{key} {entry.published_at}" if len(dates[key]) > 1 else key, entry)
    return list(keyed.items())


def is_reused(known: KnownEntry, entry: ParsedEntry) -> bool:
    """Return whether *entry* is another item than the *known* one with the same key, and not an edit of it.

    That is so if its title is another one, and its date or its link is too. A title that was only reworded, with a new
    date, counts as an edit.
    """
    title = entry.text.title
    if not title or not known.title or _is_reworded(title, known.title):
        return False
    if entry.link and known.link and same_page(entry.link) != same_page(known.link):
        return True
    if entry.published_at is None or known.published_at is None:
        return False
    is_own_page = entry.id and entry.link and "/" in same_page(entry.link).strip("/")
    return not is_own_page and abs(entry.published_at - known.published_at) > _REUSED_AFTER


def _is_reworded(one: str, other: str) -> bool:
    """Return whether the shorter of two titles has half of its words in common with the other."""
    words, others = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    return one == other or 2 * len(words & others) >= max(1, min(len(words), len(others)))


def titled_key(key: str, entry: ParsedEntry) -> str:
    """Return the key of an entry that shares *key* with others."""
    return f"{key} {fingerprint(entry.text.title)}"


def other_key(key: str, entry: ParsedEntry) -> str:
    """Return *key* with the hash of the title appended, or without it: a key shared by several entries has it."""
    mark = f" {fingerprint(entry.text.title)}"
    return key.removesuffix(mark) if key.endswith(mark) else f"{key}{mark}"


def fingerprint(title: str) -> str:
    """Return a short hash of a title."""
    return hashlib.sha256(title.encode()).hexdigest()[:16]


def _key(entry: ParsedEntry, *, shared: bool) -> str:
    # tracking parameters differ from poll to poll, also in addresses that serve as guid
    guid, link = without_tracking(entry.id), without_tracking(entry.link)
    if guid:
        return f"{guid} {link}".rstrip() if shared else guid
    if link:
        return link
    published = entry.published_at.isoformat() if entry.published_at else ""
    return hashlib.sha256(f"{entry.text.title or entry.text.summary}\n{published}".encode()).hexdigest()


def _guid(known: KnownEntry) -> str:
    key = known.key.removesuffix(f" {fingerprint(known.title)}")
    return key.removesuffix(f" {without_tracking(known.link)}")


@dataclass(frozen=True, slots=True)
class RenumberedEntries:
    """Entries of a document that are already stored under another key: the feed changed their ids."""

    same: Mapping[str, KnownEntry] = field(default_factory=dict)  # the known entry, by the new key
    doubtful: frozenset[str] = frozenset()  # keys of those that may repeat a known entry, if many do at once

    @property
    def is_renumbering(self) -> bool:
        """Whether the feed has given new ids to its entries, and not only to an entry or two."""
        return bool(self.doubtful) or len(self.same) >= MIN_RENUMBERED


def find_renumbered(unknown: Sequence[Keyed], gone: Iterable[KnownEntry]) -> RenumberedEntries:
    """Return which *unknown* entries of a document are known entries that it no longer contains under their own key.

    An entry is the same if its title is the same, and its link, date or summary too. If only the title is known, or the
    link and part of the words, it may be another entry of a series: it is doubtful, but only if many are at once. An
    entry with a title of its own is neither, whatever its link: some sites give one link to all entries. A known
    entry corresponds to one unknown entry at most.

    Args:
        unknown: The entries of the document whose key is new, with that key.
        gone: The known entries of the feed that are not in the document under their own key.
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
    """Which attributes an unknown entry shares with a known one."""

    raw: bool
    link: bool
    title: bool
    similar_title: bool
    date: bool | None  # None: one of them has none
    summary: bool
    similar: bool  # the summaries are nearly the same, or one of them is empty


class _Search:
    """Finds known entries by hash, link and title; each is found once."""

    def __init__(self, unknown: Sequence[Keyed], gone: Iterable[KnownEntry]) -> None:
        self._gone: dict[object, list[KnownEntry]] = defaultdict(list)
        self._taken: set[int] = set()
        # a link or title of several entries of the document identifies none of them
        self._links = Counter(same_page(entry.link) for _, entry in unknown)
        self._titles = Counter(entry.text.title for _, entry in unknown)
        for known in gone:
            for name in {known.raw_hash, ("link", same_page(known.link)), ("title", known.title)}:
                self._gone[name].append(known)

    def take(self, entries: Iterable[Keyed], agrees: Callable[[_Agreement], bool]) -> dict[str, KnownEntry]:
        """Return, by key, the known entry that each of *entries* corresponds to, if there is one."""
        taken: dict[str, KnownEntry] = {}
        for key, entry in entries:
            names = (entry.raw_hash, ("link", same_page(entry.link)), ("title", entry.text.title))
            candidates = (known for name in names for known in self._gone.get(name, ()))
            for known in candidates:
                if known.id not in self._taken and agrees(self._compared(entry, known)):
                    taken[key] = known
                    self._taken.add(known.id)
                    break
        return taken

    def _compared(self, entry: ParsedEntry, known: KnownEntry) -> _Agreement:
        link, title, summary = same_page(entry.link), entry.text.title, entry.text.summary
        dated = entry.published_at is not None and known.published_at is not None
        return _Agreement(
            raw=entry.raw_hash == known.raw_hash,
            link=bool(link) and link == same_page(known.link) and self._links[link] == 1,
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
    """Return whether two texts share nearly all words and all numbers: a different number means different news."""
    words, others = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    if any(any(map(str.isdigit, word)) for word in words ^ others):
        return False
    return len(words & others) >= _SIMILAR * len(words | others)
