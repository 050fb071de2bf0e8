"""Judge a text by two watchlists; search it for names only once unless the watchlists may find different mentions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from monitor.facts import find_indicators
from monitor.matching import Matcher, Words, load_vocabulary
from monitor.matching.match import acyclic_yields_to
from monitor.model import Actor, Entry, Judgement, Keyword, Rule
from monitor.stories import Profile, profile_of
from monitor.watchlist import Evidence, Watchlist, judge_evidence, story_item

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WatchlistParts:
    """The parts of a configuration from which a watchlist is compiled; small enough to send to another process."""

    actors: Mapping[str, Actor]
    keywords: Mapping[str, Keyword]
    rules: Mapping[str, Rule]
    learned: frozenset[str] = frozenset()  # words of the feeds that are no misspellings

    def compile(self) -> Watchlist:
        """Return the watchlist compiled from these parts.

        Raises:
            ValueError: A spelling is invalid.
        """
        return Watchlist(self.actors, self.keywords, self.rules, vocabulary=load_vocabulary(), learned=self.learned)


@dataclass(frozen=True, slots=True)
class Judged:
    """What one watchlist of a backtest, which compares two, finds in a text."""

    phrases: frozenset[str]  # phrases named by rules (``unless``) that the text contains
    judgement: Judgement  # without the history that rules with ``surge`` and ``first_in`` need


@dataclass(frozen=True, slots=True)
class PairedJudgement:
    """What both watchlists find in the same text."""

    base: Judged
    edited: Judged  # the same object as *base* if nothing differs
    profile: Profile | None = None  # how its story is found; None if nothing is mentioned, or stories are known


class PairedJudge:
    """Judges texts by two watchlists, the base and an edited one.

    Only actors, keywords and phrases that differ between the two can change what is found. A small matcher with just
    these decides whether a text must be searched a second time.

    Args:
        base: The watchlist before the edit.
        edited: The watchlist after the edit.
        with_profiles: Whether to compute also the profile by which an entry is assigned to a story.
    """

    def __init__(self, base: Watchlist, edited: Watchlist, *, with_profiles: bool) -> None:
        self._base = base
        self._edited = edited
        self._with_profiles = with_profiles
        self._same_rules = dict(base.rules) == dict(edited.rules) and list(base.rules) == list(edited.rules)
        self._difference = _difference(base, edited)
        self._addresses = base.addresses | edited.addresses

    @property
    def has_other_spellings(self) -> bool:
        """Return whether the two watchlists differ in spellings, so that they may find different mentions."""
        return self._difference is not None

    def judge(self, entry: Entry) -> PairedJudgement:
        """Return the judgements of the text of *entry* by both watchlists."""
        words = Words(entry.text)
        indicators = find_indicators(entry.text, self._addresses)
        found = self._base.matcher.find_in(words, indicators)
        touched = self._difference is not None and self._difference.has_candidates(words, indicators)
        other = self._edited.matcher.find_in(words, indicators) if touched else found
        base = edited = self._judged(self._base, Evidence(entry.text, found, entry.feed, occurrences=indicators))
        if other != found or (found.mentions and not self._same_rules):
            evidence = Evidence(entry.text, other, entry.feed, occurrences=indicators)
            edited = self._judged(self._edited, evidence, base)
        return PairedJudgement(base, edited, self._profile(entry, base.judgement, edited.judgement))

    def _judged(self, watchlist: Watchlist, evidence: Evidence, like: Judged | None = None) -> Judged:
        if evidence.mentions:
            judgement = judge_evidence(watchlist, evidence)
        elif like and not like.judgement.mentions:
            judgement = like.judgement
        else:
            judgement = Judgement((), evidence.amounts, (), evidence.indicators)
        return Judged(evidence.found.phrases, judgement)

    def _profile(self, entry: Entry, base: Judgement, edited: Judgement) -> Profile | None:
        if not self._with_profiles or not (base.mentions or edited.mentions):
            return None
        # an entry cannot be published after it was first seen
        at = min(entry.published_at or entry.first_seen_at, entry.first_seen_at)
        return profile_of(story_item(entry.text, edited, at=at, outlet=entry.outlet, link=entry.link))


def _difference(base: Watchlist, edited: Watchlist) -> Matcher | None:
    """Return a matcher of the actors, keywords and phrases that differ between two watchlists; None if none differ."""
    actors = _differing(base.actors, edited.actors)
    yields = [acyclic_yields_to({a.id: a.yields_to for a in w.actors.values()}) for w in (base, edited)]
    others = [key for key in base.actors.keys() & edited.actors.keys() if yields[0].get(key) != yields[1].get(key)]
    actors += [base.actors[key] for key in others if base.actors[key] not in actors]
    keywords = _differing(base.keywords, edited.keywords)
    phrases = {p for r in base.rules.values() for p in r.unless} ^ {p for r in edited.rules.values() for p in r.unless}
    if not actors and not keywords and not phrases:
        return None
    return Matcher(actors, keywords, sorted(phrases), vocabulary=load_vocabulary())


def _differing(base: Mapping[str, T], edited: Mapping[str, T]) -> list[T]:
    """Return the values of both mappings that the other mapping does not have under the same key."""
    return [
        value
        for one, other in ((base, edited), (edited, base))
        for key, value in one.items()
        if other.get(key) != value
    ]
