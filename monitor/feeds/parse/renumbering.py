"""Known entries that come back under new ids: a feed that changes its ids must not make old news new."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.feeds.parse.links import same_page
from monitor.model import KnownEntry, ParsedEntry

STORM = 5  # entries that come back at once: fewer are a coincidence
STORM_SHARE = 0.5  # of the entries with a new id
_ALIKE = 0.8  # of the words of two texts
_WORD = re.compile(r"\w+")

Keyed = tuple[str, ParsedEntry]


@dataclass(frozen=True, slots=True)
class RenumberedEntries:
    """What of the entries with an unknown key is known after all."""

    same: Mapping[str, KnownEntry] = field(default_factory=dict)  # by the new key
    held: frozenset[str] = frozenset()  # keys of those that repeat a known entry, in a storm of such

    @property
    def is_storm(self) -> bool:
        """Whether the feed has given new ids to what it showed before, and not only to an entry or two."""
        return bool(self.held) or len(self.same) >= STORM


def find_renumbered(unknown: Sequence[Keyed], gone: Iterable[KnownEntry]) -> RenumberedEntries:
    """Return which of the *unknown* entries of a document are entries that it showed before and now does not.

    An entry is the *same* when its title is, and its link, its date or its words are too. One whose title is known, or
    whose link is and something of its words, may be a second of its kind: it is *held* only when many such come at
    once. An entry with a title of its own is neither, wherever it links to, and however many there are: some sites
    give one link to all that they publish. Each known entry stands for one that is unknown, at most.

    Args:
        unknown: The entries of the document whose key is new, with that key.
        gone: Known entries of the feed that are not in the document under their own key.
    """
    found = _Search(unknown, gone)
    same = found.take(unknown, _is_same)
    rest = [(key, entry) for key, entry in unknown if key not in same]
    echoes = found.take(rest, _is_probably_same)
    together = len(same) + len(echoes)
    storm = together >= STORM and together >= STORM_SHARE * len(unknown)
    return RenumberedEntries(same, frozenset(echoes) if storm else frozenset())


@dataclass(frozen=True, slots=True)
class _Agreement:
    """In what an unknown entry agrees with a known one."""

    raw: bool
    link: bool
    title: bool
    near: bool  # the titles are nearly the same
    date: bool | None  # None: one of them has none
    words: bool
    alike: bool  # the summaries are nearly the same, or one of them is empty


class _Search:
    """Finds known entries by hash, link and title; each is given away once."""

    def __init__(self, unknown: Sequence[Keyed], gone: Iterable[KnownEntry]) -> None:
        self._gone: dict[object, list[KnownEntry]] = defaultdict(list)
        self._taken: set[int] = set()
        # what several entries of one document have says nothing of any of them
        self._links = Counter(same_page(entry.link) for _, entry in unknown)
        self._titles = Counter(entry.text.title for _, entry in unknown)
        for known in gone:
            for name in {known.raw_hash, ("link", same_page(known.link)), ("title", known.title)}:
                self._gone[name].append(known)

    def take(self, entries: Iterable[Keyed], agrees: Callable[[_Agreement], bool]) -> dict[str, KnownEntry]:
        """Return, by key, the known entry that each of *entries* *agrees* with, where there is one."""
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
            near=_are_alike(title, known.title),
            date=entry.published_at == known.published_at if dated else None,
            words=bool(summary) and summary == known.summary,
            alike=not summary or not known.summary or _are_alike(summary, known.summary),
        )


def _is_same(a: _Agreement) -> bool:
    if a.raw or not a.title:
        return a.raw
    return bool(a.date) or (a.link and (a.date is None or a.alike)) or (a.words and a.date is None)


def _is_probably_same(a: _Agreement) -> bool:
    return a.alike and (a.title or (a.link and (a.near or a.words)))


def _are_alike(one: str, other: str) -> bool:
    """Return whether two texts have nearly all words in common, and all numbers: those make news of an old sentence."""
    words, others = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    if any(any(map(str.isdigit, word)) for word in words ^ others):
        return False
    return len(words & others) >= _ALIKE * len(words | others)
