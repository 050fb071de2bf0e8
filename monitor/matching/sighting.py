"""A place in a text where a pattern is met, and what must hold of it beyond its words."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from monitor.matching.spelling import Alias, AliasKind, same_text
from monitor.matching.text import Words
from monitor.model import MatchKind

# between two words of a name may stand blanks, quotes, hyphens; not the end of a clause, unless the name has one
_CLAUSE_END = re.compile(r"[,;:!?…|。！？，、；：]")
_JOINS = " \t\n\u00a0-‐‑–—_"  # may stand beside the comma of a name that has one
_MAY_END = re.compile(r"[.,;:!?…|。！？，、；：]")


class Sighting(NamedTuple):
    """A place where a pattern is met.

    ``start`` and ``end`` count words: 7 to 9 are the words 7 and 8. Within running text, where a name is no whole
    word, they are fractions. Where it stands by the letter is worked out only of what is shown.
    """

    pattern: int
    start: float
    end: float
    edits: int
    alias: Alias
    letters: tuple[int, int] | None = None  # where that is known already

    @property
    def word(self) -> int:
        """Return the number of its first word."""
        return int(self.start)

    @property
    def words(self) -> int:
        """Return how many words it spans: at least 1."""
        return ceil(self.end) - self.word or 1

    def span(self, words: Words) -> tuple[int, int]:
        """Return where it starts and ends in the joined text."""
        return self.letters or words.span(self.word, self.word + self.words)

    def text(self, words: Words) -> str:
        """Return what stands there."""
        start, end = self.span(words)
        return words.joined[start:end]

    def kind(self, words: Words) -> MatchKind:
        """Return how the text came to be taken for the alias."""
        if self.edits:
            return MatchKind.FUZZY
        if self.alias.kind is AliasKind.REGEX:
            return MatchKind.REGEX
        if self.alias.kind is AliasKind.ENDING:
            return MatchKind.ENDING
        return MatchKind.EXACT if self.text(words) == self.alias.core else MatchKind.FOLDED


def by_letters(words: Words, pattern: int, alias: Alias, start: int, end: int) -> Sighting:
    """Return the sighting of what starts and ends within words."""
    first, count = words.words_between(start, end)
    last = first + count - 1
    if last >= len(words.spans):  # behind the last word
        return Sighting(pattern, first, first, 0, alias, (start, end))
    (first_start, first_end), (last_start, last_end) = words.spans[first], words.spans[last]
    begins = first + max(0.0, (start - first_start) / (first_end - first_start))
    ends = last + min(1.0, (end - last_start) / (last_end - last_start))
    return Sighting(pattern, begins, max(begins, ends), 0, alias, (start, end))


def holds_together(words: Words, first: int, after: int, alias: Alias) -> bool:
    """Return whether no clause ends between the words of a name, unless the alias is written that way."""
    start, end = words.span(first, after)
    if not _MAY_END.search(words.plain, start, end):
        return True
    for (_, one_end), (next_start, _) in pairwise(words.spans[first:after]):
        gap = words.plain[one_end:next_start]
        ends = _CLAUSE_END.search(gap) or ("." in gap and words.sentence(one_end) != words.sentence(next_start))
        if ends and ("|" in gap or unicodedata.normalize("NFKC", gap).strip(_JOINS) not in alias.core):
            return False
    return True


def as_written(words: Words, first: int, after: int, alias: Alias) -> tuple[int, int] | None:
    """Return the span that says exactly what *alias* says, punctuation included; None when there is none."""
    start, end = words.span(first, after)
    start -= next(n for n, c in enumerate(alias.core) if c.isalnum())
    end += next(n for n, c in enumerate(reversed(alias.core)) if c.isalnum())
    return (start, end) if start >= 0 and same_text(words.joined[start:end]) == alias.core else None
