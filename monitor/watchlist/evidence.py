"""Everything in a text that rules are applied to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from monitor.facts import read_amounts
from monitor.matching import MatchResult, Words
from monitor.model import Amount, Mention, Text
from monitor.watchlist.first_mention import MentionLookup, never_mentioned
from monitor.watchlist.surge import SurgeLookup, no_surge


@dataclass(frozen=True)
class Evidence:
    """The mentions and amounts in one text, and the feed it comes from."""

    text: Text = field(repr=False)
    found: MatchResult
    feed: str = ""  # empty: none
    surge_of: SurgeLookup = no_surge
    mentioned_within: MentionLookup = never_mentioned

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The mentions that count, in reading order."""
        return self.found.mentions

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        """The amounts of money, in reading order."""
        return read_amounts(self.text)

    @cached_property
    def _words(self) -> Words:
        return Words(self.text)

    def words_of(self, amount: Amount) -> tuple[int, int]:
        """Return the position of the first word of *amount* in the text, and its number of words."""
        return self._words.words_of(amount.field, amount.start, amount.end)
