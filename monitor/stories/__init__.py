"""Which story an entry belongs to, and why. Pure."""

from monitor.stories.assignment import Assignment, assign
from monitor.stories.profile import Profile, StoryItem, profile_of
from monitor.stories.relations import ActorRelations
from monitor.stories.sources import count_outlets, count_sources
from monitor.stories.story_index import MOST_OPEN, OPEN, StoryIndex

__all__ = [
    "MOST_OPEN",
    "OPEN",
    "ActorRelations",
    "Assignment",
    "Profile",
    "StoryIndex",
    "StoryItem",
    "assign",
    "count_outlets",
    "count_sources",
    "profile_of",
]
