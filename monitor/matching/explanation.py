"""Explain why a text matches a name, and why a near miss (a text that almost matches) does not."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.matching.candidate import Candidate
from monitor.matching.context import word_distance
from monitor.matching.forms import Pattern
from monitor.matching.match import Rejection
from monitor.matching.spelling import AliasKind
from monitor.matching.words import Words, folded_words
from monitor.model import MatchKind, Mention
from monitor.wording import counted


@dataclass(frozen=True, slots=True)
class ExplainedMatch:
    """A match in a text, whether it counts as a mention, and why.

    The texts in this class quote the feed: escape them for HTML as any text of a feed.
    """

    mention: Mention
    counts: bool
    rejected_because: str = ""  # why the match does not count, in words
    context: str = ""  # for a weak alias that counts, the word that confirms it: "phish", 3 words away
    rejection: Rejection | None = None  # why the match does not count, as a code; None: it counts
    edits: str = ""  # for a fuzzy match, where the edits are: "u" for "a" in "Lazurus"


def near_miss_reason(
    pattern: Pattern, candidate: Candidate, words: Words, vocabulary: frozenset[str]
) -> tuple[Rejection, str] | None:
    """Return why a text that almost matches a name is not a mention of it.

    Args:
        pattern: The name, with the number of edits that it allows.
        candidate: A place that matches if more edits are allowed, or if case is ignored.
        words: The words of the text.
        vocabulary: Ordinary words, in lower case without accents.

    Returns:
        The reason as a code and in words: ``"lazy" is an ordinary word, not a misspelling``. None if the place is not
        worth showing.
    """
    text = candidate.text(words)
    if pattern.alias.kind is AliasKind.EXACT:
        differ = candidate.kind(words) in (MatchKind.EXACT, MatchKind.FOLDED)
        sentence = f'case differs: "{pattern.alias.core}" matches only as written'
        return (Rejection.CASE, sentence) if differ else None
    if not candidate.edits:
        return None
    if pattern.max_edits == 0:
        sentence = f'"{text}" is {counted(candidate.edits, "edit")} away, and this name allows no edits'
        return Rejection.NO_EDITS, sentence
    ordinary = [word for word in folded_words(text) if word in vocabulary and word not in pattern.alias.words]
    if ordinary:
        return Rejection.ORDINARY, f'"{ordinary[0]}" is an ordinary word, not a misspelling'
    sentence = f'"{text}" is {counted(candidate.edits, "edit")} away: too many for a name of this length'
    return Rejection.EDITS, sentence


def describe_context(name: Candidate, context: tuple[Candidate, ...], words: Words) -> str:
    """Return the context words that confirm a weak alias, with their distances: ``"phish", 3 words away``.

    The text is empty if there are no context words.

    Args:
        name: Where the weak alias occurs.
        context: Where the context words occur that confirm it.
        words: The words of the text.
    """
    return " and ".join(f'"{word.text(words)}", {counted(word_distance(name, word), "word")} away' for word in context)


def describe_edits(candidate: Candidate, words: Words) -> str:
    """Return how a misspelled name differs from its alias: ``"u" for "a" in "lazurus"``; empty without a typo."""
    if not candidate.edits:
        return ""
    seen, wanted = folded_words(candidate.text(words)), candidate.alias.words
    if len(seen) != len(wanted):
        seen, wanted = ("".join(seen),), ("".join(wanted),)
    return "; ".join(
        f'{", ".join(edit_operations(one, other))} in "{one}"'
        for one, other in zip(seen, wanted, strict=True)
        if one != other
    )


def edit_operations(seen: str, wanted: str) -> list[str]:
    """Return the edits that turn the word *wanted* into the word *seen*, from left to right: ``"u" for "a"``.

    These are the fewest possible edits; a letter replaced, missing, inserted, or swapped with its neighbour is one edit
    (optimal string alignment, OSA).
    """
    rows = _distances(seen, wanted)
    i, j, found = len(seen), len(wanted), list[str]()
    while i or j:
        here = rows[i][j]
        if i and j and seen[i - 1] == wanted[j - 1] and here == rows[i - 1][j - 1]:
            i, j = i - 1, j - 1
        elif _swapped(seen, wanted, i, j) and here == rows[i - 2][j - 2] + 1:
            found.append(f'"{seen[i - 2 : i]}" for "{wanted[j - 2 : j]}"')
            i, j = i - 2, j - 2
        elif i and j and here == rows[i - 1][j - 1] + 1:
            found.append(f'"{seen[i - 1]}" for "{wanted[j - 1]}"')
            i, j = i - 1, j - 1
        elif i and here == rows[i - 1][j] + 1:
            found.append(f'"{seen[i - 1]}" too many')
            i -= 1
        else:
            found.append(f'"{wanted[j - 1]}" missing')
            j -= 1
    return found[::-1]


def _distances(seen: str, wanted: str) -> list[list[int]]:
    """Return a table with the number of edits between every beginning of *seen* and every beginning of *wanted*.

    Edits are counted as in optimal string alignment (OSA).
    """
    rows = [[*range(len(wanted) + 1)]]
    for i in range(1, len(seen) + 1):
        row = [i]
        for j in range(1, len(wanted) + 1):
            best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (seen[i - 1] != wanted[j - 1]))
            row.append(min(best, rows[i - 2][j - 2] + 1) if _swapped(seen, wanted, i, j) else best)
        rows.append(row)
    return rows


def _swapped(seen: str, wanted: str, i: int, j: int) -> bool:
    return i > 1 and j > 1 and seen[i - 2 : i] == wanted[j - 2 : j][::-1] and seen[i - 1] != seen[i - 2]
