"""Builds the StoryItem of an entry from its text and the watchlist's judgement."""

from __future__ import annotations

from datetime import datetime

from monitor.model import Judgement, Text
from monitor.stories import StoryItem


def story_item(text: Text, judgement: Judgement, *, at: datetime, outlet: str, link: str) -> StoryItem:
    """Return the story item of an entry.

    Args:
        text: Its cleaned text.
        judgement: What the watchlist found in it.
        at: When it was published, else when it was first seen.
        outlet: Who published it, as people know it; may be empty.
        link: Its address; may be empty.
    """
    return StoryItem(
        title=text.title,
        at=at,
        summary=text.summary,
        outlet=outlet,
        link=link,
        amounts=judgement.amounts,
        indicators=judgement.indicators,
        actors=tuple(mention.text for mention in judgement.mentions if mention.actor),
        actor_ids=frozenset(judgement.actors),
    )
