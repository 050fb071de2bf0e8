"""What counts in a text, and all that was considered, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model import Mention


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention, whether it counts, and why. The sentences hold text of the feed: neutralise them like any other."""

    mention: Mention
    counted: bool
    stopped_by: str = ""  # why it does not count
    context: str = ""  # of a weak name that counts: what lets it, as: "phish", 3 words away
    slip: str = ""  # of a fuzzy one: where the edits are, as: "u" for "a" in "Lazurus"


@dataclass(frozen=True, slots=True)
class Found:
    """What counts in one text.

    ``mentions`` stand in reading order, one per span and actor or keyword, none overlapping another of the
    same; ``phrases`` are those of the asked-for phrases that occur, as written.
    """

    mentions: tuple[Mention, ...] = ()
    phrases: frozenset[str] = frozenset()
