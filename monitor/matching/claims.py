"""Sightings on behalf of those they may name, and how such claims stop each other."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
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
    reason: Callable[[], str] | None = None  # says why it does not count, only when asked; None: it does
    context: Sighting | None = None  # of a weak name that counts: the word that lets it

    @property
    def counts(self) -> bool:
        """Return whether nothing has stopped it."""
        return self.reason is None

    @property
    def stopped_by(self) -> str:
        """Return why it does not count; empty when it does."""
        return self.reason() if self.reason else ""


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
                slip.reason = partial(_as_written_of, words, seen, other.id)


def stop_general(claims: Iterable[Claim], gives_way: Mapping[str, frozenset[str]]) -> None:
    """Stop the claims of actors that give way to another which is truly mentioned."""
    if not gives_way:
        return
    standing = [claim for claim in claims if claim.owner.actor and claim.counts]
    present = {claim.owner.actor.id for claim in standing if claim.owner.actor}
    for claim in standing:
        if claim.owner.actor and (others := gives_way.get(claim.owner.actor.id, frozenset()) & present):
            claim.reason = partial("gives way to {}".format, ", ".join(sorted(others)))


def stop_overlapped(words: Words, claims: list[Claim]) -> None:
    """Keep, of overlapping claims of one subject, the longest, then the one with the fewest edits.

    What was stopped before and lies on a claim that is kept is part of that, whatever else is to say of it.
    """
    if not _overlap(claims):
        return
    kept: dict[str, list[Sighting]] = defaultdict(list)  # in order, none overlapping
    # a claim that counts comes before all that do not
    for claim in sorted(claims, key=lambda claim: (not claim.counts, _rank(words, claim))):
        sighting, others = claim.sighting, kept[claim.owner.subject]
        at = bisect_left(others, sighting.start, key=attrgetter("start"))
        better = next(
            (s for s in others[max(0, at - 1) : at + 1] if s.start < sighting.end and sighting.start < s.end), None
        )
        if better:
            claim.reason = partial(_part_of, words, better)
        elif claim.counts:
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


def _as_written_of(words: Words, seen: Sighting, other: str) -> str:
    return f"is {quoted(words, seen)}, a name of {other}, as written"


def _part_of(words: Words, better: Sighting) -> str:
    return f"part of {quoted(words, better)}"


def quoted(words: Words, sighting: Sighting) -> str:
    """Return the text of *sighting* in quotes."""
    return f'"{sighting.text(words)}"'
