"""How the tracked actors of two entries are related: the same, one more general, of one family, or unrelated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from enum import Enum, auto

_NO_ACTORS = frozenset[str]()


class Relation(Enum):
    """How the tracked actors named in two entries are related."""

    UNKNOWN = auto()  # one of the entries names no actor
    RELATED = auto()  # the entries share an actor, or one actor yields to another
    FAMILY = auto()  # different actors of one general actor: two groups of one state
    UNRELATED = auto()


class ActorRelations:
    """The relations between the tracked actors of a watchlist.

    Args:
        yields_to: For each general actor, the ids of the specific actors that take precedence over it: a mention of
            "North Korean hackers" is rejected if the text also mentions "Lazarus Group".
    """

    def __init__(self, yields_to: Mapping[str, Iterable[str]] | None = None) -> None:
        self._yields_to = {actor: frozenset(others) for actor, others in (yields_to or {}).items() if others}
        families = defaultdict(set)
        for general, others in self._yields_to.items():
            for actor in others:
                families[actor].add(general)
        self._families = {actor: frozenset(generals) for actor, generals in families.items()}

    def between(self, one: Set[str], other: Set[str]) -> Relation:
        """Return how the actors of two entries are related, given the ids of the actors that each entry mentions."""
        if not one or not other:
            return Relation.UNKNOWN
        if not one.isdisjoint(other) or self._yields(one, other) or self._yields(other, one):
            return Relation.RELATED
        return Relation.UNRELATED if self._family(one).isdisjoint(self._family(other)) else Relation.FAMILY

    def _yields(self, generals: Set[str], others: Set[str]) -> bool:
        return any(not self._yields_to.get(general, _NO_ACTORS).isdisjoint(others) for general in generals)

    def _family(self, actors: Set[str]) -> Set[str]:
        return {general for actor in actors for general in self._families.get(actor, ())}
