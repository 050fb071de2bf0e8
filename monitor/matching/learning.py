"""Words of the feeds that no list of words holds: what stands in many stories is a word, and not a slip of a name."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.matching.text import Words, folded_words
from monitor.model import Text

MIN_STORIES = 6  # that a word stands in: the same slip is repeated within a story, seldom in so many
MIN_LETTERS = 3


class WordCount:
    """Counts in how many stories each word stands.

    Args:
        known: Folded words that need not be learned.
        never: Texts whose words are never learned: slips that turned out to be names.
    """

    def __init__(self, known: frozenset[str], never: Iterable[str] = ()) -> None:
        self._passed_over = known.union(word for text in never for word in folded_words(text))
        self._stories: set[int] = set()
        self._counted: dict[str, set[int]] = {}
        self._learned: set[str] = set()

    def add(self, story: int, text: Text, besides: Iterable[str] = ()) -> None:
        """Count the words of *text* for its story, but for those of *besides*, which may be names."""
        self._stories.add(story)
        names = {word for name in besides for word in folded_words(name)}
        for word in set(Words(text).folded) - self._passed_over - names - self._learned:
            if len(word) >= MIN_LETTERS and word.isalpha():
                stories = self._counted.setdefault(word, set())
                stories.add(story)
                if len(stories) == MIN_STORIES:
                    self._learned.add(word)
                    del self._counted[word]

    @property
    def stories(self) -> int:
        """Return how many stories were counted."""
        return len(self._stories)

    def words(self) -> frozenset[str]:
        """Return the words that stand in ``MIN_STORIES`` stories or more."""
        return frozenset(self._learned)
