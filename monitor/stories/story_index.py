"""The index of open stories, with which each new entry is compared, and how long a story stays open.

A story takes new entries for ``STORY_STAYS_OPEN`` (10 days) after its first entry; a later report of the same event
opens a new story. The index holds at most ``MAX_OPEN_STORIES`` stories: beyond that, the oldest are closed earlier.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Set
from datetime import datetime, timedelta
from heapq import nlargest

from monitor.stories.profile import Features, Profile

# how long after its first entry a story takes new entries; a later report of the same event opens a new story
STORY_STAYS_OPEN = timedelta(days=10)
MAX_OPEN_STORIES = 20_000  # beyond that the oldest are closed; 3 KB each, as many as 50 feeds bring in two weeks
PAST_NEWS_TEXTS = 500  # the weight of the counts from past news, in texts, against that of the open stories
CLOSE_EVERY = timedelta(hours=1)  # how often old stories are searched for and closed
COMPARED_ENTRIES = 6  # entries of a story that a new entry is compared with: the first, and the newest
BY_CHANCE = 4  # stories that may share a word by chance
MAX_CANDIDATES = 6  # stories that a new entry is compared with in full
MAX_POSTINGS = 300  # stories looked at for one entry, those with its rarest words first


class StoryIndex:
    """The open stories, found by the rare words, links and indicators of their entries.

    While a database transaction runs, changes are made to a ``draft`` of the index; ``merge`` takes them over once the
    transaction is committed. Only ``add``, ``merge`` and ``close_older_than`` change an index.
    """

    def __init__(self, base: StoryIndex | None = None) -> None:
        self._base = base
        self._entries: dict[int, tuple[Features, ...]] = {}  # in the order of arrival
        self._by_key: dict[str, tuple[int, ...]] = {}  # most have one story; lists and sets would take more memory
        self._keys: dict[int, tuple[str, ...]] = {}
        self._closed_before: datetime | None = None
        self._added: list[tuple[int, Profile]] = []  # only in a draft: what ``merge`` adds to the index

    def __len__(self) -> int:
        """Return the number of open stories."""
        if self._base is None:
            return len(self._entries)
        of_base = self._base.stories()
        return len(of_base) + sum([story not in of_base for story in self._entries])

    def stories(self) -> Set[int]:
        """Return the ids of the stories in this index; for a draft, only of those that were added to the draft."""
        return self._entries.keys()

    def draft(self) -> StoryIndex:
        """Return an index to add to during a transaction: it contains this index, which stays unchanged."""
        return StoryIndex(self)

    def merge(self, draft: StoryIndex) -> None:
        """Add the entries that were added to *draft*, except those of stories that are too old to be open.

        A new feed has many old entries.
        """
        for story, profile in draft._added:
            is_old = self._closed_before is not None and profile.at < self._closed_before
            if story in self._entries or not is_old:
                self.add(story, profile)

    def add(self, story: int, profile: Profile) -> None:
        """Add an entry to *story*.

        Round-ups of several events and texts with too few words are not added, because nothing is compared with them.
        """
        if self._base is not None:
            self._added.append((story, profile))
        if profile.is_roundup or not profile.is_comparable:
            return
        first, *newer = (*self._entries.get(story, ()), profile.features())
        self._entries[story] = (first, *newer[1 - COMPARED_ENTRIES :])
        keys = self._keys.get(story, ())
        new = profile.keys.keys() - keys
        self._keys[story] = (*keys, *new)
        for key in new:
            self._by_key[key] = (*self._by_key.get(key, ()), story)
        if self._base is None and len(self._entries) > MAX_OPEN_STORIES:
            self._close(next(iter(self._entries)))

    def close_older_than(self, before: datetime) -> None:
        """Close the stories whose first entry is older than *before*; do nothing if called again within an hour.

        Searching all stories takes longer than assigning an entry, and ``assign`` ignores stories that are too old
        anyway.
        """
        if self._closed_before is not None and before - self._closed_before < CLOSE_EVERY:
            return
        self._closed_before = before
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
        """Return the entries of *story* that a new entry is compared with: the first and the newest, oldest first."""
        return (*(() if self._base is None else self._base.entries(story)), *self._entries.get(story, ()))

    def candidates(self, profile: Profile) -> list[int]:
        """Return the ids of the open stories that share most with an entry, best first; at most ``MAX_CANDIDATES``."""
        common: dict[int, float] = {}
        left = MAX_POSTINGS
        for stories, weight in sorted(self.postings(profile), key=lambda posting: len(posting[0])):
            left -= len(stories)
            if left < 0:
                break
            for story in stories:
                common[story] = common.get(story, 0.0) + weight
        return nlargest(MAX_CANDIDATES, common, key=common.__getitem__)

    def damping(self, profile: Profile) -> dict[str, float]:
        """Return a factor from 0 to 1 for each word of an entry that is more common in open stories than in past news.

        Such a word (an agency in the news, a vendor, the tag of a series) distinguishes events less than usual, so its
        weight is multiplied by the factor. Other words are left out.
        """
        stories = len(self)
        found = {}
        for word, counted in self._shared_words(profile):
            sharing = counted - 2 * math.sqrt(counted)
            usual = profile.rarity(word)
            share = (PAST_NEWS_TEXTS * math.exp(-usual) + sharing) / (PAST_NEWS_TEXTS + stories)
            if (now := -math.log(share)) < usual:
                found[word] = max(0.0, now / usual)
        return found

    def _shared_words(self, profile: Profile) -> list[tuple[str, int]]:
        """Return the words of *profile* that more than ``BY_CHANCE`` stories contain, each with how many they are."""
        own: dict[str, tuple[int, ...]] = self._by_key
        of_base = {} if self._base is None else self._base._by_key  # noqa: SLF001 - of the same class
        weights = profile.weights
        counts = [(key, len(own.get(key, ())) + len(of_base.get(key, ()))) for key in profile.keys if key in weights]
        return [(word, stories) for word, stories in counts if stories > BY_CHANCE]

    def postings(self, profile: Profile) -> Iterator[tuple[Sequence[int], float]]:
        """Yield, for each rare word, link and indicator of an entry, the stories that contain it and its weight."""
        for key, weight in profile.keys.items():
            if stories := self._by_key.get(key):
                yield stories, weight
        if self._base is not None:
            yield from self._base.postings(profile)
