"""Find names that are one edit apart among very many names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from monitor.matching.forms import Pattern
from monitor.matching.search.pattern_index import PatternIndex
from monitor.matching.spelling import Alias
from monitor.matching.words import Words
from monitor.model import Text

_NO_DIGITS = str.maketrans("", "", "0123456789")
_Half = tuple[int, str]  # length of a name, and its first or last letters


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
    of a plural. One edit leaves the first or the last half of the letters unchanged, except for two in the middle.
    """
    joined = ["".join(name.words) for name in names]
    without_digits = [letters.translate(_NO_DIGITS) for letters in joined]  # the matcher allows no edit in a number
    heads: dict[_Half, list[int]] = defaultdict(list)
    tails: dict[_Half, list[int]] = defaultdict(list)
    for position, letters in enumerate(joined):
        head, tail = _halves(letters, len(letters))
        heads[head].append(position)
        tails[tail].append(position)
    found: set[int] = set()
    for position, letters in enumerate(joined):
        for singular in _without_plural_ending(letters):
            for length in (len(singular) - 1, len(singular), len(singular) + 1):
                head, tail = _halves(singular, length)
                for other in (*heads.get(head, ()), *tails.get(tail, ())):
                    if (
                        without_digits[other] != without_digits[position]
                        and OSA.distance(singular, joined[other], score_cutoff=1) == 1
                    ):
                        found |= {position, other}
    return found


def _halves(letters: str, length: int) -> tuple[_Half, _Half]:
    """Return the first and last parts that *letters* may share with a name of *length* letters one edit away."""
    middle = length // 2
    return (length, letters[: max(0, middle - 1)]), (
        length,
        letters[middle + 1 - length :] if middle + 1 < length else "",
    )


def _without_plural_ending(letters: str) -> Iterator[str]:
    yield letters
    if letters.endswith("s"):
        yield letters[:-1]
        if letters.endswith("es"):
            yield letters[:-2]
