"""Which story an entry belongs to, and why: pure."""

from monitor.stories.assignment import Assignment, assign
from monitor.stories.index import MOST_OPEN, OPEN, StoryIndex
from monitor.stories.item import Profile, StoryItem, profile_of
from monitor.stories.sources import count_outlets, count_sources

__all__ = [
    "MOST_OPEN",
    "OPEN",
    "Assignment",
    "Profile",
    "StoryIndex",
    "StoryItem",
    "assign",
    "count_outlets",
    "count_sources",
    "profile_of",
]
