"""Words within a slip or two of the pen, found without comparing every word with every other.

Two words are at most one slip apart (a letter wrong, missing, doubled in or swapped with its neighbour) only
if they share a form that lacks one letter (SymSpell, Garbe 2012). Of two slips in a long word, its first or its
last letters have at most one. The look-up names few candidates; OSA distance decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from rapidfuzz.distance import OSA

from monitor.matching.forms import MAX_SOLID_SLIP, MIN_SOLID_SLIP, Form

T = TypeVar("T")
MAX_SLIPS = 2  # in one word
END = 5  # letters at either end of a word that allows two slips; fewer when it is not twice as long


class _Buckets(Generic[T]):
    """Things by the hashes of parts of their words.

    Numbers take half the room of strings; two parts with one hash only cost a comparison.
    """

    def __init__(self) -> None:
        self._by_key: dict[int, T | list[T]] = {}

    def add(self, thing: T, keys: Iterable[int]) -> None:
        for key in keys:
            known = self._by_key.setdefault(key, thing)
            if isinstance(known, list):
                known.append(thing)
            elif known is not thing:
                self._by_key[key] = [known, thing]

    def things(self, keys: Iterable[int]) -> list[T]:
        """Return the things that have one of *keys*, once for each."""
        found: list[T] = []
        hits: Iterable[T | list[T]] = filter(None, map(self._by_key.get, keys))  # few keys are any thing's
        for hit in hits:
            if isinstance(hit, list):
                found += hit
            else:
                found.append(hit)
        return found


class Slips:
    """Finds the indexed words near a given one.

    Args:
        budgets: Each indexed word with the slips it allows, 1 or 2.
    """

    def __init__(self, budgets: Mapping[str, int]) -> None:
        self._budgets = budgets
        self._words = _Buckets[str]()
        self._heads = _Buckets[str]()
        self._tails = _Buckets[str]()
        self._ends: set[int] = set()
        for word, budget in budgets.items():
            self._words.add(word, {hash(word), *_shorter(word)})
            if budget > 1:
                end = min(END, len(word) // 2)
                self._ends.add(end)
                self._heads.add(word, {hash(word[:end]), *_shorter(word[:end])})
                self._tails.add(word, (hash(word[-end:]),))

    def near(self, word: str) -> list[tuple[str, int]]:
        """Return the indexed words that *word* may be a slip of, with the number of slips: at least 1."""
        candidates = self._words.things([hash(word), *_shorter(word)])
        for end in self._ends:
            if len(word) >= 2 * end - 2:
                # of two slips the first letters have at most one, which may have put a letter in, or else both
                candidates += self._heads.things(_shorter(word[: end + 1]) + _shorter(word[:end]))
                candidates += self._tails.things((hash(word[-end:]),))
        if not candidates:
            return []
        close = [(near, OSA.distance(word, near, score_cutoff=MAX_SLIPS)) for near in {*candidates}]
        return sorted([(near, slips) for near, slips in close if 0 < slips <= self._budgets[near]])


class SolidSlips:
    """Finds the names that, their words run together, are one slip from a given word.

    One slip leaves the beginning or the end of a word as it was, but for the two letters at its middle. That asks
    for two keys a name where ``Slips`` asks for one a letter.

    Args:
        names: Forms with a ``solid`` spelling.
    """

    def __init__(self, names: Iterable[Form]) -> None:
        self._heads = _Buckets[Form]()
        self._tails = _Buckets[Form]()
        for name in names:
            head, tail = _end_keys(name.solid, len(name.solid))
            self._heads.add(name, (head,))
            self._tails.add(name, (tail,))

    def near(self, word: str) -> list[Form]:
        """Return the names that are one slip from *word*, each once."""
        size = len(word)
        if not MIN_SOLID_SLIP - 1 <= size <= MAX_SOLID_SLIP + 1:
            return []
        near = list[Form]()
        for length in (size - 1, size, size + 1):
            head, tail = _end_keys(word, length)
            near += self._heads.things((head,)) + self._tails.things((tail,))
        return [name for name in _once(near) if OSA.distance(word, name.solid, score_cutoff=1) == 1] if near else []


def _end_keys(word: str, length: int) -> tuple[int, int]:
    """Return the keys of what *word* shares, at its beginning or else at its end, with a name of *length* letters."""
    middle = length // 2
    return hash(word[: middle - 1]) + length, hash(word[middle + 1 - length :]) + length


def _once(names: Iterable[Form]) -> Iterable[Form]:
    return {id(name): name for name in names}.values()


def _shorter(word: str) -> list[int]:
    """Return the hashes of *word* without one of its letters."""
    return [hash(word[:i] + word[i + 1 :]) for i in range(len(word))]
