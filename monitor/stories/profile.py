"""The features of an entry (words, names, amounts, links, actors) by which it is compared with open stories."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator, Set
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from sys import intern

from monitor.model import Amount, Indicator
from monitor.stories.report_kinds import acts_in, is_roundup
from monitor.stories.sources import cited_in, link_key, outlet_key
from monitor.stories.tokens import initials, is_abbreviation, is_name, rarities_of, rarity, stem, tokens

SUMMARY = 600  # characters of a summary that are compared; news reports what happened at the beginning
ACTOR_RARITY = 5.5  # the largest rarity of a word that names a tracked actor, since many stories share it
FEWEST_WORDS = 3  # an entry with fewer words cannot be compared
LEAST_AMOUNT = 250_000  # smaller amounts are prices, fees and single losses
LEAST_RARITY = 3.5  # stories are looked up by words at least this rare: one text in 33
_LONGEST_SUBJECT = 3  # words
_NONE = frozenset[str]()
_TITLE_COUNTS = 2  # how often a word of the title counts
_MOST_COUNTS = 3

# "[Webinar]", "(Fri, May 1st)", "(Updated)": the tag of a series, or a date
_TAG = re.compile(r"^\s*[\[(【][^\])】]{1,30}[\])】]|[\[(【][^\])】]{1,30}[\])】]\s*$")
_COMPOUND = re.compile(r"\b[A-Z]+[a-z]+(?:[A-Z]+[a-z]*)+\b")  # KelpDAO, LayerZero
_PART = re.compile(r"[A-Z][a-z]+|[A-Z]+(?![a-z])")
_NAME_PAIR = re.compile(r"\b(?=([A-Z]\w*)[ -]([A-Z]\w*))")  # Kelp DAO, Layer Zero


@dataclass(frozen=True, slots=True)
class StoryItem:
    """The parts of an entry that decide which story it belongs to."""

    title: str
    at: datetime  # when it was published, else when it was first seen
    summary: str = ""
    outlet: str = ""
    link: str = ""
    amounts: tuple[Amount, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    actors: tuple[str, ...] = ()  # the texts of the mentions of tracked actors
    actor_ids: frozenset[str] = _NONE  # the actors that they name


@dataclass(frozen=True, slots=True)
class Features:
    """The features of an entry that are kept to compare it with later entries; half as large as a ``Profile``."""

    at: datetime
    outlet: str  # the name of the outlet for people
    outlet_key: str
    link: str  # the ``link_key`` of the URL; empty if it is not that of an article
    cited: frozenset[str]  # keys of outlets that the text may name as its source
    words: tuple[str, ...]  # each once, those of the title first
    word_weights: array[float] = field(repr=False)  # of each of ``words``; their squares add up to 1
    title_size: int  # how many of ``words`` the title has
    title_names: tuple[str, ...]  # names in the title, the rarest first
    subject: frozenset[str]  # words of the name with which the title begins: "FBI: ...", "Tether freezes ..."
    other_spellings: frozenset[str] = field(repr=False)  # other forms of names in the text: "kelpdao" for Kelp DAO
    names: tuple[str, ...] = field(repr=False)  # words that are written as a name
    tracked: frozenset[str]  # words that name tracked actors
    actor_ids: frozenset[str]
    abbreviations: frozenset[str] = field(repr=False)  # words that may abbreviate a name
    initials: frozenset[str] = field(repr=False)  # the initials of names that are written out: "jlr"
    amounts: tuple[tuple[str, Decimal, str], ...]  # currency, value, text
    indicators: tuple[tuple[str, str], ...] = field(repr=False)  # the key to compare, and the text
    acts: frozenset[str]  # acts that the title reports, such as "an arrest"
    all_acts: frozenset[str]

    @property
    def title_words(self) -> frozenset[str]:
        """Return the words of the entry's title."""
        return frozenset(self.words[: self.title_size])

    def weight(self, word: str) -> float:
        """Return the weight of *word* in this entry: how often it occurs, times how rare it is in news."""
        return self.word_weights[self.words.index(word)]


_stored_fields = attrgetter(*(field.name for field in fields(Features)))


@dataclass(frozen=True, slots=True)
class Profile(Features):
    """The features of a new entry, with lookup tables that make comparing it with many others fast."""

    weights: dict[str, float] = field(repr=False)  # of each word
    rarities: dict[str, float] = field(repr=False)  # of each word, those of tracked actors at most ``ACTOR_RARITY``
    written: dict[str, str] = field(repr=False)  # each name as it stands in the text
    keys: dict[str, float] = field(repr=False)  # rare words, links and indicators to look stories up by; weights
    is_roundup: bool

    @property
    def is_comparable(self) -> bool:
        """Whether the entry has enough words to distinguish one event from another."""
        return len(self.weights) >= FEWEST_WORDS

    def rarity(self, word: str) -> float:
        """Return how rare *word*, a word of this entry, is in news; a rare word identifies an event better."""
        return self.rarities[word]

    def features(self) -> Features:
        """Return the part of this profile that is kept in memory to compare later entries with this one."""
        return Features(*_stored_fields(self))


def profile_of(item: StoryItem) -> Profile:
    """Return the words, names, amounts, links and actors by which an entry is compared with open stories."""
    summary = "" if item.summary[:60] == item.title[:60] else item.summary[:SUMMARY]
    headline = _without_tags(item.title)
    title, rest = tokens(headline), tokens(summary)
    counts = {key: _TITLE_COUNTS for key, _ in title}
    for key, _ in rest:
        counts[key] = min(_MOST_COUNTS, counts.get(key, 0) + 1)
    tracked = {key for text in item.actors for key, _ in tokens(text)}
    rarities = rarities_of(counts)
    rarities |= {key: min(ACTOR_RARITY, rarities[key]) for key in tracked if key in rarities}
    raw = {key: count * rarities[key] for key, count in counts.items()}
    length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
    weights = {key: weight / length for key, weight in raw.items()}
    written: dict[str, str] = {}
    small: set[str] = set()  # words that the text also writes with a small letter
    abbreviations: set[str] = set()
    for key, word in (*rest, *title):
        if is_abbreviation(word):
            abbreviations.add(key)
        if key[0] != "#":
            if is_name(word):
                written[key] = word
            else:
                small.add(key)
    title_names = {key for key, _ in title if key in written and key not in small}
    amounts = tuple(
        (a.currency, a.value, a.text) for a in item.amounts if a.field != "content" and a.value >= LEAST_AMOUNT
    )
    indicators = {f"{i.chain} {i.value.lower()}": i.text for i in item.indicators}
    link = f"@{key}" if (key := link_key(item.link)) else ""
    parts = frozenset(_compound_parts(f"{headline}\n{summary}"))
    keys = {key: weight for key, weight in weights.items() if rarities[key] >= LEAST_RARITY}
    keys |= {key: weights.get(key, 0.1) for key in parts if _rarity(key, tracked) >= LEAST_RARITY}
    keys |= dict.fromkeys((*indicators, *([link] if link else ())), 1.0)
    return Profile(
        at=item.at,
        outlet=intern(item.outlet),
        outlet_key=intern(outlet_key(item.outlet)),
        link=link,
        cited=_frozen(cited_in(f"{headline}\n{summary}")),
        words=tuple(weights),
        word_weights=array("d", weights.values()),
        title_size=len({key for key, _ in title}),
        title_names=tuple(sorted(title_names, key=lambda key: (rarities[key], key), reverse=True)),
        subject=_frozen(_subject(title, headline)),
        other_spellings=_frozen(parts | _joined_names(headline)),
        names=tuple(written),
        tracked=_frozen(tracked),
        actor_ids=_frozen(item.actor_ids),
        abbreviations=_frozen(abbreviations),
        initials=_frozen(initials(headline) | initials(summary)),
        amounts=amounts,
        indicators=tuple(indicators.items()),
        acts=_frozen(acts_in(headline)),
        all_acts=_frozen(acts_in(f"{headline}\n{summary}")),
        weights=weights,
        rarities=rarities,
        written=written,
        keys=keys,
        is_roundup=is_roundup(item.title, len({(currency, value) for currency, value, _ in amounts})),
    )


def _without_tags(title: str) -> str:
    """Return *title* without a tag such as "[Webinar]" or "(Updated)" at its beginning or end.

    The title is returned unchanged if nothing would be left.
    """
    bare = _TAG.sub("", title).strip() if title[:1] in "[(【 " or title[-1:] in "])】" else title
    return bare or title


def _subject(title: list[tuple[str, str]], headline: str) -> Set[str]:
    """Return the words of the name with which a headline begins ("FBI: ...", "Tether freezes ..."), three at most."""
    before_colon = headline.partition(":")[0]
    subject: set[str] = set()
    for key, word in title[:_LONGEST_SUBJECT]:
        if not is_name(word) or (subject and word not in before_colon and ":" in headline):
            break
        subject.add(key)
    return subject


def _compound_parts(text: str) -> Iterator[str]:
    """Yield the parts of compound names in *text*: "kelp" and "dao" for KelpDAO."""
    for compound in _COMPOUND.findall(text):
        yield from filter(None, (stem(part.lower()) for part in _PART.findall(compound)))


def _joined_names(title: str) -> Set[str]:
    """Return every pair of adjacent capitalised words of *title*, written as one word: "kelpdao" for Kelp DAO."""
    return {key for one, other in _NAME_PAIR.findall(title) if (key := stem((one + other).lower()))}


def _rarity(word: str, tracked: Set[str]) -> float:
    return min(ACTOR_RARITY, rarity(word)) if word in tracked else rarity(word)


def _frozen(words: Set[str]) -> frozenset[str]:
    """Return *words* as a frozenset; all empty ones are one object, to save memory for thousands of entries."""
    return frozenset(words) if words else _NONE
