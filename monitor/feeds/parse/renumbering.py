"""Known entries that return under new ids: a feed that changes its ids must not cause alerts about old entries."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.feeds.text.links import same_page
from monitor.model import KnownEntry, ParsedEntry

MIN_RENUMBERED = 5  # entries that return at once: fewer are a coincidence
MIN_SHARE = 0.5  # of the entries with a new id
_SIMILAR = 0.8  # of the words of two texts
_WORD = re.compile(r"\w+")

Keyed = tuple[str, ParsedEntry]


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
