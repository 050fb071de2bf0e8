"""Apply one rule of the watchlist to one text, condition by condition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.matching import SpanIndex, describe_within, index_mentions, is_within, nearest_mentions, word_distance
from monitor.model import Actor, MatchKind, Mention, Rule, RuleMatch, Severity
from monitor.watchlist.amount_threshold import MAX_DISTANCE_WORDS, first_sufficient_amount
from monitor.watchlist.rule_evidence import Evidence
from monitor.watchlist.rule_wording import (
    describe_actor,
    describe_amount,
    describe_first_mention,
    describe_keyword,
    describe_pair,
    describe_surge,
    list_names,
)
from monitor.watchlist.surge import Surge


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """Whether a text meets one condition of a rule, and why or why not."""

    key: str  # in the configuration: actors, surge, first_in, keywords, within, min_amount, unless, feeds
    met: bool
    reason: str  # may contain text of the feed: neutralise it before display


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The result of applying a rule to a text; ``match`` is None if a condition is not met."""

    rule: Rule
    conditions: tuple[ConditionResult, ...]
    match: RuleMatch | None


@dataclass(frozen=True, slots=True)
class _Pair:
    """A mention of an actor and the nearest mention of a keyword; one of them is None if the rule does not need it."""

    actor: Mention | None
    keyword: Mention | None

    @property
    def distance(self) -> int:
        return word_distance(self.actor, self.keyword) if self.actor and self.keyword else 0


def apply_rule(rule: Rule, evidence: Evidence, actors: Mapping[str, Actor]) -> RuleResult:
    """Return whether a text meets each condition of *rule*, and the match if it meets all of them.

    Args:
        rule: The rule to apply.
        evidence: What was found in the text.
        actors: All actors by id; the severity is theirs if the rule has none.
    """
    actor_mentions = [m for m in evidence.mentions if m.actor in rule.actors]
    keyword_mentions = [m for m in evidence.mentions if m.keyword in rule.keywords]
    in_names = (
        keywords_in_names(keyword_mentions, actor_mentions, actors) if actor_mentions and keyword_mentions else {}
    )
    if in_names:
        keyword_mentions = [m for m in keyword_mentions if m not in in_names]
    surges = {m.subject: evidence.surge_of(m.subject) for m in actor_mentions} if rule.surge else {}
    earlier = _earlier_mentions(rule, evidence, actor_mentions)
    counted = [m for m in actor_mentions if surges.get(m.subject, not rule.surge) and earlier.get(m.subject) is None]
    pairs = _pairs(rule, counted, keyword_mentions)
    near_pairs = [pair for pair in pairs if _near(pair, rule)]
    conditions = [
        *_feeds_condition(rule, evidence),
        *_subject_conditions(rule, actor_mentions, keyword_mentions, in_names, pairs, near_pairs),
        *_surge_condition(rule, surges),
        *_first_in_condition(rule, earlier),
    ]
    together = [m for pair in near_pairs for m in (pair.actor, pair.keyword) if m]
    money = first_sufficient_amount(rule.min_amount, evidence, together) if rule.min_amount and together else None
    if rule.min_amount:
        conditions.append(
            ConditionResult("min_amount", money is not None, describe_amount(*money) if money else _no_amount(rule))
        )
    conditions += _unless_condition(rule, evidence)
    if not near_pairs or not all(condition.met for condition in conditions):
        return RuleResult(rule, tuple(conditions), None)
    best = _best(near_pairs, actors)
    surge = surges.get(best[0].subject) if best[0] else None
    parts = (
        describe_pair(*best),
        describe_amount(*money) if money else "",
        describe_surge(surge) if surge else "",
        describe_first_mention(rule.first_in_s) if rule.first_in_s is not None else "",
    )
    why = "; ".join(filter(None, parts))
    return RuleResult(
        rule, tuple(conditions), RuleMatch(rule.id, _severity(rule, near_pairs, actors), why, rule.send_to)
    )


def _pairs(rule: Rule, actor_mentions: list[Mention], keyword_mentions: list[Mention]) -> list[_Pair]:
    """Return each mention of an actor paired with the nearest mention of a keyword, and the other way round.

    Other pairs are farther apart. If the rule requires only actors or only keywords, the other part of a pair is None.
    """
    if not rule.keywords:
        return [_Pair(m, None) for m in actor_mentions]
    if not rule.actors:
        return [_Pair(None, m) for m in keyword_mentions]
    others, names = index_mentions(keyword_mentions), index_mentions(actor_mentions)
    of_names = [_Pair(m, other) for m in actor_mentions for other in nearest_mentions(m, others)]
    of_keywords = [_Pair(name, m) for m in keyword_mentions for name in nearest_mentions(m, names)]
    return list(dict.fromkeys((*of_names, *of_keywords)))


def _near(pair: _Pair, rule: Rule) -> bool:
    return not (pair.actor and pair.keyword) or is_within(pair.actor, pair.keyword, rule.within)


def _best(near_pairs: list[_Pair], actors: Mapping[str, Actor]) -> tuple[Mention | None, Mention | None]:
    """Return the pair with the most severe actor; if several have it, the one with fewest edits, then the closest."""

    def rank(pair: _Pair) -> tuple[int, int, int]:
        return -_severity_of(pair, actors), pair.actor.edits if pair.actor else 0, pair.distance

    best = min(near_pairs, key=rank)
    return best.actor, best.keyword


def _severity(rule: Rule, near_pairs: list[_Pair], actors: Mapping[str, Actor]) -> Severity:
    return max(_severity_of(pair, actors) for pair in near_pairs) if rule.severity is None else rule.severity


def _severity_of(pair: _Pair, actors: Mapping[str, Actor]) -> Severity:
    """Return the severity of the actor in *pair*; medium if the pair has no actor."""
    actor = actors.get(pair.actor.actor) if pair.actor and pair.actor.actor else None
    return actor.severity if actor else Severity.MEDIUM


def _subject_conditions(
    rule: Rule,
    actor_mentions: list[Mention],
    keyword_mentions: list[Mention],
    in_names: Mapping[Mention, Mention],
    pairs: list[_Pair],
    near_pairs: list[_Pair],
) -> Iterator[ConditionResult]:
    if rule.actors:
        reason = (
            describe_actor(actor_mentions[0]) if actor_mentions else f"none of {list_names(rule.actors)} is mentioned"
        )
        yield ConditionResult("actors", bool(actor_mentions), reason)
    if rule.keywords:
        if keyword_mentions:
            reason = describe_keyword(keyword_mentions[0])
        elif in_names:
            keyword, name = next(iter(in_names.items()))
            reason = f'{describe_keyword(keyword)} is part of "{name.text}"; it must occur outside the name'
        else:
            reason = f"none of {list_names(rule.keywords)} is mentioned"
        yield ConditionResult("keywords", bool(keyword_mentions), reason)
    if rule.actors and rule.keywords and pairs:
        closest = min(near_pairs or pairs, key=lambda pair: pair.distance)
        reason = f"{describe_pair(closest.actor, closest.keyword)}; required: {describe_within(rule.within)}"
        yield ConditionResult("within", bool(near_pairs), reason)


def _feeds_condition(rule: Rule, evidence: Evidence) -> Iterator[ConditionResult]:
    if rule.feeds is not None:
        is_listed = evidence.feed in rule.feeds
        seen = f'the feed "{evidence.feed}"' if evidence.feed else "a text without a feed"
        yield ConditionResult(
            "feeds", is_listed, f"{seen} is {'' if is_listed else 'not '}one of {list_names(rule.feeds)}"
        )


def _surge_condition(rule: Rule, surges: Mapping[str, Surge | None]) -> Iterator[ConditionResult]:
    if rule.surge and surges:
        found = [f"{actor}: {describe_surge(surge)}" for actor, surge in surges.items() if surge]
        otherwise = f"{list_names(surges)}: not known to be mentioned more than usual"
        yield ConditionResult("surge", bool(found), "; ".join(found) or otherwise)


def _earlier_mentions(rule: Rule, evidence: Evidence, actor_mentions: list[Mention]) -> dict[str, datetime | None]:
    """Return for each mentioned actor when it was last in a story within the rule's ``first_in``, or None."""
    if rule.first_in_s is None:
        return {}
    return {m.subject: evidence.mentioned_within(m.subject, rule.first_in_s) for m in actor_mentions}


def _first_in_condition(rule: Rule, earlier: Mapping[str, datetime | None]) -> Iterator[ConditionResult]:
    if rule.first_in_s is not None and earlier:
        first = [actor for actor, at in earlier.items() if at is None]
        found = f"{list_names(first)}: {describe_first_mention(rule.first_in_s)}"
        others = ", ".join(f"{actor} was in a story of {at:%Y-%m-%d %H:%M} UTC" for actor, at in earlier.items() if at)
        yield ConditionResult("first_in", bool(first), found if first else others)


def _unless_condition(rule: Rule, evidence: Evidence) -> Iterator[ConditionResult]:
    if rule.unless:
        met = [phrase for phrase in rule.unless if phrase in evidence.found.phrases]
        yield ConditionResult("unless", not met, f'"{met[0]}" occurs' if met else "none of its phrases occurs")


def _no_amount(rule: Rule) -> str:
    wanted = " or ".join(threshold.written for threshold in rule.min_amount)
    return f"no amount of at least {wanted} in the title or within {MAX_DISTANCE_WORDS} words"


def keywords_in_names(
    keywords: Sequence[Mention], names: Sequence[Mention], actors: Mapping[str, Actor]
) -> dict[Mention, Mention]:
    """Return the mentions of keywords that are part of an actor's name, each with the mention of that actor.

    In "North Korean hackers met", "hackers" belongs to the name and does not report a hack. An actor may also be
    described by several terms near each other ("hackers tied to Pyongyang"). Such a description may include unrelated
    words, so only a keyword at its start or end counts as part of it.

    Args:
        keywords: Mentions of keywords in a text.
        names: Mentions of actors in the same text.
        actors: All actors by id.
    """
    by_field: dict[str, list[Mention]] = defaultdict(list)
    for name in names:
        by_field[name.field].append(name)
    indexes = {field: SpanIndex(found, lambda m: (m.start, m.end)) for field, found in by_field.items()}
    found: dict[Mention, Mention] = {}
    for keyword in keywords:
        index = indexes.get(keyword.field)
        around = index.overlapping(keyword.start, keyword.end) if index else None
        if around and _is_part(keyword, around, actors):
            found[keyword] = around
    return found


def _is_part(keyword: Mention, name: Mention, actors: Mapping[str, Actor]) -> bool:
    if not (name.start <= keyword.start and keyword.end <= name.end):
        return False
    actor = actors.get(name.actor or "")
    may_be_combination = name.kind is MatchKind.ENDING and actor is not None and bool(actor.combine)
    return not may_be_combination or keyword.start == name.start or keyword.end == name.end
