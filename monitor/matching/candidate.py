"""Candidates (places in a text where a spelling of the watchlist may occur) and an index of their positions."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from itertools import pairwise
from math import ceil
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

from monitor.matching.spelling import Alias, AliasKind, normalized
from monitor.matching.words import Words
from monitor.model import MatchKind

T = TypeVar("T")

# between two words of a name there may be spaces, quotes and hyphens, but no end of a clause unless the alias has it
_CLAUSE_END = re.compile(r"[,;:!?…|。！？，、；：]")
_JOINS = " \t\n\u00a0-‐‑–—_\"'‘’“”`\u02bb\u02bc"  # may surround the comma of a name that has one
_MAY_END = re.compile(r"[.,;:!?…|。！？，、；：]")


class Candidate(NamedTuple):
    """A place in a text where a spelling of the watchlist occurs; whether it counts as a mention is decided later.

    ``start`` and ``end`` are word numbers: 7 to 9 means the words 7 and 8. They are fractions if the name is only part
    of a word, as in Chinese text without spaces. The span in characters is computed by ``span`` when needed.
    """

    pattern: int
    start: float
    end: float
    edits: int
    alias: Alias
    chars: tuple[int, int] | None = None  # the span in characters, if it is known already

    @property
    def word(self) -> int:
        """Return the number of the first word of this possible match; the words of a text are numbered from 0."""
        return int(self.start)

    @property
    def words(self) -> int:
        """Return how many words this possible match covers: at least 1, even if it is only part of a word."""
        return ceil(self.end) - self.word or 1

    def span(self, words: Words) -> tuple[int, int]:
        """Return start and end of this possible match in characters of the text."""
        return self.chars or words.span(self.word, self.word + self.words)

    def text(self, words: Words) -> str:
        """Return the part of the text that this possible match covers, as the feed wrote it."""
        start, end = self.span(words)
        return words.joined[start:end]

    def kind(self, words: Words) -> MatchKind:
        """Return how the text agrees with the alias: EXACT, FOLDED (case or accents differ), FUZZY, REGEX or ENDING."""
        if self.edits:
            return MatchKind.FUZZY
        if self.alias.kind is AliasKind.ADDRESS:
            return MatchKind.ADDRESS
        if self.alias.kind is AliasKind.REGEX:
            return MatchKind.REGEX
        if self.alias.kind is AliasKind.ENDING:
            return MatchKind.ENDING
        return MatchKind.EXACT if self.text(words) == self.alias.core else MatchKind.FOLDED


class SpanIndex(Generic[T]):
    """An index of items that have a start and an end; finds the item next to a position in logarithmic time.

    Args:
        items: The items in any order; they may overlap.
        span: Returns start and end (exclusive) of an item.
    """

    def __init__(self, items: Iterable[T], span: Callable[[T], tuple[float, float]]) -> None:
        spans = [(*span(item), item) for item in items]
        self._by_start = sorted(spans, key=itemgetter(0, 1))
        self._by_end = sorted(spans, key=itemgetter(1, 0))
        self._starts = [start for start, _, _ in self._by_start]
        self._ends = [end for _, end, _ in self._by_end]
        self._furthest: list[int] = []  # for each item: the position of the item that ends last among those up to it
        for n, (_, end, _) in enumerate(self._by_start):
            last = self._furthest[-1] if n else 0
            self._furthest.append(n if end > self._by_start[last][1] else last)

    def __bool__(self) -> bool:
        return bool(self._starts)

    def overlapping(self, start: float, end: float) -> T | None:
        """Return an indexed item that overlaps the range *start* to *end*; None if no item does."""
        before_end = bisect_left(self._starts, end)
        if not before_end:
            return None
        _, its_end, item = self._by_start[self._furthest[before_end - 1]]
        return item if its_end > start else None

    def before(self, start: float) -> T | None:
        """Return the indexed item that ends last among those that end at or before *start*; None if there is none."""
        n = bisect_right(self._ends, start)
        return self._by_end[n - 1][2] if n else None

    def after(self, end: float) -> T | None:
        """Return the indexed item that starts first among those that start at or after *end*; None if there is none."""
        n = bisect_left(self._starts, end)
        return self._by_start[n][2] if n < len(self._starts) else None


def index_candidates(candidates: Iterable[Candidate]) -> SpanIndex[Candidate]:
    """Return an index that finds the possible match before, after or at a given word of a text."""
    return SpanIndex(candidates, lambda c: (c.start, c.end))


def candidate_at(words: Words, pattern: int, alias: Alias, chars: tuple[int, int]) -> Candidate:
    """Return a possible match of a name that starts or ends inside a word, as names in Chinese text do.

    Args:
        words: The words of the text.
        pattern: The number of the spelling in the index of all spellings.
        alias: The spelling.
        chars: Start and end in characters of the text.
    """
    start, end = chars
    first, count = words.words_between(start, end)
    last = first + count - 1
    if last >= len(words.spans):  # the span lies after the last word
        return Candidate(pattern, first, first, 0, alias, chars)
    (first_start, first_end), (last_start, last_end) = words.spans[first], words.spans[last]
    begins = first + max(0.0, (start - first_start) / (first_end - first_start))
    ends = last + min(1.0, (end - last_start) / (last_end - last_start))
    return Candidate(pattern, begins, max(begins, ends), 0, alias, chars)


def for_distances(words: Words, candidate: Candidate) -> Candidate:
    """Return *candidate* with ``start`` and ``end`` converted to positions by which distances are measured.

    They differ for languages such as Chinese: a word of the text there counts as several words of a distance.
    """
    offsets = words.distance_offsets
    if offsets is None:
        return candidate
    start, end = _scaled(offsets, candidate.start), _scaled(offsets, candidate.end)
    return candidate._replace(start=start, end=end, chars=candidate.span(words))


def _scaled(offsets: list[float], position: float) -> float:
    word = int(position)
    if word >= len(offsets) - 1:
        return offsets[-1]
    return offsets[word] + (position - word) * (offsets[word + 1] - offsets[word])


def within_name(words: Words, first: int, after: int) -> bool:
    """Return whether an underscore joins a group of words to a longer name, as "Sandworm" in "Sandworm_Mode".

    Args:
        words: The words of the text.
        first: The number of the first word of the group.
        after: The number of the word that follows the group.
    """
    start, end = words.span(first, after)
    return words.joined[end : end + 1] == "_" or (start > 0 and words.joined[start - 1] == "_")


def is_contiguous(words: Words, first: int, after: int, alias: Alias) -> bool:
    """Return whether the words of a name stand in one clause: no comma, colon or full stop separates them.

    Punctuation that the alias itself has is allowed: "Yahoo, Inc" as an alias matches "Yahoo, Inc".

    Args:
        words: The words of the text.
        first: The number of the first word of the name.
        after: The number of the word that follows the name.
        alias: The name as written in the watchlist.
    """
    start, end = words.span(first, after)
    if not _MAY_END.search(words.plain, start, end):
        return True
    for (_, one_end), (next_start, _) in pairwise(words.spans[first:after]):
        gap = words.plain[one_end:next_start]
        ends = _CLAUSE_END.search(gap) or ("." in gap and words.sentence(one_end) != words.sentence(next_start))
        if ends and ("|" in gap or unicodedata.normalize("NFKC", gap).strip(_JOINS) not in alias.core):
            return False
    return True


def exact_span(words: Words, first: int, after: int, alias: Alias) -> tuple[int, int] | None:
    """Return start and end, in characters, of a name if the text there equals *alias*; None if it differs.

    Args:
        words: The words of the text.
        first: The number of the first word of the name.
        after: The number of the word that follows the name.
        alias: A spelling that must match exactly, punctuation included, such as ``=DAI``.
    """
    start, end = words.span(first, after)
    start -= next(n for n, c in enumerate(alias.core) if c.isalnum())
    end += next(n for n, c in enumerate(reversed(alias.core)) if c.isalnum())
    return (start, end) if start >= 0 and normalized(words.joined[start:end]) == alias.core else None
