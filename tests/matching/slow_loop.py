"""What the index finds, found the slow and obvious way: every form of every alias against every window of words."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from monitor.matching.forms import Form, Pattern, forms, has_digit, is_plural
from monitor.matching.spelling import AliasKind
from monitor.matching.text import Words, fold


def windows(patterns: Sequence[Pattern], vocabulary: frozenset[str], words: Words) -> set[tuple[int, int, int, int]]:
    """Return pattern, start, end and edits of all that plain and ending patterns match in *words*."""
    folded = [fold(word) for word in words.low]
    best: dict[tuple[int, int, int], int] = {}
    for number, pattern in enumerate(patterns):
        for form in forms(number, pattern):
            size = len(form.words)
            for first in range(len(folded) - size + 1):
                edits = _edits(form, folded[first : first + size], vocabulary)
                if edits is not None and _capitals(form, first, size, folded, words, vocabulary):
                    _keep(best, number, first, size, edits, words)
        if pattern.alias.kind is AliasKind.PLAIN and pattern.parted and len(pattern.alias.words) == 1:
            for first in range(len(folded) - 1):
                if _parted(pattern.alias.words[0], folded[first : first + 2], first, words, vocabulary):
                    _keep(best, number, first, 2, 0, words)
    return {(*key, edits) for key, edits in best.items()}


def _keep(best: dict[tuple[int, int, int], int], n: int, first: int, size: int, edits: int, words: Words) -> None:
    key = n, words.spans[first][0], words.spans[first + size - 1][1]
    best[key] = min(edits, best.get(key, edits))


def _edits(form: Form, seen: list[str], vocabulary: frozenset[str]) -> int | None:
    total = 0
    for n, (word, wanted) in enumerate(zip(seen, form.words, strict=True)):
        last = n == len(seen) - 1
        if word == wanted or (last and (word.startswith(wanted) if form.ending else is_plural(word, wanted))):
            continue
        distance = OSA.distance(word, wanted)
        if distance > form.budgets[n] or word in vocabulary or has_digit(word):
            return None
        total += distance
    return total if total <= form.total else None


def _capitals(form, first, size, folded, words, vocabulary) -> bool:
    if not form.seamed or not all(word in vocabulary for word in folded[first : first + size]):
        return True
    return all(words.joined[start].isupper() for start, _ in words.spans[first : first + size])


def _parted(name, pair, first, words, vocabulary) -> bool:
    if len(name) < 6 or "".join(pair) != name:
        return False
    if not all(word in vocabulary for word in pair):
        return True
    return len(name) >= 9 and all(words.joined[start].isupper() for start, _ in words.spans[first : first + 2])
