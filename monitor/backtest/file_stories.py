"""Group the entries of a file into stories, as the database does for stored entries."""

from __future__ import annotations

from monitor.backtest.paired_judging import PairedJudgement
from monitor.model import SeenText
from monitor.stories import STORY_STAYS_OPEN, ActorRelations, StoryIndex, assign


class FileStories:
    """Assigns each entry of a file to a story; both configurations of a backtest use the same stories.

    Only entries that mention an actor or a keyword are compared with each other; every other entry is a story of its
    own. This is an estimate: the daemon compares all entries, about ten times as many.

    Args:
        relations: Which tracked actors are related.
    """

    def __init__(self, relations: ActorRelations) -> None:
        self._relations = relations
        self._index = StoryIndex()
        self._opened = 0

    def place(self, text: SeenText, judged: PairedJudgement) -> int:
        """Return the number of the story that *text* belongs to.

        If no story is stored with the text, it is assigned to an open story as the daemon would do, or to a new one.
        """
        if text.story is not None:
            return text.story
        profile = judged.profile
        story = assign(self._index, profile, self._relations).story if profile else None
        if story is None:
            self._opened += 1
            story = self._opened
        if profile:
            self._index.add(story, profile)
            self._index.close_older_than(text.seen_at - STORY_STAYS_OPEN)
        return story
