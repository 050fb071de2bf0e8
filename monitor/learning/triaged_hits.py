"""Judge the triaged hits of one actor again, by the watchlist of today and with a change of that actor."""

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
    """What a change of an actor does to its past hits."""

    noise_removed: int
    noise: int  # hits of the actor that were triaged as noise and that the watchlist of today still finds
    relevant_lost: int
    relevant: int
    undecided_lost: int  # hits that nobody triaged

    @property
    def is_harmless(self) -> bool:
        """Return whether no relevant hit is lost."""
        return not self.relevant_lost


@dataclass(frozen=True, slots=True)
class JudgedHit:
    """A past hit of an actor that the watchlist of today still finds, with the mentions of the actor in it."""

    hit: TriagedText
    mentions: tuple[Mention, ...]


class TriagedHits:
    """The past hits of one actor, judged by the watchlist of today.

    Args:
        actor: The actor.
        hits: Its hits with their texts.
        watchlist: The compiled watchlist of today.
    """

    def __init__(self, actor: Actor, hits: Iterable[TriagedText], watchlist: Watchlist) -> None:
        self.actor = actor
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
        """Return what becomes of the hits if the actor is replaced by *changed*."""
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
        return Watchlist(actors, self._keywords, self._rules, vocabulary=load_vocabulary())


def _assumed_surge(_actor: str) -> Surge:
    """Return a surge: it was a hit then, and the history of that time is not known any more."""
    return Surge(today=1, usual=1.0, days=1)


def _is_hit(watchlist: Watchlist, hit: TriagedText) -> bool:
    evidence = find_evidence(watchlist, hit.text, feed=hit.feed, surge_of=_assumed_surge)
    return bool(judge_evidence(watchlist, evidence).rules)


def _mentions_of(actor: Actor, watchlist: Watchlist, hit: TriagedText) -> tuple[Mention, ...] | None:
    """Return the mentions of *actor* in a hit; None if the watchlist does not find the hit or the actor any more."""
    evidence = find_evidence(watchlist, hit.text, feed=hit.feed, surge_of=_assumed_surge)
    mentions = tuple(mention for mention in evidence.mentions if mention.actor == actor.id)
    return mentions if mentions and judge_evidence(watchlist, evidence).rules else None


def with_alias_moved(actor: Actor, alias: str, *, aliases: tuple[str, ...] = (), weak: tuple[str, ...] = ()) -> Actor:
    """Return *actor* without *alias*, and with other spellings instead.

    Args:
        actor: The actor.
        alias: The spelling that is taken out of both lists.
        aliases: Spellings to add.
        weak: Weak spellings to add.
    """
    kept = [tuple(s for s in part if s != alias) for part in (actor.aliases, actor.weak)]
    return replace(
        actor,
        aliases=tuple(dict.fromkeys((*kept[0], *aliases))),
        weak=tuple(dict.fromkeys((*kept[1], *weak))),
    )
