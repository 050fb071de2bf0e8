"""Collect thefts that several outlets reported without naming a tracked actor; the watchlist may lack an actor."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from monitor.advice.candidates import unknown_names
from monitor.facts import read_amounts
from monitor.learning.names_in_text.name_words import COMMON_WORDS, PLACES
from monitor.learning.new_aliases import Quotation
from monitor.matching import folded_words
from monitor.model import Amount, Entry, Judgement, Mention, SeenText, Text
from monitor.stories import STORY_STAYS_OPEN, ActorRelations, Profile, StoryIndex, assign, count_outlets, profile_of
from monitor.watchlist import story_item

ENOUGH_OUTLETS = 2
_COINS = frozenset({"BTC", "ETH"})
LEAST_COINS = 20
LEAST_AMOUNT = 100_000  # smaller sums are prices and fees
MIN_CAPITALS = 6  # of a name in capitals; fewer are a ticker or an abbreviation
MAX_NAME = 40  # characters
MAX_DIGITS = 5
MAX_NAMES = 8  # of an entry
SHOWN_NAMES = 5
MAX_STORIES = 20_000  # that are kept while entries are read; the oldest go first
MAX_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Theft:
    """What an entry says about a theft: the stolen amount, and names that the watchlist may lack."""

    amount: str  # as written, the largest
    names: tuple[str, ...]  # that look like names and are no ordinary words
    has_actor: bool
    profile: Profile | None  # by which it is compared with others; None: its story is stored


@dataclass(frozen=True, slots=True)
class UnmatchedTheft:
    """A story about a theft that several outlets reported and that mentions no tracked actor."""

    title: str
    amounts: tuple[str, ...]
    outlets: tuple[str, ...]
    entries: int
    names: tuple[tuple[str, int], ...]  # that nothing in the watchlist matches, with the number of entries
    evidence: tuple[Quotation, ...]


def read_theft(entry: Entry, mentions: tuple[Mention, ...], *, with_profile: bool) -> Theft | None:
    """Return the amount and the names in an entry about a theft; None if the entry names no large amount.

    Args:
        entry: An entry whose text contains a word for a theft.
        mentions: The mentions of tracked actors in the entry.
        with_profile: Whether to compute the profile by which the entry is assigned to a story; False if the story that
            the daemon assigned is stored with the entry.
    """
    text = Text(entry.text.title, entry.text.summary)
    amounts = read_amounts(text)
    large = [amount for amount in amounts if _is_large(amount)]
    if not large:
        return None
    matched = {word for mention in mentions for word in folded_words(mention.text)}
    ignored = matched | PLACES | COMMON_WORDS | set(folded_words(entry.outlet))
    names = tuple(
        name
        for name in dict.fromkeys((*unknown_names(text, MAX_NAMES), *_inside_sentences(text)))
        if _is_name(name) and not all(word in ignored for word in folded_words(name))
    )
    profile = None
    if with_profile:
        judgement = Judgement(mentions, amounts, (), ())
        at = min(entry.published_at or entry.first_seen_at, entry.first_seen_at)
        profile = profile_of(story_item(text, judgement, at=at, outlet=entry.outlet, link=entry.link))
    has_actor = any(mention.actor for mention in mentions)
    return Theft(max(large, key=lambda a: a.value).text, names, has_actor, profile)


# capitals inside a sentence mark a name though its words are ordinary: "the Wormhole bridge"
_INSIDE = re.compile(r"(?<=[a-z,] )[A-Z][\w-]*\w(?: [A-Z][\w-]*\w){0,2}")


def _inside_sentences(text: Text) -> list[str]:
    return _INSIDE.findall(text.summary)[:MAX_NAMES]


def _is_name(name: str) -> bool:
    """Return whether *name* looks like a name, not like a ticker symbol, a crypto address or a hash."""
    is_ticker = len(name) < MIN_CAPITALS and sum(map(str.isupper, name)) > 2
    return not is_ticker and len(name) <= MAX_NAME and sum(map(str.isdigit, name)) < MAX_DIGITS


def _is_large(amount: Amount) -> bool:
    return amount.may_be_loss and (
        amount.value >= LEAST_AMOUNT or (amount.currency in _COINS and amount.value >= LEAST_COINS)
    )


@dataclass(slots=True)
class _Story:
    title: str
    has_actor: bool = False
    entries: int = 0
    outlets: dict[str, None] = field(default_factory=dict)
    amounts: dict[str, None] = field(default_factory=dict)
    names: Counter[str] = field(default_factory=Counter)
    written: dict[str, str] = field(default_factory=dict)
    evidence: list[Quotation] = field(default_factory=list)


def _most_named(story: _Story) -> tuple[tuple[str, int], ...]:
    """Return the most frequent names of a story, each with the number of entries that contain it.

    Names in a single entry are returned only if no name occurs in several entries.
    """
    several = [(key, count) for key, count in story.names.most_common() if count > 1]
    return tuple((story.written[key], count) for key, count in (several or story.names.most_common())[:SHOWN_NAMES])


class TheftCollector:
    """Groups thefts by story; the number of stories is limited.

    Args:
        relations: Which tracked actors are related, for assigning entries to stories.
    """

    def __init__(self, relations: ActorRelations) -> None:
        self._relations = relations
        self._index = StoryIndex()
        self._stories: dict[int, _Story] = {}
        self._named: set[int] = set()  # stored stories of which another entry names a tracked actor
        self._opened = 0

    def add(self, text: SeenText, theft: Theft | None, *, has_actor: bool) -> None:
        """Add one entry to the story that it belongs to.

        Args:
            text: The entry; entries must be added in the order in which they were first seen.
            theft: What ``read_theft`` found in it; None if it reports no theft.
            has_actor: Whether the entry mentions a tracked actor.
        """
        if theft is None:
            if has_actor and text.story is not None:
                self._named.add(text.story)
            return
        number = self._number(text, theft)
        if number not in self._stories and len(self._stories) >= MAX_STORIES:
            del self._stories[next(iter(self._stories))]
        story = self._stories.setdefault(number, _Story(text.entry.text.title))
        story.has_actor |= theft.has_actor
        story.entries += 1
        story.outlets.setdefault(text.entry.outlet)
        story.amounts.setdefault(theft.amount)
        for name in theft.names:
            key = " ".join(folded_words(name))
            story.written.setdefault(key, name)
            story.names[key] += 1
        if len(story.evidence) < MAX_EXAMPLES and text.entry.outlet not in {one.outlet for one in story.evidence}:
            story.evidence.append(Quotation(text.entry.text.title, text.entry.outlet, text.entry.link))

    def _number(self, text: SeenText, theft: Theft) -> int:
        if text.story is not None:
            return text.story
        story = None
        if theft.profile is not None:
            story = assign(self._index, theft.profile, self._relations).story
        if story is None:
            self._opened += 1
            story = self._opened
        if theft.profile is not None:
            self._index.add(story, theft.profile)
            self._index.close_older_than(text.seen_at - STORY_STAYS_OPEN)
        return story

    def result(self) -> tuple[UnmatchedTheft, ...]:
        """Return the thefts that several outlets reported without a tracked actor.

        Those with most outlets come first.
        """
        found = [
            UnmatchedTheft(
                story.title,
                tuple(story.amounts)[:3],
                tuple(story.outlets),
                story.entries,
                _most_named(story),
                tuple(story.evidence),
            )
            for number, story in self._stories.items()
            if not story.has_actor and number not in self._named and count_outlets(story.outlets) >= ENOUGH_OUTLETS
        ]
        return tuple(sorted(found, key=lambda theft: (-count_outlets(theft.outlets), -theft.entries, theft.title)))
