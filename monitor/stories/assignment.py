"""Which story an entry belongs to, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from monitor.model import SharedName, StoryEvidence, StoryReason
from monitor.stories.evidence import Damping, Evidence, similarity, weigh
from monitor.stories.profile import Features, Profile
from monitor.stories.relations import ActorRelations
from monitor.stories.story_index import OPEN, StoryIndex

JOIN = 0.0  # evidence from which on an entry joins
FOLLOW = -1.5  # from which on one that reports something new follows instead
FOLLOW_NAME = 5.5  # rarity of the name that it then has to share: one text in 240
NEW_ACT_AFTER = timedelta(hours=18)  # an arrest and the like opens a new story if the story began longer ago than this
WEIGHED = 3  # stories whose evidence is weighed in full
COPY = 0.8  # similarity from which on an entry is a copy of another, whatever else is in its story
OTHER_AMOUNT = "another amount"

TOO_SHORT = "opens a story: it has too few words to compare"
ROUNDUP = "opens a story: it reports several events"
ALONE = "opens a story: no story of the last days reports the same event"

_MOST_NAMES = 3  # in words
_MOST_STORED = 8  # names

_NO_RELATIONS = ActorRelations()


@dataclass(frozen=True, slots=True)
class Assignment:
    """The story of an entry."""

    story: int | None  # None: it opens a new one
    reason: str  # for people, a sentence without a full stop; quotes the feed: neutralise it like any other feed text
    follows: int | None = None  # the story that a new one follows; None: it stands alone
    code: StoryReason = StoryReason.ALONE
    evidence: StoryEvidence | None = None  # None: it neither joined a story nor follows one


@dataclass(frozen=True, slots=True)
class _Candidate:
    story: int
    nearest: Features
    evidence: Evidence
    acts: frozenset[str]  # that any of its entries reports
    age: timedelta  # of the story when the entry came in


def assign(index: StoryIndex, profile: Profile, relations: ActorRelations = _NO_RELATIONS) -> Assignment:
    """Return the story that an entry belongs to among those open in *index*, which is not changed.

    In doubt the entry opens a new story: a story that was split repeats an alert, a wrong join hides one. An arrest,
    sanctions and the like open a new story if the story is older than ``NEW_ACT_AFTER``.

    Args:
        index: The open stories.
        profile: The entry.
        relations: Which tracked actors are related to which.
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
    """Return the assignment of an entry to the story of *best*, or to a new story that is a sequel to it.

    Args:
        code: ``JOINED`` or ``FOLLOWS``.
        best: The most similar story.
        reason: Why, for people.
    """
    evidence = _stored_evidence(code, best.evidence, best.nearest)
    joins = code is StoryReason.JOINED
    return Assignment(best.story if joins else None, reason, None if joins else best.story, code, evidence)


def _candidates(index: StoryIndex, profile: Profile, relations: ActorRelations) -> list[_Candidate]:
    """Return the most similar stories with their evidence."""
    near: list[tuple[float, int, Features]] = []
    damping = index.damping(profile)
    for story in index.candidates(profile):
        entries = index.entries(story)
        if abs(profile.at - entries[0].at) > OPEN:
            continue
        similar = [similarity(profile, entry, damping) for entry in entries]
        best = max(range(len(entries)), key=similar.__getitem__)
        near.append((_similarity_to_story(similar[best], similar), story, entries[best]))
    near.sort(key=lambda one: one[:2], reverse=True)
    return [_weighed(index, profile, one, damping, relations) for one in near[:WEIGHED]]


def _similarity_to_story(best: float, all_entries: list[float]) -> float:
    """Return half the similarity to the nearest entry and half that to all.

    By the nearest alone, one entry leads to another until everything is one story. A copy of an entry belongs to its
    story, however many others were wrongly joined to it.
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
    # an entry that names no actor says nothing; what the others of the story name counts for it
    relation = relations.between(profile.actor_ids, nearest.actor_ids or actors)
    evidence = weigh(profile, nearest, similar, damping, relation)
    return _Candidate(story, nearest, evidence, acts, profile.at - entries[0].at)


def _joins_reason(evidence: Evidence, nearest: Features) -> str:
    """Return why an entry joins the story of *nearest*: ``shares "Bybit", $1.46B with the report of The Block``."""
    if evidence.link:
        return f"links to the same page as {_report_of(nearest)}"
    if shared := _shared(evidence):
        return f"shares {', '.join(shared)} with {_report_of(nearest)}" + (", and one cites the other" * evidence.cited)
    return f"reports in similar words what {_report_of(nearest)} says"


def _follows_reason(evidence: Evidence, nearest: Features, acts: Iterable[str]) -> str:
    """Return why an entry opens a story that follows the one of *nearest*.

    Args:
        evidence: What the two share.
        nearest: The entry of the earlier story that is most similar.
        acts: What is new: "an arrest", "another amount".
    """
    shared = ", ".join(_shared(evidence))
    return f"opens a story: {' and '.join(sorted(acts))} after {_report_of(nearest)}, with which it shares {shared}"


def _stored_evidence(reason: StoryReason, evidence: Evidence, nearest: Features) -> StoryEvidence:
    """Return what is stored of the evidence.

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
