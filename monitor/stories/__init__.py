"""Decide which story (the reports of one event) an entry belongs to, and explain why.

Where to look:

    story_index   how long a story stays open for new entries (STORY_STAYS_OPEN), and which stories an entry is
                  compared with
    assignment    whether an entry joins a story, follows one, or opens a new one
    evidence      how likely two entries report the same event: the weights of shared names, amounts, dates ...
    profile       what is compared: words, names, amounts and links of an entry
    tokens        how a text is split into comparable words, and how rare each is
    relations     whether the tracked actors of two entries are related
    report_kinds  arrests, sanctions and the like, and round-ups of several events
    sources       outlets, links and citations, and how many independent sources report a story
"""

from monitor.stories.assignment import Assignment, assign
from monitor.stories.profile import Profile, StoryItem, profile_of
from monitor.stories.relations import ActorRelations
from monitor.stories.sources import count_outlets, count_sources
from monitor.stories.story_index import MAX_OPEN_STORIES, STORY_STAYS_OPEN, StoryIndex

__all__ = [
    "MAX_OPEN_STORIES",
    "STORY_STAYS_OPEN",
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
