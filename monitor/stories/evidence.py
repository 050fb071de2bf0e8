"""What speaks for and against two texts reporting one event, as one number and in words.

The weights were fitted (logistic regression) to pairs of news items that people had judged, then rounded. A sum above
0 means "one event" is likelier than not. ``benchmarks/README.md`` tells how the outcome moves when they do.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from decimal import Decimal

from monitor.stories.item import Imprint, Profile
from monitor.stories.rarity import MOST, rarity

BASE = -2.0
LIKE = 9.5  # times the cosine of the weighted words
RARE = 1.0  # times what the rare words that both have say, each from 0 to 1
MOST_RARE = 4.0
RARE_FROM = 4.0  # rarity: one text in 50
SAME_SUM = 0.5
NEAR_SUM = 2.5  # "$53 million", "$54M" and "$55 million" are guesses at one loss
OTHER_SUM = -0.6
OTHER_NAME = -1.2  # times the rarity, 0 to 1, of the names that only one title has
OTHER_VICTIM = -3.0  # times by how much they are rarer than any name that both have: "X hacked" and "Y hacked"
OTHER_VICTIM_AND_SUM = -6.0  # the same once more, when no sum is alike either
SAME_MOULD = -6.0  # the titles are equal but for such names: the words are those of every such event
SAME_OUTLET = -0.8  # it reports another event, or what is new
SERIES = -4.2  # times the same rarity: one outlet names another victim in the words it always uses
DAY = -0.7
SAME_INDICATOR = 4.0
CITED = 1.5
FILLING_RARITY = 5.5  # one text in 240
NEAR = Decimal("0.88")  # the smaller of two sums, as part of the larger
_EQUAL = Decimal("0.999")
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """How likely it is that two texts report one event, and what says so."""

    total: float  # above 0: likely
    shared: tuple[str, ...] = ()  # names, the rarest first, as the newer text writes them
    same_sum: str = ""  # as the newer text writes it
    near_sum: str = ""
    other_sum: bool = False  # both name sums, none alike
    indicator: str = ""
    link: bool = False
    cited: bool = False
    name_rarity: float = 0.0  # of the first of ``shared``


def likeness(new: Profile, old: Imprint) -> float:
    """Return how alike two texts are: the cosine of their weighted words, from 0 to 1, and 1 more for the same link.

    An abbreviation is equal to the name that the other text writes out.
    """
    weights = new.weights
    alike = sum(
        [weights[word] * weight for word, weight in zip(old.words, old.weighed, strict=True) if word in weights]
    )
    alike += sum([weights[word] ** 2 for word in _abbreviated(new, old)])
    alike += sum([old.weight(word) ** 2 for word in _abbreviated(old, new)])
    return alike + 1 if _same_link(new, old) else alike


def _abbreviated(one: Imprint, other: Imprint) -> Iterator[str]:
    """Yield the words of *one* that abbreviate a name of the *other*."""
    return (word for word in one.short if any(word in letters for letters in other.initials))


def weigh(new: Profile, old: Imprint, alike: float) -> Evidence:
    """Return what speaks for *new* reporting what *old* does; *alike* is how alike their words are."""
    shared = sorted(((new.rarity(word), word) for word in new.written.keys() & old.names), reverse=True)
    rarest = shared[0][0] if shared else 0.0
    known = next((much for much, word in shared if word not in new.tracked), 0.0)
    same, near, other_sum = _sums(new, old)
    known_indicators = {key for key, _ in old.indicators}
    indicator = next((text for key, text in new.indicators if key in known_indicators), "")
    same_outlet = bool(new.outlet_key) and new.outlet_key == old.outlet_key
    cited = not same_outlet and (old.outlet_key in new.cited or new.outlet_key in old.cited)
    alone = min(_alone(new, old.words), _alone(old, new.weights)) / MOST
    total = (
        BASE
        + LIKE * alike
        + RARE * _rare(new, old)
        + OTHER_NAME * alone
        + (OTHER_VICTIM + (OTHER_VICTIM_AND_SUM if other_sum else 0.0)) * max(0.0, alone - known / MOST)
        + (SAME_MOULD if _same_mould(new, old) else 0.0)
        + (SERIES * alone + SAME_OUTLET if same_outlet else 0.0)
        + DAY * abs((new.at - old.at).total_seconds()) / _DAY_S
        + (SAME_SUM if same else NEAR_SUM if near else OTHER_SUM if other_sum else 0.0)
        + (SAME_INDICATOR if indicator else 0.0)
        + (CITED if cited else 0.0)
    )
    words = tuple(new.written[w] for _, w in shared)
    return Evidence(total, words, same, near, other_sum, indicator, _same_link(new, old), cited, rarest)


def _same_link(new: Imprint, old: Imprint) -> bool:
    # of one outlet, it is a page that changes rather than one article
    return bool(new.link) and new.link == old.link and new.outlet_key != old.outlet_key


def _rare(new: Profile, old: Imprint) -> float:
    """Return how much the rare words say that both have: up to 1 for each, at most ``MOST_RARE``."""
    said = sum([max(0.0, new.rarity(word) - RARE_FROM) for word in old.words if word in new.weights])
    return min(MOST_RARE, said / (MOST - RARE_FROM))


def _alone(one: Imprint, others: Container[str]) -> float:
    """Return the rarity of the rarest name in the title of *one* that is not among the words of the *others*."""
    return next((rarity(word) for word in one.title_names if word not in others), 0.0)


def _same_mould(one: Imprint, other: Imprint) -> bool:
    """Return whether nothing but rare names and numbers tells the titles apart, each of which the other text lacks."""
    left, right = one.title_words - other.title_words, other.title_words - one.title_words
    return bool(left and right) and _is_filling(left, one, other) and _is_filling(right, other, one)


def _is_filling(words: frozenset[str], title: Imprint, other: Imprint) -> bool:
    names = {word for word in title.title_names if rarity(word) >= FILLING_RARITY}
    return not names.isdisjoint(words) and all(w[0] == "#" or (w in names and w not in other.words) for w in words)


def _sums(new: Imprint, old: Imprint) -> tuple[str, str, bool]:
    """Return the sum that both name, the one that they nearly do, and whether all their sums differ."""
    near, comparable = "", False
    for currency, value, text in new.sums:
        for other_currency, other, _ in old.sums:
            if currency == other_currency:
                comparable = True
                part = min(value, other) / max(value, other)
                if part >= _EQUAL:
                    return text, "", False
                if part >= NEAR:
                    near = text
    return "", near, comparable and not near
