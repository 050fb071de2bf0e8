"""What ``monitor learn`` reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.learning.alias_precision import AliasPrecision
from monitor.learning.near_misses import NearMiss
from monitor.learning.new_aliases import NewAliases
from monitor.learning.unmatched_thefts import UnmatchedTheft


@dataclass(frozen=True, slots=True)
class LearningReport:
    """What past entries and their triage teach about the watchlist."""

    entries: int  # texts that were read
    first_at: datetime | None  # when the first of them was seen; None: there are none
    last_at: datetime | None
    aliases: tuple[AliasPrecision, ...]  # those with most noise first
    near_misses: tuple[NearMiss, ...]  # those of most outlets first
    unmatched: tuple[UnmatchedTheft, ...]
    new_aliases: NewAliases
