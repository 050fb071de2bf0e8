"""Sightings on behalf of those they may name, and how such claims stop each other."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from monitor.matching.sighting import Sighting
from monitor.matching.text import Words
from monitor.model import Actor, MatchKind


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


@dataclass(slots=True)
class Claim:
    """A sighting on behalf of an owner, and what is found out about it."""

    owner: Owner
    sighting: Sighting
    stopped_by: str = ""  # why it does not count; empty: it does
    context: Sighting | None = None  # of a weak name that counts: the word that lets it


def stop_rivals(words: Words, claims: Iterable[Claim]) -> None:
    """Stop slips of the pen where another actor's name covers the place, as written."""
    slips = [claim for claim in claims if claim.sighting.edits]
    if not slips:
        return
    by_word: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.owner.actor and claim.sighting.kind(words) in (MatchKind.EXACT, MatchKind.FOLDED):
            for word in range(claim.sighting.word, claim.sighting.word + claim.sighting.words):
                by_word[word].append(claim)
    for slip in slips:
        sighting, own = slip.sighting, slip.owner.actor
        for rival in by_word[sighting.word]:
            other, seen = rival.owner.actor, rival.sighting
            if other and other is not own and seen.start <= sighting.start and sighting.end <= seen.end:
                slip.stopped_by = f"is {quoted(words, seen)}, a name of {other.id}, as written"


def stop_general(claims: Iterable[Claim], gives_way: Mapping[str, frozenset[str]]) -> None:
    """Stop the claims of actors that give way to another which is truly mentioned."""
    if not gives_way:
        return
    standing = [claim for claim in claims if claim.owner.actor and not claim.stopped_by]
    present = {claim.owner.actor.id for claim in standing if claim.owner.actor}
    for claim in standing:
        if claim.owner.actor and (others := gives_way.get(claim.owner.actor.id, frozenset()) & present):
            claim.stopped_by = f"gives way to {', '.join(sorted(others))}"


def stop_overlapped(words: Words, claims: list[Claim]) -> None:
    """Keep, of overlapping claims of one subject, the longest, then the one with the fewest edits.

    What was stopped before and lies on a claim that is kept is part of that, whatever else is to say of it.
    """
    if not _overlap(claims):
        return
    kept: dict[str, list[Sighting]] = defaultdict(list)  # in order, none overlapping
    # a claim that counts comes before all that do not
    for claim in sorted(claims, key=lambda claim: (bool(claim.stopped_by), _rank(words, claim))):
        sighting, others = claim.sighting, kept[claim.owner.subject]
        at = bisect_left(others, sighting.start, key=attrgetter("start"))
        better = next(
            (s for s in others[max(0, at - 1) : at + 1] if s.start < sighting.end and sighting.start < s.end), None
        )
        if better:
            claim.stopped_by = f"part of {quoted(words, better)}"
        elif not claim.stopped_by:
            others.insert(at, sighting)


def _overlap(claims: Iterable[Claim]) -> bool:
    """Return whether any two claims of one subject, given in reading order, overlap."""
    reached: dict[str, float] = {}
    for claim in claims:
        sighting, subject = claim.sighting, claim.owner.subject
        if sighting.start < reached.get(subject, 0):
            return True
        reached[subject] = sighting.end
    return False


def _rank(words: Words, claim: Claim) -> tuple[float, int, bool, bool]:
    s = claim.sighting
    return s.start - s.end, s.edits, s.kind(words) is not MatchKind.EXACT, claim.owner.weak


def quoted(words: Words, sighting: Sighting) -> str:
    """Return the text of *sighting* in quotes."""
    return f'"{sighting.text(words)}"'
