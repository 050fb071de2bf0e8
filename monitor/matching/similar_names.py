"""Find names that are one edit apart among very many names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from rapidfuzz.distance import OSA

from monitor.matching.forms import Pattern
from monitor.matching.search.pattern_index import PatternIndex
from monitor.matching.spelling import Alias
from monitor.matching.words import Words
from monitor.model import Text

_NO_DIGITS = str.maketrans("", "", "0123456789")
_Half = tuple[int, str]  # length of a text, and its first or last letters
MAX_COMPARED = 32  # texts that are compared one by one
MIN_INDEXED = 4  # letters; shorter texts have no halves


def similar_names(names: Sequence[tuple[Alias, int | None]]) -> Iterator[tuple[int, int]]:
    """Yield the positions of a name and of another that it would match with one edit.

    Args:
        names: Each with the maximum edit distance of its actor; None: by length.
    """
    positions = sorted(_candidates([alias for alias, _ in names]))
    index = PatternIndex([Pattern(*names[position]) for position in positions])
    for position in positions:
        for other in _one_edit_away(index, names[position][0]):
            yield position, positions[other]


def _one_edit_away(index: PatternIndex, alias: Alias) -> list[int]:
    """Return the numbers of the patterns that match the whole of *alias* with one edit, in order."""
    words = Words(Text(alias.core))
    end = words.spans[-1][1] if words.spans else 0
    found = [candidate for candidate in index.find(words) if candidate.edits == 1]
    return sorted({c.pattern for c in found if c.span(words) == (words.spans[0][0], end)})


def _candidates(names: Sequence[Alias]) -> set[int]:
    """Return the positions of names that may be one edit from another: few of many, found in one pass.

    However the matcher joins or splits words, the letters of the two names then differ by one edit, and by the ending
    of a plural.
    """
    positions: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(names):
        positions["".join(name.words)].append(position)
    index = _OneEditIndex()
    found: set[int] = set()
    for letters, here in positions.items():
        for other in index.find(letters):  # each pair once: only the names before are in the index yet
            if _differ_in_letters(letters, other):
                found.update(here, positions[other])
        index.add(letters)
    for letters, here in positions.items():
        for singular in _without_plural_ending(letters):
            for other in index.find(singular):
                if _differ_in_letters(letters, other):
                    found.update(here, positions[other])
    return found


def _differ_in_letters(one: str, other: str) -> bool:
    return one.translate(_NO_DIGITS) != other.translate(_NO_DIGITS)  # the matcher allows no edit in a number


class _OneEditIndex:
    """Finds the texts that are one edit (optimal string alignment) from a text, among very many.

    One edit leaves the first or the last half of a text unchanged, except for two letters in the middle. Texts are kept
    by both halves; where many share one, as "Mohammad ..." do, their other parts are kept in an index of the same kind.
    """

    def __init__(self) -> None:
        self._heads: dict[_Half, _Rests] = {}
        self._tails: dict[_Half, _Rests] = {}

    def add(self, text: str) -> None:
        length = len(text)
        head, tail = _half_lengths(length)
        _add_rest(self._heads, (length, text[:head]), text[head:])
        _add_rest(self._tails, (length, text[length - tail :]), text[: length - tail])

    def find(self, text: str) -> Iterator[str]:
        """Yield the texts one edit from *text*; one may come twice."""
        for length in (len(text) - 1, len(text), len(text) + 1):
            head, tail = _half_lengths(length)
            tail_start = len(text) - tail
            if rests := self._heads.get((length, text[:head])):
                for rest in _one_edit_from(text[head:], rests):
                    yield text[:head] + rest
            if rests := self._tails.get((length, text[tail_start:])):
                for rest in _one_edit_from(text[:tail_start], rests):
                    yield rest + text[tail_start:]


_Rests = list[str] | _OneEditIndex


@cache
def _half_lengths(length: int) -> tuple[int, int]:
    """Return the lengths of the first and last parts of a text of *length* that another, one edit away, may share."""
    middle = length // 2
    return max(0, middle - 1), max(0, length - middle - 1)


def _add_rest(halves: dict[_Half, _Rests], half: _Half, rest: str) -> None:
    rests = halves.setdefault(half, [])
    if isinstance(rests, _OneEditIndex):
        rests.add(rest)
        return
    rests.append(rest)
    if len(rests) > MAX_COMPARED and len(rest) >= MIN_INDEXED:
        halves[half] = index = _OneEditIndex()
        for text in rests:
            index.add(text)


def _one_edit_from(text: str, rests: _Rests) -> Iterator[str]:
    if isinstance(rests, _OneEditIndex):
        return rests.find(text)
    return (rest for rest in rests if OSA.distance(text, rest, score_cutoff=1) == 1)


def _without_plural_ending(letters: str) -> Iterator[str]:
    if letters.endswith("s"):
        yield letters[:-1]
        if letters.endswith("es"):
            yield letters[:-2]
