"""Find names in scripts that are written without spaces, or with particles attached to the name.

Such a name is searched inside words, and spaces and middle dots are ignored in the name and in the text:
라자루스 is found in 라자루스가, and 라자루스그룹 in 라자루스 그룹. No edits are allowed: another
syllable is another word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from monitor.matching.folding import fold, has_cjk
from monitor.matching.words import Words

# decomposed Hangul, or a character with its marks: what must be folded together
_CLUSTER = re.compile(
    r"[\u1100-\u115f][\u1160-\u11a7][\u11a8-\u11ff]?|.[\u0300-\u036f\u3099\u309a\u200b-\u200f\u2060\ufeff\uff9e\uff9f]*",
    re.DOTALL,
)
_SKIPPED = frozenset(" \t\u00a0\u3000·・‧-‐")


class UnspacedNames:
    """Finds Chinese, Japanese and Korean names inside text without spaces.

    Args:
        names: The words of each name, by the number of the name in the index of spellings.
    """

    def __init__(self, names: Mapping[int, tuple[str, ...]]) -> None:
        self._by_first: dict[str, list[tuple[int, str]]] = {}
        for number, words in names.items():
            name = "".join(words)
            self._by_first.setdefault(name[0], []).append((number, name))

    def __bool__(self) -> bool:
        return bool(self._by_first)

    def find(self, words: Words) -> Iterator[tuple[int, int, int]]:
        """Yield the number, start and end of every name found in a text; start and end are in characters."""
        condensed, spans = _condense(words.joined)
        for first, names in self._by_first.items():
            at = condensed.find(first)
            while at >= 0:
                for number, name in names:
                    if condensed.startswith(name, at) and _ends_at_words(condensed, at, name, words.joined, spans):
                        yield number, spans[at][0], spans[at + len(name) - 1][1]
                at = condensed.find(first, at + 1)


def _condense(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return *text* in lower case without accents and spaces, and for each remaining character its span in *text*."""
    letters: list[str] = []
    spans: list[tuple[int, int]] = []
    for cluster in _CLUSTER.finditer(text):
        if cluster.group() in _SKIPPED:
            continue
        folded = fold(cluster.group())
        letters.append(folded)
        spans += [cluster.span()] * len(folded)
    return "".join(letters), spans


def _ends_at_words(condensed: str, at: int, name: str, text: str, spans: list[tuple[int, int]]) -> bool:
    """Return whether a name found at position *at* starts and ends at word boundaries: "Ronin" is not in "Veronin".

    Next to a Chinese, Japanese or Korean character every position is a word boundary.
    """
    start, end = spans[at][0], spans[at + len(name) - 1][1]
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if not has_cjk(condensed[at]) and before.isalnum() and not has_cjk(before):
        return False
    return has_cjk(condensed[at + len(name) - 1]) or not after.isalnum() or has_cjk(after)
