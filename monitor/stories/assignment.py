"""Decide which story an entry belongs to: it joins an open story, follows one as a sequel, or opens a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from monitor.model import SharedName, StoryEvidence, StoryReason
from monitor.stories.evidence import Damping, Evidence, similarity, weigh
from monitor.stories.profile import Features, Profile
from monitor.stories.relations import ActorRelations
from monitor.stories.story_index import STORY_STAYS_OPEN, StoryIndex

JOIN = 0.0  # an entry with at least this evidence joins the story
FOLLOW = -1.5  # an entry with at least this evidence that reports a new act opens a story that follows
FOLLOW_NAME = 5.5  # to follow, it must share a name at least this rare: one text in 240
NEW_ACT_AFTER = timedelta(hours=18)  # an arrest and the like opens a new story if the known story is older
WEIGHED = 3  # for how many of the most similar stories the evidence is computed
COPY = 0.8  # an entry with at least this similarity to another is a copy of it
OTHER_AMOUNT = "another amount"

TOO_SHORT = "opens a story: it has too few words to compare"
ROUNDUP = "opens a story: it reports several events"
ALONE = "opens a story: no story of the last days reports the same event"

_MOST_NAMES = 3  # shared names in the reason for people
_MOST_STORED = 8  # shared names that are stored

_NO_RELATIONS = ActorRelations()


@dataclass(frozen=True, slots=True)
class Assignment:
    """The decision about the story of an entry, with the reason."""

    story: int | None  # None: it opens a new one
    reason: str  # text for people; it quotes the feed: escape it like any text of a feed
    follows: int | None = None  # the story that a new one follows; None: it stands alone
    code: StoryReason = StoryReason.ALONE
    evidence: StoryEvidence | None = None  # None: it neither joined a story nor follows one


@dataclass(frozen=True, slots=True)
class _Candidate:
    story: int
    nearest: Features
    evidence: Evidence
    acts: frozenset[str]  # the acts that any entry of the story reports
    age: timedelta  # how old the story was when the entry arrived


def assign(index: StoryIndex, profile: Profile, relations: ActorRelations = _NO_RELATIONS) -> Assignment:
    """Return whether an entry joins one of the open stories in *index*, or opens a new one; *index* is not changed.

    If in doubt, the entry opens a new story: splitting a story repeats an alert, but a wrong join hides one. An arrest,
    sanctions and the like always open a new story if the existing one is older than ``NEW_ACT_AFTER``.

    Args:
        index: The open stories.
        profile: The words, names and amounts of the entry.
        relations: How the tracked actors are related to each other.
    """
    if not profile.is_comparable:
        return Assignment(None, TOO_SHORT, code=StoryReason.TOO_SHORT)
    if profile.is_roundup:
        return Assignment(None, ROUNDUP, code=StoryReason.ROUND_UP)
    best = max(_candidates(index, profile, relations), key=lambda one: one.evidence.total, default=None)
    if best is None:
        return Assignment(None, ALONE)
    news = sorted(profile.acts - best.acts) if best.age >= NEW_ACT_AFTER and not best.evidence.link else []
    if best.evidence.total >= JOIN and not news:
        return _decided(StoryReason.JOINED, best, _joins_reason(best.evidence, best.nearest))
    if best.age >= NEW_ACT_AFTER and best.evidence.other_amount:
        news.append(OTHER_AMOUNT)
    if news and best.evidence.total >= FOLLOW and best.evidence.name_rarity >= FOLLOW_NAME:
        return _decided(StoryReason.FOLLOWS, best, _follows_reason(best.evidence, best.nearest, news))
    return Assignment(None, ALONE)


def _decided(code: StoryReason, best: _Candidate, reason: str) -> Assignment:
    """Return the decision that an entry joins the story *best*, or opens a new story that follows it.

    Args:
        code: ``JOINED`` or ``FOLLOWS``.
        best: The most similar story.
        reason: The reason, as text for people.
    """
    evidence = _stored_evidence(code, best.evidence, best.nearest)
    joins = code is StoryReason.JOINED
    return Assignment(best.story if joins else None, reason, None if joins else best.story, code, evidence)


def _candidates(index: StoryIndex, profile: Profile, relations: ActorRelations) -> list[_Candidate]:
    """Return the open stories that are most similar to the entry, each with the evidence that they report one event."""
    near: list[tuple[float, int, Features]] = []
    damping = index.damping(profile)
    for story in index.candidates(profile):
        entries = index.entries(story)
        if abs(profile.at - entries[0].at) > STORY_STAYS_OPEN:
            continue
        similar = [similarity(profile, entry, damping) for entry in entries]
        best = max(range(len(entries)), key=similar.__getitem__)
        near.append((_similarity_to_story(similar[best], similar), story, entries[best]))
    near.sort(key=lambda one: one[:2], reverse=True)
    return [_weighed(index, profile, one, damping, relations) for one in near[:WEIGHED]]


def _similarity_to_story(best: float, all_entries: list[float]) -> float:
    """Return the similarity of an entry to a story: the mean of *best* and the average over all its entries.

    With *best* alone, chains of similar entries would merge all events into one story. For a copy of one entry *best*
    counts alone, because it belongs to that story even if other entries were joined to it by mistake.

    Args:
        best: The similarity to the most similar entry of the story.
        all_entries: The similarities to all entries of the story.
    """
    return best if best >= COPY else (best + sum(all_entries) / len(all_entries)) / 2


def _weighed(
    index: StoryIndex,
    profile: Profile,
    near: tuple[float, int, Features],
    damping: Damping,
    relations: ActorRelations,
) -> _Candidate:
    similar, story, nearest = near
    entries = index.entries(story)
    acts = frozenset[str]().union(*(entry.all_acts for entry in entries))
    actors = frozenset[str]().union(*(entry.actor_ids for entry in entries))
    # if the nearest entry names no actor, the actors of the whole story count
    relation = relations.between(profile.actor_ids, nearest.actor_ids or actors)
    evidence = weigh(profile, nearest, similar, damping, relation)
    return _Candidate(story, nearest, evidence, acts, profile.at - entries[0].at)


def _joins_reason(evidence: Evidence, nearest: Features) -> str:
    """Return why an entry joins a story: ``shares "Bybit", $1.46B with the report of The Block``.

    Args:
        evidence: What the two entries share.
        nearest: The entry of the story that is most similar.
    """
    if evidence.link:
        return f"links to the same page as {_report_of(nearest)}"
    if shared := _shared(evidence):
        return f"shares {', '.join(shared)} with {_report_of(nearest)}" + (", and one cites the other" * evidence.cited)
    return f"reports in similar words what {_report_of(nearest)} says"


def _follows_reason(evidence: Evidence, nearest: Features, acts: Iterable[str]) -> str:
    """Return why an entry opens a new story that follows an earlier one, as text for people.

    Args:
        evidence: What the entry shares with *nearest*.
        nearest: The entry of the earlier story that is most similar.
        acts: What the new entry reports in addition: "an arrest", "another amount".
    """
    shared = ", ".join(_shared(evidence))
    return f"opens a story: {' and '.join(sorted(acts))} after {_report_of(nearest)}, with which it shares {shared}"


def _stored_evidence(reason: StoryReason, evidence: Evidence, nearest: Features) -> StoryEvidence:
    """Return the part of the evidence that is stored with the entry.

    Args:
        reason: What was decided.
        evidence: What the entry shares with the story.
        nearest: The entry of the story that is most similar.
    """
    return StoryEvidence(
        reason,
        score=round(evidence.total, 2),
        similarity=round(evidence.similar - evidence.link, 2),  # the same link counts as 1 more
        names=tuple(SharedName(one.name, round(one.weight, 1)) for one in evidence.shared[:_MOST_STORED]),
        victim=evidence.victim,
        amount=evidence.same_amount,
        near_amount=evidence.near_amount,
        indicator=evidence.indicator,
        same_link=evidence.link,
        is_cited=evidence.cited,
        outlet=nearest.outlet,
    )


def _shared(evidence: Evidence) -> list[str]:
    names = [f'"{shared.name}"' for shared in evidence.shared[:_MOST_NAMES]]
    nearly = f"nearly {evidence.near_amount}" if evidence.near_amount else ""
    return [text for text in (*names, evidence.same_amount, nearly, evidence.indicator) if text]


def _report_of(nearest: Features) -> str:
    return f"the report of {nearest.outlet}" if nearest.outlet else "an earlier report"
