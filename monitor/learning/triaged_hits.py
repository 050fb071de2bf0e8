"""Judge the past hits of one actor again: with the current watchlist, and with a suggested change of the actor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.facts import find_indicators
from monitor.matching import load_vocabulary
from monitor.model import Actor, Mention
from monitor.store.actor_view import TriagedText
from monitor.watchlist import Surge, Watchlist, find_evidence, judge_evidence

NOISE, RELEVANT = "noise", "relevant"


@dataclass(frozen=True, slots=True)
class Effect:
    """How many past hits of an actor a change of that actor would have prevented, by their triage."""

    noise_removed: int
    noise: int  # hits of the actor that were triaged as noise and that the watchlist of today still finds
    relevant_lost: int
    relevant: int
    undecided_lost: int  # hits that nobody triaged

    @property
    def is_harmless(self) -> bool:
        """Return whether the change loses no hit that was triaged as relevant."""
        return not self.relevant_lost


@dataclass(frozen=True, slots=True)
class JudgedHit:
    """A past hit that the current watchlist still finds, with the mentions of the actor in its text."""

    hit: TriagedText
    mentions: tuple[Mention, ...]


class TriagedHits:
    """The past hits of one actor that the current watchlist still finds.

    Args:
        actor: The actor.
        hits: The past hits of the actor, with their texts and triage.
        watchlist: The compiled current watchlist.
        learned: Words that the daemon has learned from its feeds; they are never taken for typos.
    """

    def __init__(
        self,
        actor: Actor,
        hits: Iterable[TriagedText],
        watchlist: Watchlist,
        learned: frozenset[str] = frozenset(),
    ) -> None:
        self.actor = actor
        self._learned = learned
        hits = tuple(hits)
        self._keywords, self._rules = watchlist.keywords, watchlist.rules
        # an actor that nothing in these texts may stand for cannot change what is found in them
        present = {actor.id}
        for hit in hits:
            occurrences = find_indicators(hit.text, watchlist.addresses)
            explained = watchlist.matcher.explain(hit.text, occurrences, near_misses=False)
            present.update(match.mention.actor for match in explained if match.mention.actor)
        self._actors: Mapping[str, Actor] = {key: watchlist.actors[key] for key in present if key in watchlist.actors}
        today = self._watchlist(actor)
        self.hits = tuple(
            JudgedHit(hit, mentions) for hit in hits if (mentions := _mentions_of(actor, today, hit)) is not None
        )

    def effect(self, changed: Actor) -> Effect:
        """Return how many of the past hits would not have occurred if *changed* had replaced the actor."""
        watchlist = self._watchlist(changed)
        lost = {NOISE: 0, RELEVANT: 0, "": 0}
        counts = dict(lost)
        for one in self.hits:
            kind = one.hit.triage if one.hit.triage in (NOISE, RELEVANT) else ""
            counts[kind or ""] += 1
            lost[kind or ""] += not _is_hit(watchlist, one.hit)
        return Effect(lost[NOISE], counts[NOISE], lost[RELEVANT], counts[RELEVANT], lost[""])

    def _watchlist(self, actor: Actor) -> Watchlist:
        actors = {**self._actors, actor.id: actor}
        return Watchlist(actors, self._keywords, self._rules, vocabulary=load_vocabulary(), learned=self._learned)


def _assumed_surge(_actor: str) -> Surge:
    """Return a surge (more mentions than usual), so that rules that require one match a past hit again.

    The counts of that time are no longer stored; since the text was a hit then, there was a surge.
    """
    return Surge(today=1, usual=1.0, days=1)


def _is_hit(watchlist: Watchlist, hit: TriagedText) -> bool:
    evidence = find_evidence(watchlist, hit.text, feed=hit.feed, surge_of=_assumed_surge)
    return bool(judge_evidence(watchlist, evidence).rules)


def _mentions_of(actor: Actor, watchlist: Watchlist, hit: TriagedText) -> tuple[Mention, ...] | None:
    """Return the mentions of *actor* in a past hit; None if the watchlist no longer finds the hit or the actor."""
    evidence = find_evidence(watchlist, hit.text, feed=hit.feed, surge_of=_assumed_surge)
    mentions = tuple(mention for mention in evidence.mentions if mention.actor == actor.id)
    return mentions if mentions and judge_evidence(watchlist, evidence).rules else None


def with_alias_moved(actor: Actor, alias: str, *, aliases: tuple[str, ...] = (), weak: tuple[str, ...] = ()) -> Actor:
    """Return a copy of *actor* in which other spellings replace *alias*.

    Args:
        actor: The actor.
        alias: The spelling to remove from both the aliases and the weak aliases.
        aliases: Spellings to add to the aliases.
        weak: Spellings to add to the weak aliases.
    """
    kept = [tuple(s for s in part if s != alias) for part in (actor.aliases, actor.weak)]
    return replace(
        actor,
        aliases=tuple(dict.fromkeys((*kept[0], *aliases))),
        weak=tuple(dict.fromkeys((*kept[1], *weak))),
    )
