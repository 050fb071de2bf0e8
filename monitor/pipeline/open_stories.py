"""The index of the open stories, to which new entries are assigned.

``OpenStories`` is the only owner of this index and belongs to the committer's thread. A transaction works on a draft of
the index, which is adopted when the transaction has been committed, and discarded if it was rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import Entry, Judgement, StoryEvidence
from monitor.store import Reader, Writer, stories
from monitor.stories import MAX_OPEN_STORIES, STORY_STAYS_OPEN, ActorRelations, StoryIndex, assign, profile_of
from monitor.watchlist import story_item


@dataclass(frozen=True, slots=True)
class Placement:
    """The story to which an entry was assigned, and why."""

    story: int
    reason: str  # shown to people, without a full stop; quotes the feed, so it must be neutralised
    evidence: StoryEvidence | None = None  # None: the entry neither joined a story nor follows one


class OpenStories:
    """The index of open stories, which contains only committed entries."""

    def __init__(self) -> None:
        self._index = StoryIndex()

    def __len__(self) -> int:
        """Return how many stories are open."""
        return len(self._index)

    def load(self, db: Reader, now: datetime) -> None:
        """Fill the empty index with the stored stories that are open at *now*."""
        for story, item in stories.entries_since(db, now - STORY_STAYS_OPEN, MAX_OPEN_STORIES):
            self._index.add(story, profile_of(item))
        self._index.close_older_than(now - STORY_STAYS_OPEN)

    def draft(self, relations: ActorRelations) -> DraftStories:
        """Return a draft of the index for one transaction; *relations* tells which actors are related to each other."""
        return DraftStories(self._index.draft(), relations)

    def adopt(self, draft: DraftStories, now: datetime) -> None:
        """Add the changes of *draft*, whose transaction was committed, and remove stories that are no longer open."""
        self._index.merge(draft.index)
        self._index.close_older_than(now - STORY_STAYS_OPEN)


class DraftStories:
    """A draft of the index of open stories, which also contains the entries of the current transaction."""

    def __init__(self, index: StoryIndex, relations: ActorRelations) -> None:
        self.index = index
        self._relations = relations

    def assign(self, db: Writer, entry: Entry, judgement: Judgement) -> Placement:
        """Add *entry* to the story that it belongs to, or to a new one, in the database and in the draft.

        Args:
            db: The writing connection, in a transaction.
            entry: A new entry, not stored yet.
            judgement: The judgement of the entry: its actors, amounts and indicators are evidence.
        """
        # an entry cannot be published after it was first seen
        at = min(entry.published_at or entry.first_seen_at, entry.first_seen_at)
        profile = profile_of(story_item(entry.text, judgement, at=at, outlet=entry.outlet, link=entry.link))
        assignment = assign(self.index, profile, self._relations)
        story = assignment.story
        evidence = assignment.evidence
        if story is None or not stories.join_story(db, story, entry):
            evidence = evidence if story is None else None  # the story that it would have joined was deleted
            story = stories.open_story(db, entry, follows=assignment.follows)
        self.index.add(story, profile)
        return Placement(story, assignment.reason, evidence)
