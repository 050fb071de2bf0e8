"""Compute how likely it is that two entries report the same event, as a number and as reasons for people.

Each shared or differing feature has a weight, a constant of this module. The weights were fitted by logistic regression
to pairs of news items that people had judged, then rounded. A sum above 0 means that one event is more likely than two.
``benchmarks/README.md`` shows how the results change with the weights.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from monitor.model import SharedName
from monitor.stories.profile import LEAST_RARITY, Features, Profile
from monitor.stories.relations import Relation
from monitor.stories.tokens import MAX_RARITY, rarity

BASE = -2.0
SIMILARITY = 9.5  # multiplied by the cosine of the weighted words
RARE = 1.0  # for each rare word that both entries have, multiplied by 0 to 1 by its rarity
MOST_RARE = 4.0
RARE_FROM = 4.0  # a rarer word counts as rare: one text in 50 has a word of this rarity
SAME_AMOUNT = 0.5
NEAR_AMOUNT = 2.5  # "$53 million", "$54M" and "$55 million" are estimates of one loss
OTHER_AMOUNT = -0.6
OTHER_NAME = -1.2  # multiplied by the rarity, 0 to 1, of the rarest name that only one title has
OTHER_VICTIM = -3.0  # multiplied by how much rarer it is than any shared name: "X hacked" and "Y hacked"
OTHER_VICTIM_AND_AMOUNT = -6.0  # added to OTHER_VICTIM if no amount agrees either
SAME_TEMPLATE = -8.0  # the titles are equal except for such names: the outlet words every such event like this
SAME_OUTLET = -0.8  # an outlet rarely reports one event twice
SERIES = -4.2  # as OTHER_NAME, if both are of one outlet: another victim, in the words it always uses
UNRELATED_ACTORS = -7.0  # the entries name tracked actors that are not related
ACTORS_OF_A_FAMILY = -3.5  # two groups of one state: vendors disagree about attribution, so it may be one event
ONLY_ACTOR = -2.0  # the entries share hardly more than the tracked actor
LITTLE_BESIDES_ACTOR = 9.0  # sum of the rarities of all other shared words: two or three common words
SAME_ACT = 2.0  # both report an arrest of, or sanctions against, the same tracked actor
SAME_ACT_AND_NAME = 1.0  # both report the same act and share a rare name that is not a tracked actor
ONLY_SUBJECT = -2.0  # the entries share hardly more than the source: "CISA adds ...", "CISA cuts ..."
LITTLE = 2.5  # sum of the rarities of all other shared words
ONLY_NAME = -3.0  # the entries share hardly more than one name: an agency, or a company often in the news
LITTLE_BESIDES_NAME = 7.0  # sum of the rarities of all other shared words
LONGEST_NAME = 3  # words
SUBJECT_OF_ACT = 0.4  # instead of SUBJECT, if both report the same act: an authority sanctions many
SUBJECT = 0.8  # factor for the rarity of a name with which both titles begin: often an agency, not the victim
UNHEARD_OF = 7.5  # a name of this rarity or more is hardly an agency or a vendor
NO_NAME = -1.5  # no name is shared
ONLY_COMMON_NAMES = -1.0  # all shared names are common: countries, coins, agencies
DAY = -0.7  # for each day between the two entries
SAME_INDICATOR = 4.0
CITED = 1.5  # one entry cites the outlet of the other
NAME_RARITY = 5.5  # one text in 240; a name at least this rare identifies an event
NEAR = Decimal("0.88")  # the smaller of two amounts, as part of the larger
_EQUAL = Decimal("0.999")
_DAY_S = 86_400.0
_NO_WORDS = frozenset[str]()

Damping = Mapping[str, float]  # factors from 0 to 1 for words that many open stories share; other words have 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """How likely it is that two entries report the same event, and what they share."""

    total: float  # above 0: one event is more likely than two
    similar: float = 0.0
    shared: tuple[SharedName, ...] = ()  # shared names, the rarest first, as the newer entry writes them
    victim: str = ""  # the first of ``shared`` that names no tracked actor
    same_amount: str = ""  # as the newer text writes it
    near_amount: str = ""
    other_amount: bool = False  # both entries name amounts, and all of them differ
    indicator: str = ""
    link: bool = False
    cited: bool = False
    name_rarity: float = 0.0  # the rarity of the first name in ``shared``


def similarity(new: Profile, old: Features, damping: Damping) -> float:
    """Return the similarity of two texts: the cosine of their weighted words, 0 to 1, plus 1 if they share a link.

    An abbreviation counts as equal to the name that the other text spells out (JLR and Jaguar Land Rover), and a
    compound as equal to its parts (KelpDAO and Kelp DAO).

    Args:
        new: The new entry.
        old: An entry of an open story.
        damping: Factors, 0 to 1, that reduce the weight of words shared by many open stories.
    """
    weights = new.weights
    found = sum(
        [
            weights[word] * weight * damping.get(word, 1.0)
            for word, weight in zip(old.words, old.word_weights, strict=True)
            if word in weights
        ]
    )
    found += sum([weights[word] ** 2 for word in _abbreviations_in(new, old)])
    found += sum([old.weight(word) ** 2 for word in _abbreviations_in(old, new)])
    found += max(
        sum([weights[word] ** 2 for word in _other_spellings_in(new, old)]),
        sum([old.weight(word) ** 2 for word in _other_spellings_in(old, new)]),
    )
    return found + 1 if _same_link(new, old) else found


def _abbreviations_in(one: Features, other: Features) -> list[str]:
    """Return the words of *one* that abbreviate a name in *other*: "jlr" for Jaguar Land Rover."""
    if not one.abbreviations or not other.initials:
        return []
    return [word for word in one.abbreviations if any(word in letters for letters in other.initials)]


def _other_spellings_in(one: Features, other: Features) -> list[str]:
    """Return the words of *one* that *other* joins or splits: "kelpdao" where *other* has Kelp DAO."""
    if other.other_spellings.isdisjoint(one.words):
        return []
    return [word for word in one.words if word in other.other_spellings and word not in other.words]


def weigh(new: Profile, old: Features, similar: float, damping: Damping, relation: Relation) -> Evidence:
    """Compute how likely it is that two entries report the same event, and what they share.

    Args:
        new: The new entry.
        old: An entry of an open story.
        similar: The ``similarity`` of the two entries.
        damping: Factors, 0 to 1, that reduce the weight of words shared by many open stories.
        relation: How the tracked actors of the two entries are related.
    """
    shared = sorted(((new.rarity(w) * damping.get(w, 1.0), w) for w in new.written.keys() & old.names), reverse=True)
    rarest = shared[0][0] if shared else 0.0
    respelled = bool(_other_spellings_in(new, old) or _other_spellings_in(old, new))
    known = MAX_RARITY if respelled else _rarest_known(shared, new, old)
    same, near, other_amount = _compare_amounts(new, old)
    known_indicators = {key for key, _ in old.indicators}
    indicator = next((text for key, text in new.indicators if key in known_indicators), "")
    same_outlet = bool(new.outlet_key) and new.outlet_key == old.outlet_key
    cited = not same_outlet and (old.outlet_key in new.cited or new.outlet_key in old.cited)
    # if only one entry names an actor, that name may be the only difference between two events, so it counts then
    actors = _NO_WORDS if relation is Relation.UNKNOWN else new.tracked | old.tracked
    alone = (
        0.0
        if respelled
        else min(_rarest_unshared(new, old.words, actors), _rarest_unshared(old, new.weights, actors)) / MAX_RARITY
    )
    link = _same_link(new, old)
    concrete = bool(same or near or indicator or cited or link or respelled)
    total = (
        BASE
        + SIMILARITY * similar
        + RARE * _weight_of_rare_words(new, old, damping)
        + OTHER_NAME * alone
        + (OTHER_VICTIM + (OTHER_VICTIM_AND_AMOUNT if other_amount else 0.0)) * max(0.0, alone - known / MAX_RARITY)
        + (SAME_TEMPLATE if not (same and known >= LEAST_RARITY) and _same_template(new, old) else 0.0)
        + (SERIES * alone + SAME_OUTLET if same_outlet else 0.0)
        + DAY * abs((new.at - old.at).total_seconds()) / _DAY_S
        + (SAME_AMOUNT if same else NEAR_AMOUNT if near else OTHER_AMOUNT if other_amount else 0.0)
        + (SAME_INDICATOR if indicator else 0.0)
        + (CITED if cited else 0.0)
        + (SAME_ACT_AND_NAME if known >= NAME_RARITY and not new.acts.isdisjoint(old.acts) else 0.0)
        + _weight_of_actors(new, old, relation, shares_a_name=known >= LEAST_RARITY)
        + (0.0 if concrete else _weight_of_little_in_common(new, old, shared, damping))
    )
    names = tuple(SharedName(new.written[word], much) for much, word in shared)
    victim = next((new.written[word] for _, word in shared if word not in new.tracked), "")
    return Evidence(total, similar, names, victim, same, near, other_amount, indicator, link, cited, rarest)


def _rarest_known(shared: Iterable[tuple[float, str]], new: Features, old: Features) -> float:
    """Return how rare the rarest name is that both entries share and that may be the victim; 0 if there is none.

    Names of tracked actors are excluded. A name with which both titles begin counts less: it is often the source.

    Args:
        shared: Pairs of rarity and name, for the names that both entries have.
        new: The new entry.
        old: An entry of an open story.
    """
    subject = new.subject & old.subject
    weight = SUBJECT if new.acts.isdisjoint(old.acts) else SUBJECT_OF_ACT
    known = (much * (weight if word in subject else 1.0) for much, word in shared if word not in new.tracked)
    return max(known, default=0.0)


def _weight_of_actors(new: Features, old: Features, relation: Relation, *, shares_a_name: bool) -> float:
    """Return how much the relation of their tracked actors adds to the evidence that two entries report one event.

    The number is negative if the actors are not related.

    Args:
        new: The new entry.
        old: An entry of an open story.
        relation: How the actors of the two entries are related.
        shares_a_name: Whether the entries share a rare name that is not an actor's.
    """
    if relation is Relation.UNRELATED:
        return UNRELATED_ACTORS
    if relation is Relation.FAMILY:
        return 0.0 if shares_a_name else ACTORS_OF_A_FAMILY
    if relation is Relation.RELATED and not new.acts.isdisjoint(old.acts):
        return SAME_ACT
    return 0.0


def _weight_of_little_in_common(
    new: Profile, old: Features, shared: Sequence[tuple[float, str]], damping: Damping
) -> float:
    """Return a negative number if two entries have too little in common to report one event; 0 if they have enough.

    They have too little if they share no rare name, or hardly more than one name, one actor or one source.

    Args:
        new: The new entry.
        old: An entry of an open story.
        shared: Pairs of rarity and name, for the names that both entries have, the rarest first.
        damping: Factors, 0 to 1, that reduce the weight of words shared by many open stories.
    """
    of_names = NO_NAME if not shared else ONLY_COMMON_NAMES if shared[0][0] < NAME_RARITY else 0.0
    return of_names + _weight_of_little_else(new, old, shared, damping)


def _weight_of_little_else(new: Profile, old: Features, shared: Sequence[tuple[float, str]], damping: Damping) -> float:
    """Return a negative number if two entries share hardly more than one source, actor or name; else 0.

    Args:
        new: The new entry.
        old: An entry of an open story.
        shared: Pairs of rarity and name, for the names that both entries have, the rarest first.
        damping: Factors, 0 to 1, that reduce the weight of words shared by many open stories.
    """
    common = [word for word in old.words if word in new.weights]
    subject = {word for word in new.subject & old.subject if new.rarity(word) < UNHEARD_OF}
    if _rarity_besides(common, subject, new) < LITTLE:
        return ONLY_SUBJECT
    named = [word for word in new.written if word in old.names and word not in new.tracked]
    if not named and new.acts.isdisjoint(old.acts) and _rarity_besides(common, new.tracked, new) < LITTLE_BESIDES_ACTOR:
        return ONLY_ACTOR
    rarest, word = shared[0] if shared else (MAX_RARITY, "")
    # a name that occurs in past news may be an agency, a vendor or a company that is often in the news
    if rarest < MAX_RARITY and word not in new.tracked and new.acts.isdisjoint(old.acts):
        name = _whole_name(word, new.words, old.names) & _whole_name(word, old.words, new.written)
        besides = sum([new.rarity(w) * damping.get(w, 1.0) for w in common if w not in name])
        if besides < LITTLE_BESIDES_NAME:
            return ONLY_NAME
    return 0.0


def _whole_name(word: str, words: Sequence[str], names: Container[str]) -> set[str]:
    """Return *word* together with the names directly before and after it in *words*: the parts of one longer name."""
    first = last = words.index(word)
    while first > 0 and last - first + 1 < LONGEST_NAME and words[first - 1] in names:
        first -= 1
    while last + 1 < len(words) and last - first + 1 < LONGEST_NAME and words[last + 1] in names:
        last += 1
    return set(words[first : last + 1])


def _rarity_besides(common: Sequence[str], left_out: Set[str], new: Profile) -> float:
    return sum([new.rarity(word) for word in common if word not in left_out]) if left_out else math.inf


def _same_link(new: Features, old: Features) -> bool:
    # within one outlet, the same link is a page that changes rather than one article
    return bool(new.link) and new.link == old.link and new.outlet_key != old.outlet_key


def _weight_of_rare_words(new: Profile, old: Features, damping: Damping) -> float:
    """Return how much the rare words shared by two entries add to the evidence: up to 1 each, ``MOST_RARE`` in all."""
    found = sum(
        [max(0.0, new.rarity(word) * damping.get(word, 1.0) - RARE_FROM) for word in old.words if word in new.weights]
    )
    return min(MOST_RARE, found / (MAX_RARITY - RARE_FROM))


def _rarest_unshared(one: Features, others: Container[str], left_out: Container[str]) -> float:
    """Return how rare the rarest name in the title of *one* is that the other entry lacks; 0 if there is none.

    Args:
        one: An entry.
        others: The words of the other entry.
        left_out: Names that are not considered: those of tracked actors.
    """
    return next((rarity(word) for word in one.title_names if word not in others and word not in left_out), 0.0)


def _same_template(one: Features, other: Features) -> bool:
    """Return whether two titles are equal except for names and numbers: "X adds Y flaw", "X adds Z flaw".

    Each of these names and numbers must be missing from the text of the other entry.
    """
    left, right = one.title_words - other.title_words, other.title_words - one.title_words
    return bool(left and right) and _fills_template(left, one, other) and _fills_template(right, other, one)


def _fills_template(words: frozenset[str], title: Features, other: Features) -> bool:
    names = {word for word in title.title_names if rarity(word) >= NAME_RARITY} | title.tracked
    return not names.isdisjoint(words) and all(w[0] == "#" or (w in names and w not in other.words) for w in words)


def _compare_amounts(new: Features, old: Features) -> tuple[str, str, bool]:
    """Compare the amounts of money that two entries name.

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
