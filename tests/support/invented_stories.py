"""News that never happened, and the stories it makes when it comes in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from monitor.facts import read_amounts, read_indicators
from monitor.model import Text
from monitor.stories import ActorRelations, Assignment, StoryIndex, StoryItem, assign, profile_of

ALONE = ActorRelations()
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def item(
    title: str, summary: str = "", *, hours: float = 0, outlet: str = "", link: str = "", actors=(), ids=()
) -> StoryItem:
    text = Text(title, summary)
    return StoryItem(
        title,
        NOON + timedelta(hours=hours),
        summary,
        outlet,
        link,
        read_amounts(text),
        read_indicators(text),
        tuple(actors),
        frozenset(ids),
    )


def assigned(items: Iterable[StoryItem], relations: ActorRelations = ALONE) -> list[tuple[int, Assignment]]:
    """Return for each item, in the order in which they come in, its story, counted from 1, and why."""
    index, told = StoryIndex(), []
    opened = 0
    for one in items:
        profile = profile_of(one)
        assignment = assign(index, profile, relations)
        opened += assignment.story is None
        story = assignment.story or opened
        index.add(story, profile)
        told.append((story, assignment))
    return told


def stories(items: Iterable[StoryItem], relations: ActorRelations = ALONE) -> list[int]:
    """Return the story of each item, in the order in which they come in."""
    return [story for story, _ in assigned(items, relations)]


def follows(*items: StoryItem) -> tuple[int | None, str]:
    """Return the story that the last item goes on from, and why."""
    _, assignment = assigned(items)[-1]
    return assignment.follows, assignment.reason
