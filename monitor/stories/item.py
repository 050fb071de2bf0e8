"""What an entry is compared by."""

from __future__ import annotations

import math
from array import array
from collections.abc import Set
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from sys import intern

from monitor.model import Amount, Indicator
from monitor.stories.acts import acts_in
from monitor.stories.rarity import rarity
from monitor.stories.roundup import is_roundup
from monitor.stories.sources import cited_in, link_key, outlet_key
from monitor.stories.words import initials, is_abbreviation, is_name, tokens

SUMMARY = 600  # characters of a summary that are read; news says what happened at the beginning
ACTOR_RARITY = 5.5  # at most, of a word that names a tracked actor: many stories have the same one
FEWEST_WORDS = 3  # with less, a text cannot be compared
LEAST_SUM = 250_000  # smaller amounts are prices, fees and single losses
LEAST_RARITY = 3.5  # of a word that texts are looked up by: about one in 33 has it
_NONE = frozenset[str]()
_TITLE_COUNTS = 2  # times
_MOST_COUNTS = 3


@dataclass(frozen=True, slots=True)
class StoryItem:
    """An entry, as far as stories are concerned."""

    title: str
    at: datetime  # when it was published, or else first seen
    summary: str = ""
    outlet: str = ""
    link: str = ""
    amounts: tuple[Amount, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    actors: tuple[str, ...] = ()  # texts that name tracked actors, as they stand in the entry


@dataclass(frozen=True, slots=True)
class Imprint:
    """What is kept of an entry for those that come later, in less than half the room of its profile."""

    at: datetime
    outlet: str  # as people know it
    outlet_key: str
    link: str  # what it is looked up by, the same for two ways to write it; empty when it names no article
    cited: frozenset[str]  # keys of what may be outlets that the text names as its source
    words: tuple[str, ...]  # each once, those of the title first
    weighed: array[float] = field(repr=False)  # the weight of each of ``words``; their squares add up to 1
    title_size: int  # how many of ``words`` the title has
    title_names: tuple[str, ...]  # names in the title, the rarest first, without tracked actors
    names: tuple[str, ...] = field(repr=False)  # words that are written as a name
    tracked: frozenset[str]  # words of tracked actors
    short: frozenset[str] = field(repr=False)  # words that may abbreviate a name
    initials: frozenset[str] = field(repr=False)  # of the names that are written out
    sums: tuple[tuple[str, Decimal, str], ...]  # currency, value, text
    indicators: tuple[tuple[str, str], ...] = field(repr=False)  # what is compared, and as it stands in the text
    acts: frozenset[str]  # of the title
    all_acts: frozenset[str]

    @property
    def title_words(self) -> frozenset[str]:
        """Return the words of the title."""
        return frozenset(self.words[: self.title_size])

    def weight(self, word: str) -> float:
        """Return the weight of a word, one of ``words``."""
        return self.weighed[self.words.index(word)]


_KEPT = tuple(field.name for field in fields(Imprint))


@dataclass(frozen=True, slots=True)
class Profile(Imprint):
    """A ``StoryItem``, read once, such that comparing it with many imprints is cheap."""

    weights: dict[str, float] = field(repr=False)  # of each word
    written: dict[str, str] = field(repr=False)  # each name as it stands in the text
    keys: dict[str, float] = field(repr=False)  # what it is looked up by, with how much that says
    is_roundup: bool

    @property
    def is_comparable(self) -> bool:
        """Whether there are words enough to tell one event from another."""
        return len(self.weights) >= FEWEST_WORDS

    def rarity(self, word: str) -> float:
        """Return how much a word says here."""
        return _rarity(word, self.tracked)

    def imprint(self) -> Imprint:
        """Return what is to be kept of it."""
        return Imprint(*(getattr(self, name) for name in _KEPT))


def profile_of(item: StoryItem) -> Profile:
    """Return what *item* is compared by."""
    summary = "" if item.summary[:60] == item.title[:60] else item.summary[:SUMMARY]
    title, rest = list(tokens(item.title)), list(tokens(summary))
    counts = {key: _TITLE_COUNTS for key, _ in title}
    for key, _ in rest:
        counts[key] = min(_MOST_COUNTS, counts.get(key, 0) + 1)
    tracked = {key for text in item.actors for key, _ in tokens(text)}
    rarities = {key: _rarity(key, tracked) for key in counts}
    raw = {key: count * rarities[key] for key, count in counts.items()}
    length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
    weights = {key: weight / length for key, weight in raw.items()}
    written = {key: word for key, word in (*rest, *title) if key[0] != "#" and is_name(word)}
    small = {key for key, word in (*title, *rest) if key[0] != "#" and not is_name(word)}
    title_names = {key for key, word in title if key in written and key not in small and key not in tracked}
    sums = tuple((a.currency, a.value, a.text) for a in item.amounts if a.field != "content" and a.value >= LEAST_SUM)
    indicators = {f"{i.chain} {i.value.lower()}": i.text for i in item.indicators}
    link = f"@{key}" if (key := link_key(item.link)) else ""
    keys = {key: weight for key, weight in weights.items() if rarities[key] >= LEAST_RARITY}
    keys |= dict.fromkeys((*indicators, *([link] if link else ())), 1.0)
    return Profile(
        at=item.at,
        outlet=intern(item.outlet),
        outlet_key=intern(outlet_key(item.outlet)),
        link=link,
        cited=_kept(cited_in(f"{item.title}\n{summary}")),
        words=tuple(weights),
        weighed=array("d", weights.values()),
        title_size=len({key for key, _ in title}),
        title_names=tuple(sorted(title_names, key=lambda key: (rarities[key], key), reverse=True)),
        names=tuple(written),
        tracked=_kept(tracked),
        short=_kept({key for key, word in (*title, *rest) if is_abbreviation(word)}),
        initials=_kept(initials(item.title) | initials(summary)),
        sums=sums,
        indicators=tuple(indicators.items()),
        acts=_kept(acts_in(word for _, word in title)),
        all_acts=_kept(acts_in(word for _, word in (*title, *rest))),
        weights=weights,
        written=written,
        keys=keys,
        is_roundup=is_roundup(item.title, len({(currency, value) for currency, value, _ in sums})),
    )


def _rarity(word: str, tracked: Set[str]) -> float:
    return min(ACTOR_RARITY, rarity(word)) if word in tracked else rarity(word)


def _kept(words: Set[str]) -> frozenset[str]:
    """Return *words*; of those that are empty, most are, one is enough for thousands of imprints."""
    return frozenset(words) if words else _NONE
