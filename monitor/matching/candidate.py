"""Candidates: possible matches of a pattern in a text, and an index of their spans."""

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

# spaces, quotes and hyphens may stand between two words of a name; the end of a clause only if the name has one
_CLAUSE_END = re.compile(r"[,;:!?…|。！？，、；：]")
_JOINS = " \t\n\u00a0-‐‑–—_\"'‘’“”`\u02bb\u02bc"  # may stand beside the comma of a name that has one
_MAY_END = re.compile(r"[.,;:!?…|。！？，、；：]")


class Candidate(NamedTuple):
    """A place where a pattern occurs.

    ``start`` and ``end`` count words: 7 to 9 are the words 7 and 8. In text without spaces, where a name is not a
    whole word, they are fractions. The span in characters is computed only when it is asked for.
    """

    pattern: int
    start: float
    end: float
    edits: int
    alias: Alias
    chars: tuple[int, int] | None = None  # the span in characters, if it is known already

    @property
    def word(self) -> int:
        """Return the number of its first word."""
        return int(self.start)

    @property
    def words(self) -> int:
        """Return how many words it spans: at least 1."""
        return ceil(self.end) - self.word or 1

    def span(self, words: Words) -> tuple[int, int]:
        """Return its start and end in characters of the joined text."""
        return self.chars or words.span(self.word, self.word + self.words)

    def text(self, words: Words) -> str:
        """Return the text it covers."""
        start, end = self.span(words)
        return words.joined[start:end]

    def kind(self, words: Words) -> MatchKind:
        """Return how the text matches the alias."""
        if self.edits:
            return MatchKind.FUZZY
        if self.alias.kind is AliasKind.REGEX:
            return MatchKind.REGEX
        if self.alias.kind is AliasKind.ENDING:
            return MatchKind.ENDING
        return MatchKind.EXACT if self.text(words) == self.alias.core else MatchKind.FOLDED


class SpanIndex(Generic[T]):
    """Things with a span, indexed so that a neighbour is found in logarithmic time however long the text is.

    Args:
        items: In any order; they may overlap.
        span: Returns start and end (exclusive) of an item.
    """

    def __init__(self, items: Iterable[T], span: Callable[[T], tuple[float, float]]) -> None:
        spans = [(*span(item), item) for item in items]
        self._by_start = sorted(spans, key=itemgetter(0, 1))
        self._by_end = sorted(spans, key=itemgetter(1, 0))
        self._starts = [start for start, _, _ in self._by_start]
        self._ends = [end for _, end, _ in self._by_end]
        self._furthest: list[int] = []  # among the items up to each: the position of the one that ends last
        for n, (_, end, _) in enumerate(self._by_start):
            last = self._furthest[-1] if n else 0
            self._furthest.append(n if end > self._by_start[last][1] else last)

    def __bool__(self) -> bool:
        return bool(self._starts)

    def overlapping(self, start: float, end: float) -> T | None:
        """Return an item that overlaps the span; None when there is none."""
        before_end = bisect_left(self._starts, end)
        if not before_end:
            return None
        _, its_end, item = self._by_start[self._furthest[before_end - 1]]
        return item if its_end > start else None

    def before(self, start: float) -> T | None:
        """Return the last item that ends at or before *start*; None when there is none."""
        n = bisect_right(self._ends, start)
        return self._by_end[n - 1][2] if n else None

    def after(self, end: float) -> T | None:
        """Return the first item that starts at or after *end*; None when there is none."""
        n = bisect_left(self._starts, end)
        return self._by_start[n][2] if n < len(self._starts) else None


def index_candidates(candidates: Iterable[Candidate]) -> SpanIndex[Candidate]:
    """Return *candidates* indexed by the words they span."""
    return SpanIndex(candidates, lambda c: (c.start, c.end))


def candidate_at(words: Words, pattern: int, alias: Alias, chars: tuple[int, int]) -> Candidate:
    """Return the candidate of a span that may start and end within words.

    Args:
        words: The words of the text.
        pattern: The number of the pattern.
        alias: The alias of the pattern.
        chars: Start and end in characters of the joined text.
    """
    start, end = chars
    first, count = words.words_between(start, end)
    last = first + count - 1
    if last >= len(words.spans):  # after the last word
        return Candidate(pattern, first, first, 0, alias, chars)
    (first_start, first_end), (last_start, last_end) = words.spans[first], words.spans[last]
    begins = first + max(0.0, (start - first_start) / (first_end - first_start))
    ends = last + min(1.0, (end - last_start) / (last_end - last_start))
    return Candidate(pattern, begins, max(begins, ends), 0, alias, chars)


def for_distances(words: Words, candidate: Candidate) -> Candidate:
    """Return *candidate* with its position in words as distances count them; see ``Words.distance_offsets``."""
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
    """Return whether an underscore joins some words to a longer name: "Sandworm_Mode".

    Args:
        words: The words of the text.
        first: The first of them.
        after: The word after the last of them.
    """
    start, end = words.span(first, after)
    return words.joined[end : end + 1] == "_" or (start > 0 and words.joined[start - 1] == "_")


def is_contiguous(words: Words, first: int, after: int, alias: Alias) -> bool:
    """Return whether no clause ends between the words of a name, unless the alias has that punctuation too.

    Args:
        words: The words of the text.
        first: The first word of the name.
        after: The word after its last.
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
    """Return the span whose text equals *alias*, punctuation included; None when the text differs.

    Args:
        words: The words of the text.
        first: The first word of the name.
        after: The word after its last.
        alias: An exact spelling.
    """
    start, end = words.span(first, after)
    start -= next(n for n, c in enumerate(alias.core) if c.isalnum())
    end += next(n for n, c in enumerate(reversed(alias.core)) if c.isalnum())
    return (start, end) if start >= 0 and normalized(words.joined[start:end]) == alias.core else None
