"""A place in a text where a pattern is met, and what must hold of it beyond its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from monitor.matching.spelling import Alias, AliasKind, same_text
from monitor.matching.text import Words
from monitor.model import MatchKind

# between two words of a name may stand blanks, quotes, hyphens; not the end of a clause, unless the name has one
_CLAUSE_END = re.compile(r"[,;:!?…|。！？，、；：]")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A place where a pattern is met; ``start`` and ``end`` count the characters of the joined text."""

    pattern: int
    start: int
    end: int
    word: int  # its first
    words: int  # how many
    sentence: int
    edits: int
    kind: MatchKind


def holds_together(words: Words, spans: list[tuple[int, int]], alias: Alias) -> bool:
    """Return whether no clause ends between the words of a name, unless the alias is written that way."""
    for (_, end), (start, _) in pairwise(spans):
        gap = words.lowered[end:start]
        ends = _CLAUSE_END.search(gap) or ("." in gap and words.sentence(end) != words.sentence(start))
        if ends and ("|" in gap or gap.strip() not in alias.core):
            return False
    return True


def as_written(text: str, start: int, end: int, alias: Alias) -> tuple[int, int]:
    """Return the span that says exactly what *alias* says, punctuation included, or (-1, -1)."""
    before = next(n for n, c in enumerate(alias.core) if c.isalnum())
    behind = next(n for n, c in enumerate(reversed(alias.core)) if c.isalnum())
    start, end = start - before, end + behind
    return (start, end) if start >= 0 and same_text(text[start:end]) == alias.core else (-1, -1)


def located(words: Words, pattern: int, start: int, end: int, edits: int, kind: MatchKind, alias: Alias) -> Sighting:
    """Return the sighting at a span, with the words and the sentence it stands in."""
    first, count = words.words_between(start, end)
    if kind is MatchKind.FOLDED and words.joined[start:end] == alias.core:
        kind = MatchKind.EXACT
    elif kind is MatchKind.FOLDED and alias.kind is AliasKind.ENDING:
        kind = MatchKind.ENDING
    return Sighting(pattern, start, end, first, count, words.sentence(start), edits, kind)
