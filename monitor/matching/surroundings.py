"""What stands around the names of a text: context that weak names need, and phrases that take names away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from monitor.matching.claims import Claim, quoted
from monitor.matching.context import context_of, distance, reach, row_of_sightings
from monitor.matching.row import Row
from monitor.matching.sighting import Sighting
from monitor.matching.text import Words
from monitor.model import Actor, Scope

_Spellings = frozenset[int]  # by their numbers


class Surroundings:
    """Stops names by what stands around them.

    Args:
        actors: Whose names are looked for.
        numbers: The number, in sightings, of each spelling of their ``context`` and ``exclude``.
    """

    def __init__(self, actors: Iterable[Actor], numbers: Mapping[str, int]) -> None:
        lists: dict[tuple[str, ...], _Spellings] = {}  # most actors share theirs with others

        def numbered(spellings: tuple[str, ...]) -> _Spellings:
            return lists.setdefault(spellings, frozenset(numbers[spelling] for spelling in spellings))

        actors = tuple(actors)
        self._context = {actor.id: numbered(actor.context) for actor in actors if actor.weak and actor.context}
        self._exclude = {actor.id: numbered(actor.exclude) for actor in actors if actor.exclude}

    def stop(self, words: Words, claims: Iterable[Claim], sightings: Iterable[Sighting]) -> None:
        """Stop excluded names, and weak ones without context; what is stopped already is left alone."""
        asking = [claim for claim in claims if claim.counts and self._asks(claim)]
        if asking:
            around = _Around(words, sightings)
            for claim in asking:
                self._stop(claim, around)

    def _asks(self, claim: Claim) -> bool:
        return claim.owner.weak or (claim.owner.actor is not None and claim.owner.actor.id in self._exclude)

    def _stop(self, claim: Claim, around: _Around) -> None:
        actor, sighting = claim.owner.actor, claim.sighting
        if actor is None:
            return
        inside = around.row(self._exclude.get(actor.id)).overlapping(sighting.start, sighting.end)
        if inside:
            claim.reason = partial(_inside, around.words, inside)
        elif claim.owner.weak:
            context = around.row(self._context.get(actor.id))
            claim.context = context_of(sighting, context, actor.within, around.words)
            if claim.context is None:
                claim.reason = partial(_no_context, actor, sighting, context, around)


class _Around:
    """The sightings of one text, in rows by the spellings asked for."""

    def __init__(self, words: Words, sightings: Iterable[Sighting]) -> None:
        self.words = words
        self._found: dict[int, list[Sighting]] = {}
        for sighting in sightings:
            self._found.setdefault(sighting.pattern, []).append(sighting)
        self._rows: dict[_Spellings, Row[Sighting]] = {frozenset(): row_of_sightings(())}

    def row(self, spellings: _Spellings | None) -> Row[Sighting]:
        """Return the sightings of *spellings*; an empty row when there are none."""
        met = spellings.intersection(self._found) if spellings else frozenset()
        if met not in self._rows:
            self._rows[met] = row_of_sightings(s for n in met for s in self._found[n])
        return self._rows[met]


def _inside(words: Words, phrase: Sighting) -> str:
    return f"inside {quoted(words, phrase)}"


def _no_context(actor: Actor, name: Sighting, context: Row[Sighting], around: _Around) -> str:
    if not actor.context:
        return "weak: the actor has no context words"
    return f"weak: no context word {reach(actor.within)}{_nearest(name, context, around)}"


def _nearest(name: Sighting, context: Row[Sighting], around: _Around) -> str:
    """Return which context word stands nearest, though too far; empty when there is none."""
    nearest = context_of(name, context, Scope.ANYWHERE, around.words)
    if nearest is None:
        return ""
    return f"; the nearest is {quoted(around.words, nearest)}, {distance(name, nearest)} words away"
