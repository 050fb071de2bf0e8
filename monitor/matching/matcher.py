"""The matcher: finds which actors, keywords and phrases of the configuration a text mentions."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice

from monitor.matching.addresses import AddressIndex
from monitor.matching.candidate import Candidate, index_candidates
from monitor.matching.combination import CombinationIndex, NumberedCombination
from monitor.matching.context import ContextRules
from monitor.matching.explanation import ExplainedMatch, describe_context, describe_edits, near_miss_reason
from monitor.matching.forms import Pattern
from monitor.matching.match import (
    Match,
    Owner,
    Rejection,
    acyclic_yields_to,
    reject_overlapped,
    reject_rivals,
    reject_yielding,
)
from monitor.matching.search.pattern_index import PatternIndex
from monitor.matching.spelling import parse_alias
from monitor.matching.words import Words
from monitor.model import Actor, Combination, Indicator, Keyword, Mention, Text

MAX_NEAR_MISSES = 20


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The mentions of actors and keywords, and the phrases of rules, that were found in one text.

    ``mentions`` are in reading order; mentions of the same actor or keyword do not overlap. ``phrases`` are the phrases
    that occur in the text. ``words`` are the words of the text, for callers that need them.
    """

    words: Words = field(repr=False, compare=False)
    mentions: tuple[Mention, ...] = ()
    phrases: frozenset[str] = frozenset()


class _PatternOwners:
    """All spellings to search for, each once, with the actors, keywords and phrases that use it.

    Context words and excluded phrases are spellings that belong to none of these.
    """

    def __init__(self) -> None:
        self._owners: dict[tuple[str, int | None, bool], list[Owner]] = {}

    def add(self, spellings: Iterable[str], owner: Owner, *, edits: int | None = 0, regroup: bool = False) -> None:
        for spelling in dict.fromkeys(spellings):
            self._owners.setdefault((spelling, edits, regroup), []).append(owner)

    def add_unowned(self, spellings: Iterable[str]) -> None:
        for spelling in spellings:
            self._owners.setdefault((spelling, 0, False), [])

    def __len__(self) -> int:
        return len(self._owners)

    def numbers(self) -> dict[str, int]:
        """Return the number of each spelling that must match without edits."""
        return {key[0]: number for number, key in enumerate(self._owners) if key[1:] == (0, False)}

    def patterns(self) -> list[Pattern]:
        return [Pattern(parse_alias(spelling), edits, regroup) for spelling, edits, regroup in self._owners]

    def owners(self) -> list[tuple[Owner, ...]]:
        """Return the actors, keywords and phrases of each spelling, in the order of ``patterns()``."""
        return [*map(tuple, self._owners.values())]


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause Python's garbage collector while an index is built; it would double the time and free nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _groups(combination: Combination, numbers: dict[str, int]) -> tuple[frozenset[int], ...]:
    return tuple(frozenset(numbers[term] for term in group) for group in combination.all)


class Matcher:
    """Finds the mentions of actors and keywords, and the phrases of rules, in a text.

    The matcher caches lookups of words from one text to the next; this changes no result.

    Args:
        actors: The actors. Their aliases also match with typos; their weak aliases need context words; their addresses
            match exactly.
        keywords: The keywords. Their terms match in any case and in the plural, but not with typos.
        phrases: Phrases that rules require to be absent; they match like the terms of keywords.
        vocabulary: Ordinary words, which are never taken for typos; see ``load_vocabulary``.
        learned: More ordinary words, learned from the feeds; see ``WordCounter``.

    Raises:
        ValueError: A spelling is invalid; the message says what to write instead.
    """

    def __init__(
        self,
        actors: Iterable[Actor],
        keywords: Iterable[Keyword],
        phrases: Iterable[str] = (),
        *,
        vocabulary: frozenset[str] = frozenset(),
        learned: frozenset[str] = frozenset(),
    ) -> None:
        actors = tuple(actors)
        owned = _PatternOwners()
        for actor in actors:
            owned.add(actor.aliases, Owner(actor), edits=actor.fuzzy, regroup=True)
            owned.add(actor.weak, Owner(actor, weak=True), edits=0, regroup=True)
        for keyword in keywords:
            owned.add(keyword.terms, Owner(keyword=keyword.id))
        for phrase in phrases:
            owned.add((phrase,), Owner(phrase=phrase))
        combinations = [(actor, combination) for actor in actors for combination in actor.combine]
        owned.add_unowned(term for _, combination in combinations for term in combination.all[0])
        primary = len(owned)  # the later patterns matter only in texts with one of these
        owned.add_unowned(term for _, combination in combinations for group in combination.all[1:] for term in group)
        owned.add_unowned(s for actor in actors for s in (*actor.context, *actor.context_generic, *actor.exclude))
        numbers = owned.numbers()
        self._context_rules = ContextRules(actors, numbers)
        self._vocabulary = vocabulary
        with _collector_paused():
            self._patterns, self._owners = owned.patterns(), owned.owners()
            secondary = len(owned) - primary
            self._index = PatternIndex(self._patterns, vocabulary, learned=learned, secondary=secondary)
        self._combinations = CombinationIndex(
            NumberedCombination(len(owned) + n, combination, _groups(combination, numbers))
            for n, (_, combination) in enumerate(combinations)
        )
        self._owners += [(Owner(actor, weak=combination.needs_context),) for actor, combination in combinations]
        self._addresses = AddressIndex(actors, len(self._owners))
        self._owners += self._addresses.owners
        self._yields_to = acyclic_yields_to({a.id: a.yields_to for a in actors if a.yields_to})

    def find(self, text: Text, indicators: Sequence[Indicator] = ()) -> MatchResult:
        """Return the mentions of actors and keywords in *text*, and the phrases of rules that occur in it.

        Args:
            text: The text of an entry.
            indicators: The blockchain addresses found in the text; empty: no address counts.
        """
        return self.find_in(Words(text), indicators)

    def find_in(self, words: Words, indicators: Sequence[Indicator] = ()) -> MatchResult:
        """Return the mentions and phrases in a text of which the caller has computed the words already.

        Several matchers can thus share the words.

        Args:
            words: The words of the text.
            indicators: The blockchain addresses found in the text; empty: no address counts.
        """
        candidates = self._candidates(words, indicators)
        if not candidates:
            return MatchResult(words)
        matches, phrases = self._matches(words, candidates)
        return MatchResult(words, tuple([self._mention(words, match) for match in matches if match.counts]), phrases)

    def has_candidates(self, words: Words, indicators: Sequence[Indicator] = ()) -> bool:
        """Return whether a text may contain any name, phrase or address; if this is False, ``find_in`` finds none.

        Args:
            words: The words of the text.
            indicators: The blockchain addresses found in the text; empty: no address counts.
        """
        return bool(self._index.find(words) or self._addresses.find(words, indicators))

    def explain(
        self, text: Text, indicators: Sequence[Indicator] = (), *, near_misses: bool = True
    ) -> list[ExplainedMatch]:
        """Return all matches in *text*, in reading order, each with the reason why it counts or not.

        Args:
            text: The text.
            indicators: The blockchain addresses found in the text; empty: no address counts.
            near_misses: Whether to include places that almost match: a name with one typo too many, or an address that
                looks like a known one. Finding them takes most of the time.
        """
        words = Words(text)
        matches, _ = self._matches(words, self._candidates(words, indicators))
        if near_misses:
            matches += [*self._near_misses(words, matches), *self._near_addresses(words)]
        matches.sort(key=lambda match: (match.candidate.start, match.candidate.end))
        return [self._explained(words, match) for match in matches]

    def _candidates(self, words: Words, indicators: Sequence[Indicator]) -> list[Candidate]:
        candidates = self._index.find(words)
        more = self._combinations.find(words, candidates) if candidates else []
        if indicators:
            more = [*more, *self._addresses.find(words, indicators)]
        return sorted((*candidates, *more), key=lambda c: (c.start, c.end, c.pattern)) if more else candidates

    def _matches(self, words: Words, candidates: Sequence[Candidate]) -> tuple[list[Match], frozenset[str]]:
        """Return all matches in a text, rejected ones included, and the phrases that occur in it."""
        matches: list[Match] = []
        phrases: set[str] = set()
        for candidate in candidates:
            for owner in self._owners[candidate.pattern]:
                if owner.phrase is not None:
                    phrases.add(owner.phrase)
                else:
                    matches.append(Match(owner, candidate))
        reject_rivals(words, matches)
        self._context_rules.reject(words, matches, candidates)
        reject_yielding(matches, self._yields_to)
        reject_overlapped(words, matches)
        return matches, frozenset(phrases)

    def _mention(self, words: Words, match: Match) -> Mention:
        candidate, owner = match.candidate, match.owner
        start, end = candidate.span(words)
        field, base = words.place(start)
        return Mention(
            actor=owner.actor.id if owner.actor else None,
            keyword=owner.keyword,
            alias=candidate.alias.written,
            text=words.joined[start:end],
            field=field,
            start=start - base,
            end=end - base,
            edits=candidate.edits,
            kind=candidate.kind(words),
            word=candidate.word,
            words=candidate.words,
            sentence=words.sentence(start),
        )

    def _explained(self, words: Words, match: Match) -> ExplainedMatch:
        return ExplainedMatch(
            self._mention(words, match),
            counts=match.counts,
            rejected_because=match.rejected_because,
            rejection=match.rejection,
            context=describe_context(match.candidate, match.context, words),
            edits=describe_edits(match.candidate, words),
        )

    # ---------------------------------------------------------------- near misses

    def _near_addresses(self, words: Words) -> Iterator[Match]:
        for near in islice(self._addresses.near(words), MAX_NEAR_MISSES):
            for owner in self._owners[near.candidate.pattern]:
                yield Match(owner, near.candidate, Rejection.OTHER_ADDRESS, partial(str, near.reason))

    @cached_property
    def _relaxed_index(self) -> PatternIndex:
        """An index of the actors' names that allows one more wrong letter and ignores case, to explain near misses."""
        with _collector_paused():
            return PatternIndex([self._patterns[n].relaxed() for n in self._actor_patterns], slack=1)

    @cached_property
    def _actor_patterns(self) -> list[int]:
        named = self._owners[: len(self._patterns)]  # the owners of combinations follow
        return [n for n, owners in enumerate(named) if any(owner.actor for owner in owners)]

    def _near_misses(self, words: Words, matches: list[Match]) -> Iterator[Match]:
        by_subject: dict[str, list[Candidate]] = defaultdict(list)
        for match in matches:
            by_subject[match.owner.subject].append(match.candidate)
        matched = {subject: index_candidates(found) for subject, found in by_subject.items()}
        missed = 0
        for relaxed in self._relaxed_index.find(words):
            number = self._actor_patterns[relaxed.pattern]
            candidate = relaxed._replace(pattern=number, alias=self._patterns[number].alias)
            near = near_miss_reason(self._patterns[candidate.pattern], candidate, words, self._vocabulary)
            for owner in self._owners[candidate.pattern]:
                if missed == MAX_NEAR_MISSES or near is None or owner.actor is None:
                    break
                matched_there = matched.get(owner.subject)
                if not matched_there or matched_there.overlapping(candidate.start, candidate.end) is None:
                    missed += 1
                    yield Match(owner, candidate, near[0], partial(str, near[1]))
