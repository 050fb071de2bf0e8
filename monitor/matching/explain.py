"""Why a text is taken for a name, and why it only just misses one."""

from __future__ import annotations

from monitor.matching.context import distance
from monitor.matching.forms import Pattern
from monitor.matching.sighting import Sighting
from monitor.matching.spelling import AliasKind
from monitor.matching.text import Words, folded_words
from monitor.model import MatchKind


def why_missed(pattern: Pattern, sighting: Sighting, words: Words, vocabulary: frozenset[str]) -> str:
    """Return why *sighting*, found with more forgiveness than *pattern* allows, is not a mention of it.

    Empty when the miss is not worth a person's time.
    """
    text = sighting.text(words)
    if pattern.alias.kind is AliasKind.EXACT:
        differ = sighting.kind(words) in (MatchKind.EXACT, MatchKind.FOLDED)
        return f'capitals differ: "{pattern.alias.core}" matches only as written' if differ else ""
    if not sighting.edits:
        return ""
    if pattern.edits == 0:
        return f'"{text}" is {_edits(sighting.edits)} away, and no slips are forgiven here'
    ordinary = [word for word in folded_words(text) if word in vocabulary and word not in pattern.alias.words]
    if ordinary:
        return f'"{ordinary[0]}" is an ordinary word, not taken for a slip'
    return f'"{text}" is {_edits(sighting.edits)} away: too many for a name of this length'


def said_of_context(name: Sighting, context: Sighting | None, words: Words) -> str:
    """Return the context word of a weak name and how far it stands: ``"phish", 3 words away``; empty for none."""
    if context is None:
        return ""
    away = distance(name, context)
    return f'"{context.text(words)}", {away} word{"" if away == 1 else "s"} away'


def where_slipped(pattern: Pattern, sighting: Sighting, words: Words) -> str:
    """Return where a slip departs from the alias: ``"u" for "a" in "lazurus"``; empty when it does not."""
    if not sighting.edits:
        return ""
    seen, wanted = folded_words(sighting.text(words)), pattern.alias.words
    if len(seen) != len(wanted):
        seen, wanted = ("".join(seen),), ("".join(wanted),)
    return "; ".join(
        f'{", ".join(departures(one, other))} in "{one}"'
        for one, other in zip(seen, wanted, strict=True)
        if one != other
    )


def departures(seen: str, wanted: str) -> list[str]:
    """Return what each slip did to *wanted* that made it *seen*, from left to right: ``"u" for "a"``.

    The fewest slips: a letter wrong, missing, too many, or swapped with its neighbour (OSA distance).
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
    """Return the OSA distance of every beginning of *seen* to every beginning of *wanted*."""
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


def _edits(count: int) -> str:
    return "1 edit" if count == 1 else f"{count} edits"
