"""Names in scripts that are written without spaces, or with particles glued to the name.

Such a name is looked for inside running text, blanks and middle dots left out on both sides: 라자루스가 names
라자루스, and 라자루스 그룹 is 라자루스그룹. Slips are not forgiven: another syllable is another word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from monitor.matching.text import Words, fold, has_cjk

# decomposed Hangul, or a character with its marks: what must be folded together
_CLUSTER = re.compile(
    r"[\u1100-\u115f][\u1160-\u11a7][\u11a8-\u11ff]?|.[\u0300-\u036f\u3099\u309a\u200b-\u200f\u2060\ufeff\uff9e\uff9f]*",
    re.DOTALL,
)
_SKIPPED = frozenset(" \t\u00a0\u3000·・‧-‐")


class RunningText:
    """Finds names inside running text.

    Args:
        names: The folded words of each name, by its number.
    """

    def __init__(self, names: Mapping[int, tuple[str, ...]]) -> None:
        self._by_first: dict[str, list[tuple[int, str]]] = {}
        for number, words in names.items():
            name = "".join(words)
            self._by_first.setdefault(name[0], []).append((number, name))

    def __bool__(self) -> bool:
        return bool(self._by_first)

    def find(self, words: Words) -> Iterator[tuple[int, int, int]]:
        """Yield number, start and end of every name, by position in the joined text."""
        solid, spans = _solid(words.joined)
        for first, names in self._by_first.items():
            at = solid.find(first)
            while at >= 0:
                for number, name in names:
                    if solid.startswith(name, at) and _stands_free(solid, at, name, words.joined, spans):
                        yield number, spans[at][0], spans[at + len(name) - 1][1]
                at = solid.find(first, at + 1)


def _solid(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return *text* folded, without blanks, and the span that each of its characters came from."""
    letters: list[str] = []
    spans: list[tuple[int, int]] = []
    for cluster in _CLUSTER.finditer(text):
        if cluster.group() in _SKIPPED:
            continue
        folded = fold(cluster.group())
        letters.append(folded)
        spans += [cluster.span()] * len(folded)
    return "".join(letters), spans


def _stands_free(solid: str, at: int, name: str, text: str, spans: list[tuple[int, int]]) -> bool:
    """Return whether a Latin letter at either edge of *name* is also the edge of a word."""
    start, end = spans[at][0], spans[at + len(name) - 1][1]
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if not has_cjk(solid[at]) and before.isalnum() and not has_cjk(before):
        return False
    return has_cjk(solid[at + len(name) - 1]) or not after.isalnum() or has_cjk(after)
