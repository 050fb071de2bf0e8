"""Matches of actors and keywords in a text, and the rules by which one match rejects another."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from operator import attrgetter

from monitor.matching.candidate import Candidate
from monitor.matching.words import Words
from monitor.model import Actor, MatchKind


class Rejection(StrEnum):
    """Why a match does not count as a mention, as a code."""

    RIVAL = "rival"  # it is exactly a name of another actor
    YIELDS = "yields"  # the text mentions a more specific actor
    PART = "part"  # it overlaps a better match of the same actor
    EXCLUDED = "excluded"  # it is inside a phrase that the actor excludes
    NO_CONTEXT = "no_context"  # it needs a context word, and none is within reach
    CASE = "case"  # capitals differ from an exact spelling
    NO_EDITS = "no_edits"  # it has a typo, and the name allows none
    ORDINARY = "ordinary"  # it is an ordinary word, not a typo
    OTHER_ADDRESS = "other_address"  # it resembles an address of the actor, or shortens one
    EDITS = "edits"  # it has more edits than a name of that length allows


@dataclass(frozen=True, slots=True)
class Owner:
    """The actor, keyword or phrase of the configuration that a spelling belongs to.

    Exactly one of ``actor``, ``keyword`` and ``phrase`` is set.
    """

    actor: Actor | None = None
    keyword: str | None = None
    phrase: str | None = None
    weak: bool = False

    @property
    def subject(self) -> str:
        """Return a key that identifies the actor or keyword, such as ``actor lazarus``."""
        if self.actor:
            return f"actor {self.actor.id}"
        return f"keyword {self.keyword}"


@dataclass(slots=True)
class Match:
    """A place in a text that names an actor, keyword or phrase, and why it does not count, if it does not."""

    owner: Owner
    candidate: Candidate
    rejection: Rejection | None = None  # None: the match counts
    reason: Callable[[], str] | None = None  # returns, in words, why the match does not count
    context: tuple[Candidate, ...] = ()  # the context words that confirm a weak alias, the nearest first

    @property
    def counts(self) -> bool:
        """Return whether this match counts as a mention; it does unless a rule has rejected it."""
        return self.rejection is None

    @property
    def rejected_because(self) -> str:
        """Return why this match was rejected, in words; empty if it counts."""
        return self.reason() if self.reason else ""

    def reject(self, rejection: Rejection, reason: Callable[[], str]) -> None:
        """Mark this match as not counting as a mention.

        Args:
            rejection: The reason as a code.
            reason: Returns the reason in words; called only if somebody asks for it.
        """
        self.rejection, self.reason = rejection, reason


def reject_rivals(words: Words, matches: Iterable[Match]) -> None:
    """Reject a misspelled name of one actor if the same words are exactly a name of another actor."""
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
                match.reject(Rejection.RIVAL, partial(_written_as, words, exact, other.id))


def reject_yielding(matches: Iterable[Match], yields_to: Mapping[str, frozenset[str]]) -> None:
    """Reject the matches of a general actor if the text also mentions a specific actor that takes precedence over it.

    Args:
        matches: The matches of one text; rejected ones are ignored.
        yields_to: For each general actor, the ids of the actors that take precedence; see ``acyclic_yields_to``.
    """
    if not yields_to:
        return
    counting = [match for match in matches if match.owner.actor and match.counts]
    present = {match.owner.actor.id for match in counting if match.owner.actor}
    for match in counting:
        if match.owner.actor and (others := yields_to.get(match.owner.actor.id, frozenset()) & present):
            match.reject(
                Rejection.YIELDS,
                partial("yields to {}, which the text also mentions".format, ", ".join(sorted(others))),
            )


def acyclic_yields_to(yields_to: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return, for each general actor, the actors that take precedence over it, with cycles removed.

    If two actors take precedence over each other, directly or through others, neither does. Otherwise each would remove
    the other from an entry that mentions both.

    Args:
        yields_to: The setting of each actor in the watchlist: the ids of the actors that take precedence over it.
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
    """Reject matches that overlap a better match of the same actor or keyword: "Lazarus" inside "Lazarus Group".

    The longest match is the best; among equally long ones, the match with the fewest edits. A match that another rule
    has rejected already is then explained as a part of the better match.
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
            match.reject(Rejection.PART, partial(_part_of, words, better))
        elif match.counts:
            others.insert(at, candidate)


def _any_overlap(matches: Iterable[Match]) -> bool:
    """Return whether two matches of the same actor or keyword overlap; *matches* must be in reading order."""
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
    return f"part of the match {quoted(words, better)}"


def quoted(words: Words, candidate: Candidate) -> str:
    """Return the text at the possible match *candidate* in double quotes."""
    return f'"{candidate.text(words)}"'
