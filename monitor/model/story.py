"""Why an entry belongs to its story."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StoryReason(StrEnum):
    """What was decided about the story of an entry; a stored name never changes its meaning."""

    JOINED = "joined"
    FOLLOWS = "follows"  # it opened a story that follows an earlier one
    ALONE = "alone"  # it opened a story: none of the open ones reports the same event
    ROUND_UP = "round-up"  # it opened a story: it reports several events
    TOO_SHORT = "too short"  # it opened a story: it has too few words to compare


@dataclass(frozen=True, slots=True)
class SharedName:
    """A name that an entry and a story have in common."""

    name: str  # as the entry writes it
    weight: float  # its rarity, 0 to 8, less what it loses because many open stories share it


@dataclass(frozen=True, slots=True)
class StoryEvidence:
    """The evidence by which an entry joined a story, or opened one that follows it."""

    reason: StoryReason
    score: float  # from 0 on an entry joins; the higher, the surer
    similarity: float  # of the words, 0 to 1
    names: tuple[SharedName, ...] = ()  # the rarest first
    victim: str = ""  # the rarest of them that is no tracked actor
    amount: str = ""  # that both have, as the entry writes it
    near_amount: str = ""  # that is nearly one of the story
    indicator: str = ""  # an address or a transaction that both have
    same_link: bool = False  # both link to the same page
    is_cited: bool = False  # one cites the outlet of the other
    outlet: str = ""  # of the entry of the story that it is most like
