"""Which story an entry belongs to, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitor.stories.evidence import Evidence, likeness, weigh
from monitor.stories.index import OPEN, StoryIndex
from monitor.stories.item import Imprint, Profile
from monitor.stories.reason import ALONE, ROUNDUP, TOO_SHORT, follows_reason, joins_reason

JOIN = 0.0  # evidence from which on an entry joins
FOLLOW = -1.5  # from which on one that tells of something new follows instead
FOLLOW_NAME = 5.5  # rarity of the name that it then has to share: one text in 240
LATER = timedelta(hours=18)  # after a story began, an arrest in its course is news of its own
WEIGHED = 3  # stories whose evidence is weighed in full
ANOTHER_SUM = "another sum"


@dataclass(frozen=True, slots=True)
class Assignment:
    """The story of an entry."""

    story: int | None  # None: it opens a new one
    reason: str  # for people, a sentence without a stop; holds words of the feed: neutralise it like any other text
    follows: int | None = None  # the story that a new one goes on from; None: it stands alone


@dataclass(frozen=True, slots=True)
class _Candidate:
    story: int
    nearest: Imprint
    evidence: Evidence
    acts: frozenset[str]  # that any of its entries speaks of
    age: timedelta  # of the story, when the entry came


def assign(index: StoryIndex, profile: Profile) -> Assignment:
    """Return the story that an entry belongs to, by what is open in *index*, which stays as it is.

    In doubt it opens one of its own: a story that was split repeats an alert, one that was wrongly joined hides it.
    An arrest, sanctions and the like are news of their own once a story is older than ``LATER``.
    """
    if not profile.is_comparable:
        return Assignment(None, TOO_SHORT)
    if profile.is_roundup:
        return Assignment(None, ROUNDUP)
    best = max(_candidates(index, profile), key=lambda one: one.evidence.total, default=None)
    if best is None:
        return Assignment(None, ALONE)
    news = sorted(profile.acts - best.acts) if best.age >= LATER and not best.evidence.link else []
    if best.evidence.total >= JOIN and not news:
        return Assignment(best.story, joins_reason(best.evidence, best.nearest))
    if best.age >= LATER and best.evidence.other_sum:
        news.append(ANOTHER_SUM)
    if news and best.evidence.total >= FOLLOW and best.evidence.name_rarity >= FOLLOW_NAME:
        return Assignment(None, follows_reason(best.evidence, best.nearest, news), follows=best.story)
    return Assignment(None, ALONE)


def _candidates(index: StoryIndex, profile: Profile) -> list[_Candidate]:
    """Return the stories that come nearest, weighed."""
    near: list[tuple[float, int, Imprint]] = []
    for story in index.candidates(profile):
        entries = index.entries(story)
        if abs(profile.at - entries[0].at) > OPEN:
            continue
        alike = [likeness(profile, entry) for entry in entries]
        best = max(range(len(entries)), key=alike.__getitem__)
        # half by the nearest entry, half by all: else one leads to another until everything is one story
        near.append(((alike[best] + sum(alike) / len(alike)) / 2, story, entries[best]))
    near.sort(key=lambda one: one[:2], reverse=True)
    return [_weighed(index, profile, *one) for one in near[:WEIGHED]]


def _weighed(index: StoryIndex, profile: Profile, alike: float, story: int, nearest: Imprint) -> _Candidate:
    entries = index.entries(story)
    acts = frozenset[str]().union(*(entry.all_acts for entry in entries))
    return _Candidate(story, nearest, weigh(profile, nearest, alike), acts, profile.at - entries[0].at)
