"""Everything that the rules of the watchlist are applied to: a text's mentions and amounts, and its actors' history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from monitor.facts import distinct_indicators, find_indicators, read_amounts
from monitor.matching import MatchResult
from monitor.model import Amount, Indicator, Mention, Text
from monitor.watchlist.surge import SurgeLookup, no_surge

# id of an actor, span in seconds -> when it was in a story within that span; None: it was in none
MentionLookup = Callable[[str, float], datetime | None]


def never_mentioned(_actor: str, _within_s: float) -> None:
    """Return None, for a caller without history: the actor has not been in any story."""


@dataclass(frozen=True)
class Evidence:
    """What rules are applied to: the mentions and amounts in one text, its feed, and the history of its actors."""

    text: Text = field(repr=False)
    found: MatchResult
    feed: str = ""  # empty: none
    surge_of: SurgeLookup = no_surge
    mentioned_within: MentionLookup = never_mentioned
    occurrences: tuple[Indicator, ...] | None = field(default=None, repr=False)  # of indicators; None: not read yet

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The mentions in the text that count as verified, in reading order."""
        return self.found.mentions

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        """The amounts of money in the text, in reading order."""
        return read_amounts(self.text)

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The blockchain addresses, transaction ids and CVE ids in the text, each once, in reading order."""
        return distinct_indicators(find_indicators(self.text) if self.occurrences is None else self.occurrences)

    def words_of(self, amount: Amount) -> tuple[int, int]:
        """Return the index of the first word of *amount* in the text, and the number of its words."""
        return self.found.words.words_of(amount.field, amount.start, amount.end)
