"""The matcher: which actors, keywords and phrases a text names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from monitor.matching.candidates import Candidate, Found
from monitor.matching.claims import Claim, Owner, asks_around, quoted, rivals, rows_of, stop_overlapped
from monitor.matching.context import gives_way_to, has_context, reach
from monitor.matching.explain import why_missed
from monitor.matching.forms import Pattern
from monitor.matching.index import Index
from monitor.matching.row import Row
from monitor.matching.sighting import Sighting
from monitor.matching.spelling import parse_alias
from monitor.matching.text import Words
from monitor.model import Actor, Keyword, Mention, Text

MAX_NEAR_MISSES = 20


class _Patterns:
    """Distinct patterns, each with all its owners."""

    def __init__(self) -> None:
        self.owners: dict[Pattern, list[Owner]] = {}

    def add(self, spellings: Iterable[str], owner: Owner, *, edits: int | None = 0, parted: bool = False) -> None:
        for spelling in dict.fromkeys(spellings):
            self.owners.setdefault(Pattern(parse_alias(spelling), edits, parted), []).append(owner)


class Matcher:
    """Finds the mentions of actors and keywords, and phrases, in a text.

    What it remembers between texts is what words may stand for: it makes it faster and changes no answer.

    Args:
        actors: Their aliases forgive slips of the pen; weak ones need context.
        keywords: Their terms are ordinary words: any case, the plural, no slips.
        phrases: What rules ask the absence of; treated as keyword terms.
        vocabulary: Folded words that are never taken for a slip; see ``load_words``.

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
    ) -> None:
        actors = tuple(actors)
        names, around = _Patterns(), _Patterns()
        for actor in actors:
            names.add(actor.aliases, Owner(actor), edits=actor.fuzzy, parted=True)
            names.add(actor.weak, Owner(actor, weak=True), edits=actor.fuzzy, parted=True)
            around.add(actor.context, Owner(actor, weak=True))
            around.add(actor.exclude, Owner(actor))
        for keyword in keywords:
            names.add(keyword.terms, Owner(keyword=keyword.id))
        for phrase in phrases:
            names.add((phrase,), Owner(phrase=phrase))
        self._vocabulary = vocabulary
        self._patterns, self._owners = list(names.owners), list(names.owners.values())
        self._index = Index(self._patterns, vocabulary)
        self._around = Index(list(around.owners))
        self._around_owners = list(around.owners.values())
        self._gives_way = gives_way_to({a.id: a.yields_to for a in actors})

    def find(self, text: Text) -> Found:
        """Return what counts in *text*."""
        words = Words(text)
        sightings = self._index.find(words)
        if not sightings:
            return Found()
        claims, phrases = self._claims(sightings)
        stopped = self._stopped(words, claims)
        counted = (c for c, reason in zip(claims, stopped, strict=True) if not reason)
        return Found(tuple(self._mention(words, c) for c in counted), phrases)

    def explain(self, text: Text) -> list[Candidate]:
        """Return every candidate in reading order, with what stopped it, near misses included."""
        words = Words(text)
        claims, _ = self._claims(self._index.find(words))
        stopped = self._stopped(words, claims)
        pairs = [*zip(claims, stopped, strict=True), *self._near_misses(words, claims)]
        pairs.sort(key=lambda pair: (pair[0].sighting.start, pair[0].sighting.end))
        return [Candidate(self._mention(words, claim), not reason, reason) for claim, reason in pairs]

    def _claims(self, sightings: Sequence[Sighting]) -> tuple[list[Claim], frozenset[str]]:
        claims: list[Claim] = []
        phrases: set[str] = set()
        for sighting in sightings:
            for owner in self._owners[sighting.pattern]:
                if owner.phrase is not None:
                    phrases.add(owner.phrase)
                else:
                    claims.append(Claim(owner, sighting))
        return claims, frozenset(phrases)

    def _mention(self, words: Words, claim: Claim) -> Mention:
        s, owner = claim.sighting, claim.owner
        field, base = words.place(s.start)
        return Mention(
            actor=owner.actor.id if owner.actor else None,
            keyword=owner.keyword,
            alias=self._patterns[s.pattern].alias.written,
            text=words.joined[s.start : s.end],
            field=field,
            start=s.start - base,
            end=s.end - base,
            edits=s.edits,
            kind=s.kind,
            word=s.word,
            words=s.words,
            sentence=s.sentence,
        )

    # ---------------------------------------------------------------- what stops a claim

    def _stopped(self, words: Words, claims: list[Claim]) -> list[str]:
        """Return for each claim the reason that it does not count, empty when it does."""
        reasons = rivals(words, claims)
        self._stop_by_surroundings(words, claims, reasons)
        present = {c.owner.actor.id for c, reason in zip(claims, reasons, strict=True) if c.owner.actor and not reason}
        for n, claim in enumerate(claims):
            actor = claim.owner.actor
            if actor and not reasons[n] and (others := self._gives_way.get(actor.id, frozenset()) & present):
                reasons[n] = f"gives way to {', '.join(sorted(others))}"
        stop_overlapped(words, claims, reasons)
        return reasons

    def _stop_by_surroundings(self, words: Words, claims: list[Claim], reasons: list[str]) -> None:
        asking = [n for n, c in enumerate(claims) if not reasons[n] and c.owner.actor and asks_around(c.owner)]
        if not asking:
            return
        context, exclude = self._surroundings(words)
        for n in asking:
            owner, sighting = claims[n].owner, claims[n].sighting
            actor = owner.actor
            if actor is None:
                continue
            inside = exclude[actor.id].overlapping(sighting.start, sighting.end)
            if inside:
                reasons[n] = f"inside {quoted(words, inside)}"
            elif owner.weak and not actor.context:
                reasons[n] = "weak: the actor has no context words"
            elif owner.weak and not has_context(sighting, context[actor.id], actor.within):
                reasons[n] = f"weak: no context word {reach(actor.within)}"

    def _surroundings(self, words: Words) -> tuple[dict[str, Row[Sighting]], dict[str, Row[Sighting]]]:
        """Return the context words and the excluded phrases that *words* holds, by actor."""
        context: dict[str, list[Sighting]] = defaultdict(list)
        exclude: dict[str, list[Sighting]] = defaultdict(list)
        for sighting in self._around.find(words):
            for owner in self._around_owners[sighting.pattern]:
                if owner.actor:
                    (context if owner.weak else exclude)[owner.actor.id].append(sighting)
        return rows_of(context), rows_of(exclude)

    # ---------------------------------------------------------------- near misses

    @cached_property
    def _loose(self) -> Index:
        """The actors' names once more, with more forgiveness and no vocabulary."""
        return Index([self._patterns[n].loosened() for n in self._named], slack=1)

    @cached_property
    def _named(self) -> list[int]:
        return [n for n, owners in enumerate(self._owners) if any(owner.actor for owner in owners)]

    def _near_misses(self, words: Words, claims: list[Claim]) -> Iterator[tuple[Claim, str]]:
        met: dict[str, list[Sighting]] = defaultdict(list)
        for claim in claims:
            met[claim.owner.subject].append(claim.sighting)
        taken = rows_of(met)
        missed = 0
        for loose in self._loose.find(words):
            sighting = replace(loose, pattern=self._named[loose.pattern])
            reason = why_missed(self._patterns[sighting.pattern], sighting, words, self._vocabulary)
            for owner in self._owners[sighting.pattern]:
                if missed == MAX_NEAR_MISSES or not reason or owner.actor is None:
                    break
                if taken[owner.subject].overlapping(sighting.start, sighting.end) is None:
                    missed += 1
                    yield Claim(owner, sighting), reason
