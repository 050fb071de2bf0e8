"""A mention that may count, and the sentence that says what stopped it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model import Mention


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention, whether it counts, and if not, why."""

    mention: Mention
    counted: bool
    stopped_by: str = ""  # holds text of the feed: neutralise it like any other


@dataclass(frozen=True, slots=True)
class Found:
    """What counts in one text.

    ``mentions`` stand in reading order, one per span and actor or keyword, none overlapping another of the
    same; ``phrases`` are those of the asked-for phrases that occur, as written.
    """

    mentions: tuple[Mention, ...] = ()
    phrases: frozenset[str] = frozenset()
