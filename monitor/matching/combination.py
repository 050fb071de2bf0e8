"""Find actors that a sentence describes without naming them: "hackers tied to Pyongyang".

The watchlist gives such a description as a combination: several groups of terms, for example (hackers, group) and
(Pyongyang, North Korea). It occurs where one term of each group stands near the others in a sentence.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from monitor.matching.candidate import Candidate
from monitor.matching.context import word_distance
from monitor.matching.spelling import Alias, AliasKind
from monitor.matching.words import Words
from monitor.model import Combination, Scope


@dataclass(frozen=True, slots=True)
class NumberedCombination:
    """A description of an actor (see ``Combination``), with each term replaced by its number in the spelling index."""

    number: int  # the pattern number of the combination itself
    combination: Combination
    groups: tuple[frozenset[int], ...]


class CombinationIndex:
    """Finds descriptions of actors in a text ("hackers tied to Pyongyang"), given where their terms occur.

    Args:
        combinations: The descriptions of all actors.
    """

    def __init__(self, combinations: Iterable[NumberedCombination]) -> None:
        # a text rarely has a term of the first group; if it has none, the other groups are not checked
        self._by_first: dict[frozenset[int], list[NumberedCombination]] = {}
        for combination in combinations:
            self._by_first.setdefault(combination.groups[0], []).append(combination)

    def find(self, words: Words, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return a possible match for each place where an actor is described ("hackers tied to Pyongyang").

        Args:
            words: The words of the text.
            candidates: All possible matches in the text in reading order, including those of the terms.
        """
        if not self._by_first:
            return []
        by_pattern: dict[int, list[Candidate]] = {}
        for candidate in candidates:
            by_pattern.setdefault(candidate.pattern, []).append(candidate)
        found: list[Candidate] = []
        for first, combinations in self._by_first.items():
            if first.isdisjoint(by_pattern):
                continue
            terms: dict[frozenset[int], list[Candidate]] = {}  # groups are shared by several combinations
            for combination in combinations:
                found += self._occurrences(words, combination, by_pattern, terms)
        return found

    def _occurrences(
        self,
        words: Words,
        combination: NumberedCombination,
        by_pattern: Mapping[int, list[Candidate]],
        terms: dict[frozenset[int], list[Candidate]],
    ) -> Iterator[Candidate]:
        for group in combination.groups:
            if group not in terms:
                present = (candidate for number in group for candidate in by_pattern.get(number, ()))
                terms[group] = sorted(present, key=attrgetter("start", "end"))
            if not terms[group]:
                return
        for occurrence in _windows([terms[group] for group in combination.groups]):
            first, last = occurrence[0], max(occurrence, key=attrgetter("end"))
            if _is_near(words, first, last, combination.combination):
                start, end = first.span(words)[0], last.span(words)[1]
                alias = Alias(" + ".join(term.alias.written for term in occurrence), AliasKind.ENDING)
                yield Candidate(combination.number, first.start, last.end, 0, alias, (start, end))


def _windows(groups: Sequence[Sequence[Candidate]]) -> Iterator[list[Candidate]]:
    """Yield each shortest part of a text that contains one term of every group, as a list of its terms.

    Args:
        groups: For each group, the places where one of its terms occurs, in reading order.
    """
    starts = [[candidate.start for candidate in group] for group in groups]
    windows: list[list[Candidate]] = []
    for own, group in enumerate(groups):
        for first in group:
            window = [first]
            for other, candidates in enumerate(groups):
                if other == own:
                    continue
                at = bisect_left(starts[other], first.end)
                while at < len(candidates) and _overlaps(candidates[at], window):
                    at += 1
                if at == len(candidates):
                    break
                window.append(candidates[at])
            else:
                windows.append(sorted(window, key=attrgetter("start")))
    windows.sort(key=lambda window: window[0].start, reverse=True)
    end = float("inf")
    for (
        window
    ) in windows:  # backwards: a window that does not end before a later window contains that one and is dropped
        its_end = max(candidate.end for candidate in window)
        if its_end < end:
            end = its_end
            yield window


def _overlaps(candidate: Candidate, others: Sequence[Candidate]) -> bool:
    return any(candidate.start < other.end and other.start < candidate.end for other in others)


def _is_near(words: Words, first: Candidate, last: Candidate, combination: Combination) -> bool:
    if words.sentence(first.span(words)[0]) != words.sentence(last.span(words)[0]):
        return False
    within = combination.within
    return isinstance(within, Scope) or word_distance(first, last) <= within
