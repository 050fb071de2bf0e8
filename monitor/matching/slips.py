"""Words within a slip or two of the pen: a deletion neighbourhood.

Two words are at most one slip apart (a letter wrong, missing, doubled in or swapped with its neighbour) only
if they share a form that lacks one letter (SymSpell, Garbe 2012). For two slips a long word is cut in halves:
one half has at most one slip. The look-up names few candidates; OSA distance decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rapidfuzz.distance import OSA

MAX_SLIPS = 2


class Slips:
    """Finds the indexed words near a given one.

    Args:
        budgets: Each indexed word with the slips it allows, 1 or 2.
    """

    def __init__(self, budgets: Mapping[str, int]) -> None:
        self._budgets = budgets
        self._near: dict[int, str | tuple[str, ...]] = {}
        self._long = {len(word) for word, budget in budgets.items() if budget > 1}
        for word, budget in budgets.items():
            for key in _keys(word):
                self._add(key, word)
            if budget > 1:
                for key in _half_keys(word):
                    self._add(key, word)

    def _add(self, key: int, word: str) -> None:
        known = self._near.get(key)
        if known is None:
            self._near[key] = word
        elif isinstance(known, str):
            self._near[key] = known if known == word else (known, word)
        elif word not in known:
            self._near[key] = (*known, word)

    def near(self, word: str) -> list[tuple[str, int]]:
        """Return the indexed words that *word* may be a slip of, with the number of slips: at least 1."""
        found: set[str] = set()
        for key in self._questions(word):
            hit = self._near.get(key)
            if hit is not None:
                found.update((hit,) if isinstance(hit, str) else hit)
        near = []
        for candidate in sorted(found):
            allowed = self._budgets[candidate]
            slips = int(OSA.distance(word, candidate, score_cutoff=allowed))
            if 0 < slips <= allowed:
                near.append((candidate, slips))
        return near

    def _questions(self, word: str) -> Iterator[int]:
        yield from _keys(word)
        n = len(word)
        lengths = [m for m in range(n - MAX_SLIPS, n + MAX_SLIPS + 1) if m in self._long]
        for cut in {m // 2 + d for m in lengths for d in (-1, 0, 1)}:
            yield from _piece_keys("<", word[: max(0, cut)])
        for cut in {m - m // 2 + d for m in lengths for d in (-1, 0, 1)}:
            yield from _piece_keys(">", word[max(0, n - cut) :])


def _keys(word: str) -> set[int]:
    # numbers take half the room of strings; two strings with one hash only cost a comparison
    return {hash(word), *(hash(word[:i] + word[i + 1 :]) for i in range(len(word)))}


def _piece_keys(side: str, piece: str) -> set[int]:
    return {hash(side + piece), *(hash(side + piece[:i] + piece[i + 1 :]) for i in range(len(piece)))}


def _half_keys(word: str) -> set[int]:
    middle = len(word) // 2
    return _piece_keys("<", word[:middle]) | _piece_keys(">", word[middle:])
