"""Puts entries into stories: the index of the open ones in step with what has been committed.

The index belongs to the committer's thread. A transaction adds to a draft of it, which is adopted in that thread as
soon as the transaction has been committed, and forgotten when it was rolled back.
"""

from __future__ import annotations

from datetime import datetime

from monitor.model import Entry, Judgement
from monitor.store import Reader, Writer, stories
from monitor.stories import MOST_OPEN, OPEN, StoryIndex, StoryItem, assign, profile_of


def load_stories(db: Reader, index: StoryIndex, now: datetime) -> None:
    """Fill *index*, which is empty, with the stories that are open now."""
    for story, item in stories.entries_since(db, now - OPEN, MOST_OPEN):
        index.add(story, profile_of(item))
    index.forget(now - OPEN)


def adopt(index: StoryIndex, draft: StoryIndex, now: datetime) -> None:
    """Add to *index* what a transaction, committed now, added to *draft*; close the stories that are old."""
    index.take(draft)
    index.forget(now - OPEN)


def place(db: Writer, index: StoryIndex, entry: Entry, judgement: Judgement) -> tuple[int, str]:
    """Return the story of *entry*, opened or joined in the database and in *index*, and why it is that one."""
    profile = profile_of(_item(entry, judgement))
    assignment = assign(index, profile)
    story = assignment.story
    if story is None or not stories.join_story(db, story, entry):
        story = stories.open_story(db, entry, follows=assignment.follows)
    index.add(story, profile)
    return story, assignment.reason


def _item(entry: Entry, judgement: Judgement) -> StoryItem:
    return StoryItem(
        title=entry.text.title,
        # a date that is yet to come is wrong
        at=min(entry.published_at or entry.first_seen_at, entry.first_seen_at),
        summary=entry.text.summary,
        outlet=entry.outlet,
        link=entry.link,
        amounts=judgement.amounts,
        indicators=judgement.indicators,
        actors=tuple(mention.text for mention in judgement.mentions if mention.actor),
    )
