"""All that a text holds and rules ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from monitor.facts import read_amounts
from monitor.matching import MatchResult, Words
from monitor.model import Amount, Mention, Text
from monitor.watchlist.surge import SurgeOf, no_surge


@dataclass(frozen=True)
class Evidence:
    """What was found in one text, and the feed that brought it."""

    text: Text = field(repr=False)
    found: MatchResult
    feed: str = ""  # empty: none
    surge_of: SurgeOf = no_surge

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """What counts, in reading order."""
        return self.found.mentions

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        """Every sum of money, in reading order."""
        return read_amounts(self.text)

    @cached_property
    def _words(self) -> Words:
        return Words(self.text)

    def words_of(self, amount: Amount) -> tuple[int, int]:
        """Return the number of an amount's first word, and how many it has."""
        return self._words.words_of(amount.field, amount.start, amount.end)
