"""Sightings on behalf of those they may name, and how such claims stop each other."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from operator import attrgetter

from monitor.matching.context import row_of_sightings
from monitor.matching.row import Row
from monitor.matching.sighting import Sighting
from monitor.matching.text import Words
from monitor.model import Actor, MatchKind

_AS_WRITTEN = (MatchKind.EXACT, MatchKind.FOLDED)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who a pattern belongs to: exactly one of the first three is set."""

    actor: Actor | None = None
    keyword: str | None = None
    phrase: str | None = None
    weak: bool = False

    @property
    def subject(self) -> str:
        """Return what tells apart whom a mention is of."""
        if self.actor:
            return f"actor {self.actor.id}"
        return f"keyword {self.keyword}"


@dataclass(frozen=True, slots=True)
class Claim:
    """A sighting on behalf of an owner."""

    owner: Owner
    sighting: Sighting


def rows_of(sightings: dict[str, list[Sighting]]) -> dict[str, Row[Sighting]]:
    """Return the sightings of each key as a row; an empty one for any other key."""
    rows: dict[str, Row[Sighting]] = defaultdict(lambda: row_of_sightings(()))
    rows.update((subject, row_of_sightings(found)) for subject, found in sightings.items())
    return rows


def rivals(words: Words, claims: list[Claim]) -> list[str]:
    """Return why a slip of the pen is not assumed: another actor's name covers the place, as written."""
    reasons = [""] * len(claims)
    slips = [n for n, claim in enumerate(claims) if claim.sighting.kind is MatchKind.FUZZY]
    if not slips:
        return reasons
    by_word: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.owner.actor and claim.sighting.kind in _AS_WRITTEN:
            for word in range(claim.sighting.word, claim.sighting.word + claim.sighting.words):
                by_word[word].append(claim)
    for n in slips:
        sighting, own = claims[n].sighting, claims[n].owner.actor
        for rival in by_word[sighting.word]:
            other, seen = rival.owner.actor, rival.sighting
            if other and other is not own and seen.start <= sighting.start and sighting.end <= seen.end:
                reasons[n] = f"is {quoted(words, seen)}, a name of {other.id}, as written"
    return reasons


def stop_overlapped(words: Words, claims: list[Claim], reasons: list[str]) -> None:
    """Keep, of overlapping claims of one subject, the longest, then the one with the fewest edits.

    What was stopped before and lies on a claim that is kept is part of that, whatever else is to say of it.
    """
    kept: dict[str, list[Sighting]] = defaultdict(list)  # in order, none overlapping
    # a claim that counts comes before all that do not
    for n in sorted(range(len(claims)), key=lambda n: (bool(reasons[n]), _rank(claims[n]))):
        sighting, others = claims[n].sighting, kept[claims[n].owner.subject]
        at = bisect_left(others, sighting.start, key=attrgetter("start"))
        better = next(
            (s for s in others[max(0, at - 1) : at + 1] if s.start < sighting.end and sighting.start < s.end), None
        )
        if better:
            reasons[n] = f"part of {quoted(words, better)}"
        elif not reasons[n]:
            others.insert(at, sighting)


def asks_around(owner: Owner) -> bool:
    """Return whether a claim of *owner* depends on the words around it."""
    return owner.weak or bool(owner.actor and owner.actor.exclude)


def _rank(claim: Claim) -> tuple[int, int, int, bool]:
    s = claim.sighting
    return s.start - s.end, s.edits, s.kind is not MatchKind.EXACT, claim.owner.weak


def quoted(words: Words, sighting: Sighting) -> str:
    """Return the text of *sighting* in quotes."""
    return f'"{words.joined[sighting.start : sighting.end]}"'
