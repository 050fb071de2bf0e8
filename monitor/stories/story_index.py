"""The index of open stories, with which each new entry is compared."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Set
from datetime import datetime, timedelta
from heapq import nlargest

from monitor.stories.profile import Features, Profile

OPEN = timedelta(days=10)  # since its first entry, a story takes in others; what comes later is another
MOST_OPEN = 20_000  # stories, those that were opened last: 3 KB each, and as many as 50 feeds bring in two weeks
PRIOR = 500  # texts: how much the counts of past news weigh beside the number of open stories that share a word
FORGET_EVERY = timedelta(hours=1)
KEPT = 6  # entries of a story that others are compared with: the first, and the newest
CANDIDATES = 6  # stories that an entry is compared with in full
LOOKED_AT = 300  # postings at most for one entry, of its rarest words first


class StoryIndex:
    """Open stories by the rare words of their entries.

    ``draft`` gives an index to add to while a transaction runs; ``take`` adopts it once that was committed. Of the
    functions here only ``add``, ``take`` and ``forget`` change anything.
    """

    def __init__(self, base: StoryIndex | None = None) -> None:
        self._base = base
        self._entries: dict[int, tuple[Features, ...]] = {}  # in the order of arrival
        self._by_key: dict[str, tuple[int, ...]] = {}  # most hold one story; lists and sets would take more room
        self._keys: dict[int, tuple[str, ...]] = {}
        self._forgotten_before: datetime | None = None
        self._added: list[tuple[int, Profile]] = []  # kept by a draft alone

    def __len__(self) -> int:
        """Return how many stories are open."""
        if self._base is None:
            return len(self._entries)
        of_base = self._base.stories()
        return len(of_base) + sum([story not in of_base for story in self._entries])

    def stories(self) -> Set[int]:
        """Return the ids of the stories that were added."""
        return self._entries.keys()

    def draft(self) -> StoryIndex:
        """Return an index to add to during a transaction: it contains this one, which it leaves unchanged."""
        return StoryIndex(self)

    def take(self, draft: StoryIndex) -> None:
        """Add what was added to *draft*, except stories that are too old: a new feed has many."""
        for story, profile in draft._added:
            is_old = self._forgotten_before is not None and profile.at < self._forgotten_before
            if story in self._entries or not is_old:
                self.add(story, profile)

    def add(self, story: int, profile: Profile) -> None:
        """Add an entry to *story*; a round-up or a text without words is not compared and is left out."""
        if self._base is not None:
            self._added.append((story, profile))
        if profile.is_roundup or not profile.is_comparable:
            return
        first, *newer = (*self._entries.get(story, ()), profile.features())
        self._entries[story] = (first, *newer[1 - KEPT :])
        keys = self._keys.get(story, ())
        new = profile.keys.keys() - keys
        self._keys[story] = (*keys, *new)
        for key in new:
            self._by_key[key] = (*self._by_key.get(key, ()), story)
        if self._base is None and len(self._entries) > MOST_OPEN:
            self._close(next(iter(self._entries)))

    def forget(self, before: datetime) -> None:
        """Close the stories whose first entry is older than *before*: on the first call, then at most once an hour.

        Searching thousands of stories takes longer than assigning an entry, and comparisons ignore old stories anyway.
        """
        if self._forgotten_before is not None and before - self._forgotten_before < FORGET_EVERY:
            return
        self._forgotten_before = before
        for story in [story for story, entries in self._entries.items() if entries[0].at < before]:
            self._close(story)

    def _close(self, story: int) -> None:
        del self._entries[story]
        for key in self._keys.pop(story):
            others = tuple(other for other in self._by_key[key] if other != story)
            if others:
                self._by_key[key] = others
            else:
                del self._by_key[key]

    def entries(self, story: int) -> tuple[Features, ...]:
        """Return the entries that *story* is compared by: its first and its newest, in the order of arrival."""
        return (*(() if self._base is None else self._base.entries(story)), *self._entries.get(story, ()))

    def candidates(self, profile: Profile) -> list[int]:
        """Return the stories that have most in common with *profile*, the best first, at most ``CANDIDATES``."""
        common: dict[int, float] = {}
        left = LOOKED_AT
        for stories, weight in sorted(self.postings(profile), key=lambda posting: len(posting[0])):
            left -= len(stories)
            if left < 0:
                break
            for story in stories:
                common[story] = common.get(story, 0.0) + weight
        return nlargest(CANDIDATES, common, key=common.__getitem__)

    def damping(self, profile: Profile) -> dict[str, float]:
        """Return by how much the words of *profile* lose weight because many open stories share them, from 0 to 1.

        A word's rarity in past news is a guess; how many stories of these days share it (an agency in the news, a
        vendor, the tag of a series) corrects it downwards. Words that lose nothing are left out.
        """
        stories = len(self)
        found = {}
        for word in profile.keys:
            counted = self.count(word)
            sharing = counted - 2 * math.sqrt(counted)  # a few may share it by chance
            if sharing <= 0 or word not in profile.weights:
                continue
            usual = profile.rarity(word)
            share = (PRIOR * math.exp(-usual) + sharing) / (PRIOR + stories)
            if (now := -math.log(share)) < usual:
                found[word] = max(0.0, now / usual)
        return found

    def count(self, key: str) -> int:
        """Return how many open stories have the word, link or indicator *key*."""
        return len(self._by_key.get(key, ())) + (0 if self._base is None else self._base.count(key))

    def postings(self, profile: Profile) -> Iterator[tuple[Sequence[int], float]]:
        """Yield the stories that have a rare word, a link or an indicator of *profile*, with its weight."""
        for key, weight in profile.keys.items():
            if stories := self._by_key.get(key):
                yield stories, weight
        if self._base is not None:
            yield from self._base.postings(profile)
