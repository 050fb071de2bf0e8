"""Matches: candidates on behalf of an actor or a keyword, and how they suppress each other."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

from monitor.matching.candidate import Candidate
from monitor.matching.words import Words
from monitor.model import Actor, MatchKind


@dataclass(frozen=True, slots=True)
class Owner:
    """What a pattern belongs to: exactly one of the first three is set."""

    actor: Actor | None = None
    keyword: str | None = None
    phrase: str | None = None
    weak: bool = False

    @property
    def subject(self) -> str:
        """Return a key that is unique to the actor or keyword."""
        if self.actor:
            return f"actor {self.actor.id}"
        return f"keyword {self.keyword}"


@dataclass(slots=True)
class Match:
    """A candidate for one actor, keyword or phrase, and whether it counts."""

    owner: Owner
    candidate: Candidate
    reason: Callable[[], str] | None = None  # returns why it does not count, when asked; None: it counts
    context: tuple[Candidate, ...] = ()  # the context words that confirm a weak alias, the nearest first

    @property
    def counts(self) -> bool:
        """Return whether nothing has suppressed it."""
        return self.reason is None

    @property
    def rejected_because(self) -> str:
        """Return why the match was rejected; empty if it counts."""
        return self.reason() if self.reason else ""


def reject_rivals(words: Words, matches: Iterable[Match]) -> None:
    """Reject a fuzzy match of one actor where the text contains the exact name of another actor."""
    fuzzy = [match for match in matches if match.candidate.edits]
    if not fuzzy:
        return
    by_word: dict[int, list[Match]] = defaultdict(list)
    for match in matches:
        if match.owner.actor and match.candidate.kind(words) in (MatchKind.EXACT, MatchKind.FOLDED):
            for word in range(match.candidate.word, match.candidate.word + match.candidate.words):
                by_word[word].append(match)
    for match in fuzzy:
        candidate, own = match.candidate, match.owner.actor
        for rival in by_word[candidate.word]:
            other, exact = rival.owner.actor, rival.candidate
            if other and other is not own and exact.start <= candidate.start and candidate.end <= exact.end:
                match.reason = partial(_written_as, words, exact, other.id)


def reject_yielding(matches: Iterable[Match], yields_to: Mapping[str, frozenset[str]]) -> None:
    """Reject the matches of general actors in a text that mentions a more specific one, as ``yields_to`` says.

    Args:
        matches: Of one text; those rejected before are ignored.
        yields_to: For each actor, those that take precedence over it; see ``acyclic_yields_to``.
    """
    if not yields_to:
        return
    counting = [match for match in matches if match.owner.actor and match.counts]
    present = {match.owner.actor.id for match in counting if match.owner.actor}
    for match in counting:
        if match.owner.actor and (others := yields_to.get(match.owner.actor.id, frozenset()) & present):
            match.reason = partial("yields to {}".format, ", ".join(sorted(others)))


def acyclic_yields_to(yields_to: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return for each actor those that take precedence over it, without those over which it takes precedence itself.

    Two actors that yield to each other, directly or through others, both stay. Otherwise two general actors in one
    entry would remove each other.
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


def reject_overlapped(words: Words, matches: list[Match]) -> None:
    """Keep, of overlapping matches of one subject, the longest, then the one with the fewest edits.

    A match that was rejected before and overlaps one that is kept is explained as part of the latter.
    """
    if not _any_overlap(matches):
        return
    kept: dict[str, list[Candidate]] = defaultdict(list)  # in order, none overlapping
    # a match that counts comes before all that do not
    for match in sorted(matches, key=lambda match: (not match.counts, _rank(words, match))):
        candidate, others = match.candidate, kept[match.owner.subject]
        at = bisect_left(others, candidate.start, key=attrgetter("start"))
        better = next(
            (c for c in others[max(0, at - 1) : at + 1] if c.start < candidate.end and candidate.start < c.end), None
        )
        if better:
            match.reason = partial(_part_of, words, better)
        elif match.counts:
            others.insert(at, candidate)


def _any_overlap(matches: Iterable[Match]) -> bool:
    """Return whether two matches of one subject overlap; *matches* are in reading order."""
    ends: dict[str, float] = {}
    for match in matches:
        candidate, subject = match.candidate, match.owner.subject
        if candidate.start < ends.get(subject, 0):
            return True
        ends[subject] = candidate.end
    return False


def _rank(words: Words, match: Match) -> tuple[float, int, bool, bool]:
    c = match.candidate
    return c.start - c.end, c.edits, c.kind(words) is not MatchKind.EXACT, match.owner.weak


def _written_as(words: Words, exact: Candidate, other: str) -> str:
    return f"{quoted(words, exact)} is exactly a name of {other}"


def _part_of(words: Words, better: Candidate) -> str:
    return f"part of {quoted(words, better)}"


def quoted(words: Words, candidate: Candidate) -> str:
    """Return the text of *candidate* in quotes."""
    return f'"{candidate.text(words)}"'
