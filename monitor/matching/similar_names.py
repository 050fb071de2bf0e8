"""Find the pairs of names in a watchlist that differ by one letter, quickly even among 100,000 names."""

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
_Half = tuple[int, str]  # the length of a text, and its first or last half
MAX_COMPARED = 32  # texts with the same half that are compared one by one; more are indexed again
MIN_INDEXED = 4  # letters of a text that is indexed by halves


def similar_names(names: Sequence[tuple[Alias, int | None]]) -> Iterator[tuple[int, int]]:
    """Yield each pair of names that are one edit (one wrong letter) apart, as their positions in *names*.

    Args:
        names: Each name with the number of edits that its actor allows; None means that the length decides.
    """
    positions = sorted(_candidates([alias for alias, _ in names]))
    index = PatternIndex([Pattern(*names[position]) for position in positions])
    for position in positions:
        for other in _one_edit_away(index, names[position][0]):
            yield position, positions[other]


def _one_edit_away(index: PatternIndex, alias: Alias) -> list[int]:
    """Return, in order, the numbers of the names in *index* that differ from the whole name *alias* by one letter."""
    words = Words(Text(alias.core))
    end = words.spans[-1][1] if words.spans else 0
    found = [candidate for candidate in index.find(words) if candidate.edits == 1]
    return sorted({c.pattern for c in found if c.span(words) == (words.spans[0][0], end)})


def _candidates(names: Sequence[Alias]) -> set[int]:
    """Return the positions of the names that may differ from another name by one letter; only these are compared.

    If two names match with one wrong letter, however words are joined or split, their letters without spaces differ by
    one and possibly a plural ending.
    """
    positions: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(names):
        positions["".join(name.words)].append(position)
    index = _OneEditIndex()
    found: set[int] = set()
    for letters, here in positions.items():
        for other in index.find(letters):  # each pair once: the index contains only the names before this one
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
    """Finds the indexed texts that differ from a given text by one edit, that is one wrong letter.

    An edit (as in optimal string alignment, OSA) leaves the first or the second half of a text unchanged, except for
    two letters in the middle. Each text is therefore stored under both halves. If many texts share a half ("Mohammad
    ..."), their other halves are stored in a nested index of this class.
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
        """Yield the indexed texts that differ from *text* by one letter; a text may be yielded twice."""
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
    """Return how many letters at the beginning and at the end two texts share if they differ by one letter.

    Args:
        length: The number of letters of one of the texts.
    """
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
