"""The matcher: which actors, keywords and phrases a text names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial

from monitor.matching.candidates import Candidate, Found
from monitor.matching.claims import Claim, Owner, stop_general, stop_overlapped, stop_rivals
from monitor.matching.context import gives_way_to, row_of_sightings
from monitor.matching.explain import said_of_context, where_slipped, why_missed
from monitor.matching.forms import Pattern
from monitor.matching.index import Index
from monitor.matching.sighting import Sighting
from monitor.matching.spelling import parse_alias
from monitor.matching.surroundings import Surroundings
from monitor.matching.text import Words
from monitor.model import Actor, Keyword, Mention, Text

MAX_NEAR_MISSES = 20


class _Owned:
    """Distinct patterns, each with all its owners; none of what only stands around names."""

    def __init__(self) -> None:
        self._owners: dict[tuple[str, int | None, bool], list[Owner]] = {}

    def add(self, spellings: Iterable[str], owner: Owner, *, edits: int | None = 0, parted: bool = False) -> None:
        for spelling in dict.fromkeys(spellings):
            self._owners.setdefault((spelling, edits, parted), []).append(owner)

    def add_around(self, spellings: Iterable[str]) -> dict[str, int]:
        """Return the number of each spelling, with all of them added."""
        for spelling in spellings:
            self._owners.setdefault((spelling, 0, False), [])
        numbers = {key: number for number, key in enumerate(self._owners)}
        return {spelling: numbers[spelling, 0, False] for spelling in spellings}

    def patterns(self) -> list[Pattern]:
        return [Pattern(parse_alias(spelling), edits, parted) for spelling, edits, parted in self._owners]

    def owners(self) -> list[tuple[Owner, ...]]:
        """Return the owners of each pattern, in their order."""
        return [*map(tuple, self._owners.values())]


class Matcher:
    """Finds the mentions of actors and keywords, and phrases, in a text.

    What it remembers between texts is what words may stand for: it makes it faster and changes no answer.

    Args:
        actors: Their aliases forgive slips of the pen; weak ones need context.
        keywords: Their terms are ordinary words: any case, the plural, no slips.
        phrases: What rules ask the absence of; treated as keyword terms.
        vocabulary: Folded words that are never taken for a slip; see ``load_words``.
        learned: More of those, of the feeds themselves; see ``WordCount``.

    Raises:
        ValueError: A spelling cannot be read; the text says which and the way out.
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
        owned = _Owned()
        for actor in actors:
            owned.add(actor.aliases, Owner(actor), edits=actor.fuzzy, parted=True)
            owned.add(actor.weak, Owner(actor, weak=True), edits=actor.fuzzy, parted=True)
        for keyword in keywords:
            owned.add(keyword.terms, Owner(keyword=keyword.id))
        for phrase in phrases:
            owned.add((phrase,), Owner(phrase=phrase))
        around = dict.fromkeys(spelling for a in actors for spelling in (*(a.context if a.weak else ()), *a.exclude))
        self._surroundings = Surroundings(actors, owned.add_around(around))
        self._vocabulary = vocabulary
        self._patterns, self._owners = owned.patterns(), owned.owners()
        bystanders = self._owners.count(())
        self._index = Index(self._patterns, vocabulary, learned=learned, bystanders=bystanders)
        self._gives_way = gives_way_to({a.id: a.yields_to for a in actors if a.yields_to})

    def find(self, text: Text) -> Found:
        """Return what counts in *text*."""
        words = Words(text)
        sightings = self._index.find(words)
        if not sightings:
            return Found()
        claims, phrases = self._judged(words, sightings)
        return Found(tuple(self._mention(words, c) for c in claims if c.counts), phrases)

    def explain(self, text: Text) -> list[Candidate]:
        """Return every candidate in reading order, with what lets it count or stops it, near misses included."""
        words = Words(text)
        claims, _ = self._judged(words, self._index.find(words))
        claims += [*self._near_misses(words, claims)]
        claims.sort(key=lambda claim: (claim.sighting.start, claim.sighting.end))
        return [self._candidate(words, claim) for claim in claims]

    def _judged(self, words: Words, sightings: Sequence[Sighting]) -> tuple[list[Claim], frozenset[str]]:
        """Return the claims, those that do not count stopped, and the phrases that occur."""
        claims: list[Claim] = []
        phrases: set[str] = set()
        for sighting in sightings:
            for owner in self._owners[sighting.pattern]:
                if owner.phrase is not None:
                    phrases.add(owner.phrase)
                else:
                    claims.append(Claim(owner, sighting))
        stop_rivals(words, claims)
        self._surroundings.stop(words, claims, sightings)
        stop_general(claims, self._gives_way)
        stop_overlapped(words, claims)
        return claims, frozenset(phrases)

    def _mention(self, words: Words, claim: Claim) -> Mention:
        sighting, owner = claim.sighting, claim.owner
        start, end = sighting.span(words)
        field, base = words.place(start)
        return Mention(
            actor=owner.actor.id if owner.actor else None,
            keyword=owner.keyword,
            alias=sighting.alias.written,
            text=words.joined[start:end],
            field=field,
            start=start - base,
            end=end - base,
            edits=sighting.edits,
            kind=sighting.kind(words),
            word=sighting.word,
            words=sighting.words,
            sentence=words.sentence(start),
        )

    def _candidate(self, words: Words, claim: Claim) -> Candidate:
        return Candidate(
            self._mention(words, claim),
            counted=claim.counts,
            stopped_by=claim.stopped_by,
            context=said_of_context(claim.sighting, claim.context, words),
            slip=where_slipped(self._patterns[claim.sighting.pattern], claim.sighting, words),
        )

    # ---------------------------------------------------------------- near misses

    @cached_property
    def _loose(self) -> Index:
        """The actors' names once more, with more forgiveness and no vocabulary."""
        return Index([self._patterns[n].loosened() for n in self._named], slack=1)

    @cached_property
    def _named(self) -> list[int]:
        return [n for n, owners in enumerate(self._owners) if any(owner.actor for owner in owners)]

    def _near_misses(self, words: Words, claims: list[Claim]) -> Iterator[Claim]:
        met: dict[str, list[Sighting]] = defaultdict(list)
        for claim in claims:
            met[claim.owner.subject].append(claim.sighting)
        taken = {subject: row_of_sightings(found) for subject, found in met.items()}
        missed = 0
        for loose in self._loose.find(words):
            number = self._named[loose.pattern]
            sighting = loose._replace(pattern=number, alias=self._patterns[number].alias)
            reason = why_missed(self._patterns[sighting.pattern], sighting, words, self._vocabulary)
            for owner in self._owners[sighting.pattern]:
                if missed == MAX_NEAR_MISSES or not reason or owner.actor is None:
                    break
                met_there = taken.get(owner.subject)
                if not met_there or met_there.overlapping(sighting.start, sighting.end) is None:
                    missed += 1
                    yield Claim(owner, sighting, partial(str, reason))
