"""What stops a sighting from counting: exclude, weak names without context, and names that give way.

Distances count words of the item. Neighbours are 1 word apart, so "4 words away" means that three words stand
between; spans that overlap are 0 apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.matching.row import Row
from monitor.matching.sighting import Sighting
from monitor.matching.text import Words
from monitor.model import Mention, Scope, Within

Located = Mention | Sighting


def distance(one: Located, other: Located) -> int:
    """Return how many words apart the two are: 1 for neighbours, 0 when they overlap."""
    return max(0, other.word - (one.word + one.words - 1), one.word - (other.word + other.words - 1))


def near(one: Mention, other: Mention, within: Within) -> bool:
    """Return whether the two stand as near as *within* asks for."""
    if within is Scope.ANYWHERE:
        return True
    if within is Scope.SENTENCE:
        return one.sentence == other.sentence
    return distance(one, other) <= within


def reach(within: Within) -> str:
    """Return *within* in words: ``within 15 words``, ``in the same sentence``, ``anywhere``."""
    if isinstance(within, Scope):
        return "in the same sentence" if within is Scope.SENTENCE else "anywhere"
    return f"within {within} word" + ("" if within == 1 else "s")


def row_of_sightings(sightings: Iterable[Sighting]) -> Row[Sighting]:
    """Return *sightings* as a row over the words of the text."""
    return Row(sightings, lambda s: (s.start, s.end))


def row_of_mentions(mentions: Iterable[Mention]) -> Row[Mention]:
    """Return *mentions* as a row over the words of the item."""
    return Row(mentions, lambda m: (m.word, m.word + m.words))


def context_of(name: Sighting, context: Row[Sighting], within: Within, words: Words) -> Sighting | None:
    """Return the nearest context word that is not part of the name, None when none stands near enough."""
    beside = [word for word in (context.before(name.start), context.after(name.end)) if word]
    if within is Scope.SENTENCE:
        sentence = words.sentence(name.span(words)[0])
        beside = [word for word in beside if words.sentence(word.span(words)[0]) == sentence]
    elif within is not Scope.ANYWHERE:
        beside = [word for word in beside if distance(name, word) <= within]
    return min(beside, key=lambda word: distance(name, word), default=None)


def neighbours(one: Mention, others: Row[Mention]) -> list[Mention]:
    """Return what overlaps *one*, and the nearest before and behind it: any that is near enough is among them."""
    start, end = one.word, one.word + one.words
    return [m for m in (others.overlapping(start, end), others.before(start), others.after(end)) if m is not None]


def gives_way_to(yields_to: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return for each actor those it truly gives way to.

    Two actors that would give way to each other, directly or over others, are equals: both stay. Without
    this, two general names in one item would make each other vanish.
    """
    return {
        actor: frozenset(other for other in others if actor not in _reachable(other, yields_to))
        for actor, others in yields_to.items()
        if others
    }


def _reachable(start: str, edges: Mapping[str, frozenset[str]]) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for other in edges.get(todo.pop(), frozenset()):
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen
