"""Why a text only just misses a name."""

from __future__ import annotations

from monitor.matching.forms import Pattern
from monitor.matching.sighting import Sighting
from monitor.matching.spelling import AliasKind
from monitor.matching.text import Words, folded_words
from monitor.model import MatchKind


def why_missed(pattern: Pattern, sighting: Sighting, words: Words, vocabulary: frozenset[str]) -> str:
    """Return why *sighting*, found with more forgiveness than *pattern* allows, is not a mention of it.

    Empty when the miss is not worth a person's time.
    """
    text = words.joined[sighting.start : sighting.end]
    if pattern.alias.kind is AliasKind.EXACT:
        differ = sighting.kind in (MatchKind.EXACT, MatchKind.FOLDED)
        return f'capitals differ: "{pattern.alias.core}" matches only as written' if differ else ""
    if sighting.kind is not MatchKind.FUZZY:
        return ""
    if pattern.edits == 0:
        return f'"{text}" is {_edits(sighting.edits)} away, and no slips are forgiven here'
    ordinary = [word for word in folded_words(text) if word in vocabulary and word not in pattern.alias.words]
    if ordinary:
        return f'"{ordinary[0]}" is an ordinary word, not taken for a slip'
    return f'"{text}" is {_edits(sighting.edits)} away: too many for a name of this length'


def _edits(count: int) -> str:
    return "1 edit" if count == 1 else f"{count} edits"
