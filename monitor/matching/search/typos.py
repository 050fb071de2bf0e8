"""Find words within one or two edits of a given word without comparing every word with every other.

Two words are at most one edit apart (a letter replaced, missing, inserted, or swapped with its neighbour) only if they
become equal when at most one letter is deleted from each (SymSpell, Garbe 2012). If a long word has two edits, its
first or its last letters contain at most one of them. The lookup by deletions returns few candidates; their edit
distance (optimal string alignment, OSA) is then computed.

Two more kinds of typo count as one edit: two letters swapped across a third in a long word ("Larazus"), and digits that
look like the letters that they replace ("L4zarus").
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Generic, TypeVar

from rapidfuzz.distance import OSA

from monitor.matching.forms import MAX_JOINED_FUZZY, MIN_JOINED_FUZZY, Form, has_digit

T = TypeVar("T")
MAX_EDITS = 2  # at most in one word
MIN_SWAPPED_OVER = 7  # letters of a word in which two letters may be swapped across a third
END = 5  # letters at each end of a word that are indexed if it allows two edits; at most half of the word


# digits and the letters that they replace; 1 is read as i in the first table, as l in the second
_LEET = (str.maketrans("0134578", "oieastb"), str.maketrans("0134578", "oleastb"))


def edits_between(word: str, wanted: str, budget: int) -> int | None:
    """Return the number of edits (wrong letters) between two words; None if it is more than *budget*.

    Args:
        word: A word of a text, in lower case without accents.
        wanted: A word of a name, in lower case without accents.
        budget: The largest number of edits allowed.
    """
    if has_digit(word):
        return 1 if budget and wanted in letters_for_digits(word) else None
    edits = int(OSA.distance(word, wanted, score_cutoff=budget))
    if edits <= budget:
        return edits
    return 1 if budget and edits == 2 and is_swapped_over(word, wanted) else None


def letters_for_digits(word: str) -> list[str]:
    """Return *word* with its digits read as letters: "lazarus" for "l4zarus"; empty if a digit resembles no letter."""
    return [read for read in dict.fromkeys(word.translate(table) for table in _LEET) if read.isalpha()]


def is_swapped_over(word: str, wanted: str) -> bool:
    """Return whether two letters of a long word are swapped across a third ("larazus"), and nothing else differs."""
    if len(word) != len(wanted) or len(word) < MIN_SWAPPED_OVER:
        return False
    differing = [n for n, (one, other) in enumerate(zip(word, wanted, strict=True)) if one != other]
    if len(differing) != 2 or differing[1] - differing[0] != 2:
        return False
    first, last = differing
    return word[first] == wanted[last] and word[last] == wanted[first]


class _Buckets(Generic[T]):
    """A dictionary that stores values under hashes of strings instead of the strings, to save memory.

    Two different strings with the same hash share an entry; that costs only a needless comparison.
    """

    def __init__(self) -> None:
        self._by_key: dict[int, T | list[T]] = {}

    def add(self, value: T, keys: Iterable[int]) -> None:
        for key in keys:
            known = self._by_key.setdefault(key, value)
            if isinstance(known, list):
                known.append(value)
            elif known is not value:
                self._by_key[key] = [known, value]

    def lookup(self, keys: Iterable[int]) -> list[T]:
        """Return the values stored under any of *keys*; a value stored under two of them is returned twice."""
        found: list[T] = []
        hits: Iterable[T | list[T]] = filter(None, map(self._by_key.get, keys))  # most keys are unknown
        for hit in hits:
            if isinstance(hit, list):
                found += hit
            else:
                found.append(hit)
        return found


class FuzzyWordIndex:
    """Finds the words of names that a given word may be a misspelling of.

    Args:
        budgets: The words of names, each with the number of edits that it allows, 1 or 2.
    """

    def __init__(self, budgets: Mapping[str, int]) -> None:
        self._budgets = budgets
        self._words = _Buckets[str]()
        self._heads = _Buckets[str]()
        self._tails = _Buckets[str]()
        self._ends: set[int] = set()
        self._anagrams = sorted_hashes(_anagram(word) for word in budgets if len(word) >= MIN_SWAPPED_OVER)
        for word, budget in budgets.items():
            self._words.add(word, {_letters_hash(word), *_deletions(word)})
            if budget > 1:
                end = min(END, len(word) // 2)
                self._ends.add(end)
                self._heads.add(word, {_letters_hash(word[:end]), *_deletions(word[:end])})
                self._tails.add(word, (hash(word[-end:]),))

    def near(self, word: str) -> list[tuple[str, int]]:
        """Return the words of names that *word* may be a misspelling of, each with the number of edits, at least 1."""
        candidates = self._words.lookup([_letters_hash(word), *_deletions(word)])
        for end in self._ends:
            if len(word) >= 2 * end - 2:
                # if a word has two edits, its first letters have none, one (perhaps an insertion) or both
                candidates += self._heads.lookup([*_deletions(word[: end + 1]), *_deletions(word[:end])])
                candidates += self._tails.lookup((hash(word[-end:]),))
        candidates += self._swapped_over(word)
        if not candidates:
            return []
        close = [(near, edits_between(word, near, self._budgets[near])) for near in {*candidates}]
        return sorted([(near, edits) for near, edits in close if edits])

    def near_with_digits(self, word: str) -> list[tuple[str, int]]:
        """Return the words of names that *word* writes with digits for letters ("l4zarus"), each counted as 1 edit."""
        return [(near, 1) for near in letters_for_digits(word) if near in self._budgets]

    def _swapped_over(self, word: str) -> list[str]:
        if len(word) < MIN_SWAPPED_OVER or not contains(self._anagrams, _anagram(word)):
            return []
        swapped = (word[:n] + word[n + 2] + word[n + 1] + word[n] + word[n + 3 :] for n in range(len(word) - 2))
        return [near for near in swapped if near in self._budgets and near != word]


class FuzzyJoinedIndex:
    """Finds the names that, with their words joined ("lazarusgroup"), differ from a given word by one letter.

    One wrong letter leaves the first or the second half of a word unchanged, except for the two letters in the middle.
    An index by halves needs two keys for each name, while ``FuzzyWordIndex`` needs one for each letter.

    Args:
        names: Names whose ``joined`` is not empty.
    """

    def __init__(self, names: Iterable[Form]) -> None:
        self._by_end = _Buckets[Form]()
        for name in names:
            self._by_end.add(name, _end_keys(name.joined, len(name.joined)))

    def near(self, word: str) -> list[Form]:
        """Return the names that differ from *word* by one letter when their words are joined: "lazarusgruop"."""
        size = len(word)
        if not MIN_JOINED_FUZZY - 1 <= size <= MAX_JOINED_FUZZY + 1:
            return []
        keys = (*_end_keys(word, size - 1), *_end_keys(word, size), *_end_keys(word, size + 1))
        near = self._by_end.lookup(keys)
        return [name for name in _unique(near) if OSA.distance(word, name.joined, score_cutoff=1) == 1] if near else []


def _end_keys(word: str, length: int) -> tuple[int, int]:
    """Return the two keys under which a joined name of *length* letters is stored if it begins or ends like *word*."""
    middle = length // 2
    return hash(word[: middle - 1]) + length, hash(word[middle + 1 - length :]) - length


def _unique(names: Iterable[Form]) -> Iterable[Form]:
    return {id(name): name for name in names}.values()


def _deletions(word: str) -> list[int]:
    """Return a hash of each string that results from deleting one letter of *word*."""
    # a tuple of letters is created and hashed in half the time of a string, as their hashes are cached
    return [*map(hash, combinations(word, len(word) - 1))] if word else []


def _letters_hash(word: str) -> int:
    """Return a hash of the letters of *word*, to look it up among the hashes that ``_deletions`` returns."""
    return hash(tuple(word))


def _anagram(word: str) -> int:
    """Return a hash that is the same for all words with the same letters in any order."""
    return hash("".join(sorted(word)))


def sorted_hashes(hashes: Iterable[int]) -> array[int]:
    """Return the distinct *hashes* in a sorted array, which needs a tenth of the memory of a set."""
    return array("q", sorted({*hashes}))


def contains(hashes: Sequence[int], number: int) -> bool:
    """Return whether *number* is in *hashes*, which must be sorted."""
    n = bisect_left(hashes, number)
    return n < len(hashes) and hashes[n] == number
