"""Ordinary words, which are never taken for a misspelled name: shipped lists, and words learned from the feeds."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from monitor.matching.words import Words, folded_words
from monitor.model import Text

MIN_STORIES = 6  # a word is learned once this many stories use it; a typo is repeated within few
MIN_LETTERS = 3


@cache
def load_vocabulary() -> frozenset[str]:
    """Return the shipped ordinary words: about 75,000 English words, 20,000 common names and technical terms.

    They are in lower case without accents. The first call reads the files (about 25 ms). The English words are SCOWL's,
    in American and British spelling (http://wordlist.aspell.net; licence in WORDS-LICENSE). The names of people, places
    and products come from several lists (named with their licences in NAMES-LICENSE). The terms of security and finance
    are our own list.
    """
    folder = files(__package__ or "monitor.matching")
    packed = (folder.joinpath(name).read_bytes() for name in ("words.txt.gz", "names.txt.gz"))
    words = " ".join(gzip.decompress(file).decode("ascii") for file in packed)
    trade = folder.joinpath("trade-words.txt").read_text(encoding="ascii")
    return frozenset(words.split()).union(trade.split())


class WordCounter:
    """Counts in how many stories each word occurs, to learn ordinary words that the shipped vocabulary lacks.

    Args:
        known: Words that need not be learned.
        never: Texts whose words are never learned, because a person confirmed them as misspelled names.
    """

    def __init__(self, known: frozenset[str], never: Iterable[str] = ()) -> None:
        self._ignored = known.union(word for text in never for word in folded_words(text))
        self._stories: set[int] = set()
        self._counted: dict[str, set[int]] = {}
        self._learned: set[str] = set()

    def add(self, story: int, text: Text, except_for: Iterable[str] = ()) -> None:
        """Count the words of one text for a story; each word counts once per story.

        Args:
            story: The number of the story that the text belongs to.
            text: The text of an entry.
            except_for: Parts of the text that may be names; their words are not counted.
        """
        self._stories.add(story)
        names = {word for name in except_for for word in folded_words(name)}
        for word in set(Words(text).folded) - self._ignored - names - self._learned:
            if len(word) >= MIN_LETTERS and word.isalpha():
                stories = self._counted.setdefault(word, set())
                stories.add(story)
                if len(stories) == MIN_STORIES:
                    self._learned.add(word)
                    del self._counted[word]

    @property
    def stories(self) -> int:
        """Return the number of stories counted so far."""
        return len(self._stories)

    def words(self) -> frozenset[str]:
        """Return the learned words: those that occur in at least ``MIN_STORIES`` stories."""
        return frozenset(self._learned)
