"""The evidence by which an entry was assigned to its story."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StoryReason(StrEnum):
    """How an entry was assigned to its story; a name that was stored must never change its meaning."""

    JOINED = "joined"
    FOLLOWS = "follows"  # it opened a story that follows an earlier one
    ALONE = "alone"  # it opened a story, since no open story reports the same event
    ROUND_UP = "round-up"  # it opened a story, since it reports several events
    TOO_SHORT = "too short"  # it opened a story, since it has too few words to be compared


@dataclass(frozen=True, slots=True)
class SharedName:
    """A name that occurs both in an entry and in a story, and how rare it is."""

    name: str  # as the entry writes it
    weight: float  # its rarity, 0 to 8, less what it loses because many open stories share it


@dataclass(frozen=True, slots=True)
class StoryEvidence:
    """The evidence for which an entry joined a story, or opened a new story that follows an earlier one."""

    reason: StoryReason
    score: float  # an entry joins a story if the score is 0 or more; a higher score is stronger evidence
    similarity: float  # of the words of entry and story, 0 to 1
    names: tuple[SharedName, ...] = ()  # the rarest first
    victim: str = ""  # the rarest shared name that is not a tracked actor, probably the victim
    amount: str = ""  # amount of money in both, as the entry writes it
    near_amount: str = ""  # amount in the entry that is nearly one in the story
    indicator: str = ""  # address or transaction in both
    same_link: bool = False  # both link to the same page
    is_cited: bool = False  # one cites the outlet of the other
    outlet: str = ""  # outlet of the most similar entry of the story
