"""The evidence for and against two entries reporting one event, as one number and in words.

The weights were fitted (logistic regression) to pairs of news items that people had judged, then rounded. A sum above
0 means "one event" is likelier than not. ``benchmarks/README.md`` tells how the outcome moves when they do.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from monitor.model import SharedName
from monitor.stories.profile import LEAST_RARITY, Features, Profile
from monitor.stories.relations import Relation
from monitor.stories.tokens import MOST, rarity

BASE = -2.0
SIMILARITY = 9.5  # times the cosine of the weighted words
RARE = 1.0  # times the evidence of the rare words that both have, each from 0 to 1
MOST_RARE = 4.0
RARE_FROM = 4.0  # rarity: one text in 50
SAME_AMOUNT = 0.5
NEAR_AMOUNT = 2.5  # "$53 million", "$54M" and "$55 million" are estimates of one loss
OTHER_AMOUNT = -0.6
OTHER_NAME = -1.2  # times the rarity, 0 to 1, of the names that only one title has
OTHER_VICTIM = -3.0  # times by how much they are rarer than any name that both have: "X hacked" and "Y hacked"
OTHER_VICTIM_AND_AMOUNT = -6.0  # the same once more, when no amount agrees either
SAME_TEMPLATE = -8.0  # the titles are equal but for such names: the words are those of every such event
SAME_OUTLET = -0.8  # it reports another event, or what is new
SERIES = -4.2  # times the same rarity: one outlet names another victim in the words it always uses
UNRELATED_ACTORS = -7.0  # the tracked actors of the two have nothing to do with each other
ACTORS_OF_A_FAMILY = -3.5  # two crews of one state: vendors disagree, so that it may be one event all the same
ONLY_ACTOR = -2.0  # hardly anything but the tracked actor is shared
LITTLE_BESIDES_ACTOR = 9.0  # rarity of all shared words together: two or three common ones
SAME_ACT = 2.0  # sanctions against one actor, an arrest of one actor
SAME_ACT_AND_NAME = 1.0  # the same with a rare name that is no tracked actor
ONLY_SUBJECT = -2.0  # hardly anything is shared but the source: "FBI: ...", "CISA adds ...", "CISA cuts ..."
LITTLE = 2.5  # rarity of all other shared words together
ONLY_NAME = -3.0  # hardly anything but one name is shared: an agency, a vendor, a company that is in the news every day
LITTLE_BESIDES_NAME = 7.0  # rarity of all other shared words together
LONGEST_NAME = 3  # words
SUBJECT_OF_ACT = 0.4  # the same if both report the same act: an authority charges and sanctions many
SUBJECT = 0.8  # times the rarity of a name with which both titles begin: an agency or a vendor rather than a victim
UNHEARD_OF = 7.5  # rarity from which on a name is hardly an agency or a vendor
NO_NAME = -1.5  # no name is shared
ONLY_COMMON_NAMES = -1.0  # the rarest name that both have is in many texts: a country, a coin, an agency
DAY = -0.7
SAME_INDICATOR = 4.0
CITED = 1.5
NAME_RARITY = 5.5  # one text in 240; a rarer word is taken for a name that fills a template
NEAR = Decimal("0.88")  # the smaller of two amounts, as part of the larger
_EQUAL = Decimal("0.999")
_DAY_S = 86_400.0
_NO_WORDS = frozenset[str]()

Damping = Mapping[str, float]  # of words that many open stories share: their weight, from 0 to 1; the others have 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """How likely it is that two entries report one event, and why."""

    total: float  # above 0: likely
    similar: float = 0.0
    shared: tuple[SharedName, ...] = ()  # the rarest first, as the newer text writes them
    victim: str = ""  # the first of ``shared`` that names no tracked actor
    same_amount: str = ""  # as the newer text writes it
    near_amount: str = ""
    other_amount: bool = False  # both name amounts, none of which agree
    indicator: str = ""
    link: bool = False
    cited: bool = False
    name_rarity: float = 0.0  # of the first of ``shared``


def similarity(new: Profile, old: Features, damping: Damping) -> float:
    """Return how similar two texts are: the cosine of their weighted words, 0 to 1, and 1 more for the same link.

    An abbreviation equals the name that the other text writes out, and a compound its parts.

    Args:
        new: The entry that came in.
        old: An entry of an open story.
        damping: The weight, 0 to 1, of words that many open stories share.
    """
    weights = new.weights
    found = sum(
        [
            weights[word] * weight * damping.get(word, 1.0)
            for word, weight in zip(old.words, old.word_weights, strict=True)
            if word in weights
        ]
    )
    found += sum([weights[word] ** 2 for word in _abbreviated(new, old)])
    found += sum([old.weight(word) ** 2 for word in _abbreviated(old, new)])
    found += max(
        sum([weights[word] ** 2 for word in _respelled(new, old)]),
        sum([old.weight(word) ** 2 for word in _respelled(old, new)]),
    )
    return found + 1 if _same_link(new, old) else found


def _abbreviated(one: Features, other: Features) -> list[str]:
    """Return the words of *one* that abbreviate a name of the *other*."""
    if not one.abbreviations or not other.initials:
        return []
    return [word for word in one.abbreviations if any(word in letters for letters in other.initials)]


def _respelled(one: Features, other: Features) -> list[str]:
    """Return the words of *one* that the *other* text has as a compound, or in two words."""
    if other.other_spellings.isdisjoint(one.words):
        return []
    return [word for word in one.words if word in other.other_spellings and word not in other.words]


def weigh(new: Profile, old: Features, similar: float, damping: Damping, relation: Relation) -> Evidence:
    """Return the evidence that *new* reports the event that *old* does.

    Args:
        new: The entry that came in.
        old: An entry of an open story.
        similar: Their ``similarity``.
        damping: The weight, 0 to 1, of words that many open stories share.
        relation: How their tracked actors are related.
    """
    shared = sorted(((new.rarity(w) * damping.get(w, 1.0), w) for w in new.written.keys() & old.names), reverse=True)
    rarest = shared[0][0] if shared else 0.0
    respelled = bool(_respelled(new, old) or _respelled(old, new))
    known = MOST if respelled else _rarest_known(shared, new, old)
    same, near, other_amount = _amounts(new, old)
    known_indicators = {key for key, _ in old.indicators}
    indicator = next((text for key, text in new.indicators if key in known_indicators), "")
    same_outlet = bool(new.outlet_key) and new.outlet_key == old.outlet_key
    cited = not same_outlet and (old.outlet_key in new.cited or new.outlet_key in old.cited)
    # an actor that both name is no victim; one that only one of them names may be the only difference of two events
    actors = _NO_WORDS if relation is Relation.UNKNOWN else new.tracked | old.tracked
    alone = 0.0 if respelled else min(_alone(new, old.words, actors), _alone(old, new.weights, actors)) / MOST
    link = _same_link(new, old)
    concrete = bool(same or near or indicator or cited or link or respelled)
    total = (
        BASE
        + SIMILARITY * similar
        + RARE * _rare(new, old, damping)
        + OTHER_NAME * alone
        + (OTHER_VICTIM + (OTHER_VICTIM_AND_AMOUNT if other_amount else 0.0)) * max(0.0, alone - known / MOST)
        + (SAME_TEMPLATE if not (same and known >= LEAST_RARITY) and _same_template(new, old) else 0.0)
        + (SERIES * alone + SAME_OUTLET if same_outlet else 0.0)
        + DAY * abs((new.at - old.at).total_seconds()) / _DAY_S
        + (SAME_AMOUNT if same else NEAR_AMOUNT if near else OTHER_AMOUNT if other_amount else 0.0)
        + (SAME_INDICATOR if indicator else 0.0)
        + (CITED if cited else 0.0)
        + (SAME_ACT_AND_NAME if known >= NAME_RARITY and not new.acts.isdisjoint(old.acts) else 0.0)
        + _of_actors(new, old, relation, shares_a_name=known >= LEAST_RARITY)
        + (0.0 if concrete else _only(new, old, shared, damping))
    )
    names = tuple(SharedName(new.written[word], much) for much, word in shared)
    victim = next((new.written[word] for _, word in shared if word not in new.tracked), "")
    return Evidence(total, similar, names, victim, same, near, other_amount, indicator, link, cited, rarest)


def _rarest_known(shared: Iterable[tuple[float, str]], new: Features, old: Features) -> float:
    """Return the rarity of the rarest shared name that may be the victim of the incident; 0 if there is none.

    Names of tracked actors are excluded. A name with which both titles begin counts less: it is often the source.

    Args:
        shared: Pairs of rarity and name, for the names that both entries have.
        new: The entry that came in.
        old: An entry of an open story.
    """
    subject = new.subject & old.subject
    weight = SUBJECT if new.acts.isdisjoint(old.acts) else SUBJECT_OF_ACT
    known = (much * (weight if word in subject else 1.0) for much, word in shared if word not in new.tracked)
    return max(known, default=0.0)


def _of_actors(new: Features, old: Features, relation: Relation, *, shares_a_name: bool) -> float:
    """Return the evidence that the tracked actors of both entries give."""
    if relation is Relation.UNRELATED:
        return UNRELATED_ACTORS
    if relation is Relation.FAMILY:
        return 0.0 if shares_a_name else ACTORS_OF_A_FAMILY
    if relation is Relation.RELATED and not new.acts.isdisjoint(old.acts):
        return SAME_ACT
    return 0.0


def _only(new: Profile, old: Features, shared: Sequence[tuple[float, str]], damping: Damping) -> float:
    """Return the evidence against one event if the entries share no name, or little besides a source, actor or name.

    Args:
        new: The entry that came in.
        old: An entry of an open story.
        shared: Pairs of rarity and name, for the names that both entries have, the rarest first.
        damping: The weight, 0 to 1, of words that many open stories share.
    """
    of_names = NO_NAME if not shared else ONLY_COMMON_NAMES if shared[0][0] < NAME_RARITY else 0.0
    return of_names + _little_else(new, old, shared, damping)


def _little_else(new: Profile, old: Features, shared: Sequence[tuple[float, str]], damping: Damping) -> float:
    """Return the evidence against one event if the entries share hardly anything else than what ``_only`` looks for."""
    common = [word for word in old.words if word in new.weights]
    subject = {word for word in new.subject & old.subject if new.rarity(word) < UNHEARD_OF}
    if _rarity_besides(common, subject, new) < LITTLE:
        return ONLY_SUBJECT
    named = [word for word in new.written if word in old.names and word not in new.tracked]
    if not named and new.acts.isdisjoint(old.acts) and _rarity_besides(common, new.tracked, new) < LITTLE_BESIDES_ACTOR:
        return ONLY_ACTOR
    rarest, word = shared[0] if shared else (MOST, "")
    # a name that past news had may be that of an agency, a vendor or a company of the daily news
    if rarest < MOST and word not in new.tracked and new.acts.isdisjoint(old.acts):
        name = _around(word, new.words, old.names) & _around(word, old.words, new.written)
        besides = sum([new.rarity(w) * damping.get(w, 1.0) for w in common if w not in name])
        if besides < LITTLE_BESIDES_NAME:
            return ONLY_NAME
    return 0.0


def _around(word: str, words: Sequence[str], names: Container[str]) -> set[str]:
    """Return *word* with the names before and behind it in *words*, such as the parts of one name."""
    first = last = words.index(word)
    while first > 0 and last - first + 1 < LONGEST_NAME and words[first - 1] in names:
        first -= 1
    while last + 1 < len(words) and last - first + 1 < LONGEST_NAME and words[last + 1] in names:
        last += 1
    return set(words[first : last + 1])


def _rarity_besides(common: Sequence[str], left_out: Set[str], new: Profile) -> float:
    return sum([new.rarity(word) for word in common if word not in left_out]) if left_out else math.inf


def _same_link(new: Features, old: Features) -> bool:
    # of one outlet, it is a page that changes rather than one article
    return bool(new.link) and new.link == old.link and new.outlet_key != old.outlet_key


def _rare(new: Profile, old: Features, damping: Damping) -> float:
    """Return the evidence of the rare words that both have: up to 1 for each, at most ``MOST_RARE``."""
    found = sum(
        [max(0.0, new.rarity(word) * damping.get(word, 1.0) - RARE_FROM) for word in old.words if word in new.weights]
    )
    return min(MOST_RARE, found / (MOST - RARE_FROM))


def _alone(one: Features, others: Container[str], left_out: Container[str]) -> float:
    """Return the rarity of the rarest name in the title of *one* that is not among the words of the *others*."""
    return next((rarity(word) for word in one.title_names if word not in others and word not in left_out), 0.0)


def _same_template(one: Features, other: Features) -> bool:
    """Return whether the titles differ in rare names and numbers only, each of which the other text lacks."""
    left, right = one.title_words - other.title_words, other.title_words - one.title_words
    return bool(left and right) and _fills(left, one, other) and _fills(right, other, one)


def _fills(words: frozenset[str], title: Features, other: Features) -> bool:
    names = {word for word in title.title_names if rarity(word) >= NAME_RARITY} | title.tracked
    return not names.isdisjoint(words) and all(w[0] == "#" or (w in names and w not in other.words) for w in words)


def _amounts(new: Features, old: Features) -> tuple[str, str, bool]:
    """Compare the amounts of two entries.

    Returns:
        The amount that both contain, an amount that is nearly the same in both, and whether all amounts differ.
    """
    near, comparable = "", False
    for currency, value, text in new.amounts:
        for other_currency, other, _ in old.amounts:
            if currency == other_currency:
                comparable = True
                part = min(value, other) / max(value, other)
                if part >= _EQUAL:
                    return text, "", False
                if part >= NEAR:
                    near = text
    return "", near, comparable and not near
