"""A reference for the index: compare every form of every alias with every window of words."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from monitor.matching.candidate import within_name
from monitor.matching.folding import fold
from monitor.matching.forms import Form, Pattern, forms, has_digit, is_plural, without_version
from monitor.matching.search.typos import edits_between
from monitor.matching.words import Words

Best = dict[tuple[int, int, int], int]


def windows(patterns: Sequence[Pattern], vocabulary: frozenset[str], words: Words) -> set[tuple[int, int, int, int]]:
    """Return pattern, start, end and edits of all that plain and ending patterns match in *words*."""
    folded = [fold(word) for word in words.low]
    best: Best = {}
    for number, pattern in enumerate(patterns):
        for form in forms(number, pattern, vocabulary):
            for first in range(len(folded)):
                for after in range(first + 1, min(len(folded), first + 2 * len(form.words)) + 1):
                    for edits in aligned(form, 0, folded[first:after], vocabulary):
                        if edits <= form.total and not rejected(form, first, after, words, vocabulary):
                            key = number, words.spans[first][0], words.spans[after - 1][1]
                            best[key] = min(edits, best.get(key, edits))
    return {(*key, edits) for key, edits in best.items()}


def aligned(form: Form, n: int, window: list[str], vocabulary: frozenset[str]) -> list[int]:
    """Return the edits of every way to align the form's words from *n* on with all of *window*."""
    rest = form.words[n:]
    if not window or not rest:
        return [] if window or rest else [0]
    seen, ways = window[0], []
    if (edits := one_word(form, n, seen, vocabulary)) is not None:
        ways += [edits + more for more in aligned(form, n + 1, window[1:], vocabulary)]
    if not form.loose:
        return ways
    if is_split(window[:2], rest[0], vocabulary):
        ways += aligned(form, n + 1, window[2:], vocabulary)
    if seen in vocabulary:
        return ways
    for size in (2, 3)[: len(rest) - 1]:
        joined = "".join(rest[:size])
        if seen == joined or (size == len(rest) and is_plural(seen, joined)):
            ways += aligned(form, n + size, window[1:], vocabulary)
    if n == 0 and len(window) == 1 and form.joined and not has_digit(seen) and OSA.distance(seen, form.joined) == 1:
        ways.append(1)
    return ways


def one_word(form: Form, n: int, seen: str, vocabulary: frozenset[str]) -> int | None:
    wanted, last = form.words[n], n == len(form.words) - 1
    if seen == wanted or (last and (seen.startswith(wanted) if form.ending else is_plural(seen, wanted))):
        return 0
    if len(form.words) == 1 and form.loose and without_version(seen) == wanted:
        return 0
    return None if seen in vocabulary or not form.budgets[n] else edits_between(seen, wanted, form.budgets[n])


def is_split(pair: list[str], wanted: str, vocabulary: frozenset[str]) -> bool:
    """Return whether the text splits a word into two that are not both ordinary."""
    both = len(pair) == 2 and all(pair) and not all(word in vocabulary for word in pair)
    return both and len(wanted) >= 6 and "".join(pair) == wanted


def rejected(form: Form, first: int, after: int, words: Words, vocabulary: frozenset[str]) -> bool:
    return within_name(words, first, after) or is_coincidence(form, first, after, words, vocabulary)


def is_coincidence(form: Form, first: int, after: int, words: Words, vocabulary: frozenset[str]) -> bool:
    """Return whether ordinary words only happen to spell a name that is written as one word."""
    ordinary = all(fold(word) in vocabulary for word in words.low[first:after])
    if words.joined.count("-", words.spans[first][0], words.spans[after - 1][1]) == after - first - 1:
        return False
    return form.seamed and ordinary and not all(words.joined[at].isupper() for at, _ in words.spans[first:after])
