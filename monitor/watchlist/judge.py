"""Judge a text by the watchlist: find its mentions and the rules that match, and explain the result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.facts import find_indicators
from monitor.matching import ExplainedMatch
from monitor.model import Judgement, ListedActor, MatchKind, Mention, Rule, Severity, Text
from monitor.stories import StoryItem
from monitor.watchlist.compile import Watchlist
from monitor.watchlist.rule_evidence import Evidence, MentionLookup, never_mentioned
from monitor.watchlist.rules import RuleResult, apply_rule
from monitor.watchlist.surge import SurgeLookup, no_surge


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text is a hit or not: every possible match, every rule with its conditions, and the resulting judgement."""

    matches: tuple[ExplainedMatch, ...]
    rules: tuple[RuleResult, ...]
    judgement: Judgement

    @property
    def severity(self) -> Severity | None:
        """Return the severity of the hit; None if the text is not a hit."""
        return self.judgement.severity

    @property
    def send_to(self) -> tuple[str, ...]:
        """Return the destinations that the matching rules name, whether or not they accept the severity of the hit."""
        return self.judgement.send_to


def judge(
    watchlist: Watchlist,
    text: Text,
    *,
    feed: str = "",
    surge_of: SurgeLookup = no_surge,
    mentioned_within: MentionLookup = never_mentioned,
) -> Judgement:
    """Return what the watchlist finds in *text*: mentions, amounts, indicators, and the rules that match.

    Args:
        watchlist: The compiled actors, keywords and rules.
        text: The text to judge.
        feed: The key of the text's feed; if empty, rules with ``feeds`` never match.
        surge_of: Looks up whether an actor is mentioned unusually often, for rules with ``surge``; by default they
            never match.
        mentioned_within: Looks up when an actor was last mentioned, for rules with ``first_in``; by default never.
    """
    evidence = find_evidence(watchlist, text, feed=feed, surge_of=surge_of, mentioned_within=mentioned_within)
    return judge_evidence(watchlist, evidence)


def find_evidence(
    watchlist: Watchlist,
    text: Text,
    *,
    feed: str = "",
    surge_of: SurgeLookup = no_surge,
    mentioned_within: MentionLookup = never_mentioned,
) -> Evidence:
    """Return everything in *text* that rules are applied to, such as its mentions and amounts.

    Args:
        watchlist: The compiled actors, keywords and rules.
        text: The text to search.
        feed: The key of the text's feed; empty if it has none.
        surge_of: Looks up whether an actor is mentioned unusually often, for rules with ``surge``.
        mentioned_within: Looks up when an actor was last in a story, for rules with ``first_in``; by default none was.
    """
    occurrences = find_indicators(text, watchlist.addresses)
    found = watchlist.matcher.find(text, occurrences)
    return Evidence(text, found, feed, surge_of, mentioned_within, occurrences)


def judge_evidence(watchlist: Watchlist, evidence: Evidence) -> Judgement:
    """Return the judgement of a text, with the rules that match, from the evidence found in it."""
    subjects = {m.subject for m in evidence.mentions}
    results = (
        apply_rule(rule, evidence, watchlist.actors) for rule in watchlist.rules.values() if _can_match(rule, subjects)
    )
    matches = tuple(result.match for result in results if result.match)
    return Judgement(
        evidence.mentions, evidence.amounts, matches, evidence.indicators, _listed(watchlist, evidence.mentions)
    )


def explain(
    watchlist: Watchlist,
    text: Text,
    *,
    feed: str = "",
    surge_of: SurgeLookup = no_surge,
    mentioned_within: MentionLookup = never_mentioned,
) -> Explanation:
    """Return why *text* is a hit or not; the judgement in the result is the same as that of ``judge``.

    Args:
        watchlist: The compiled actors, keywords and rules.
        text: The text to judge.
        feed: The key of the text's feed; if empty, rules with ``feeds`` never match.
        surge_of: Looks up whether an actor is mentioned unusually often, for rules with ``surge``; by default they
            never match.
        mentioned_within: Looks up when an actor was last mentioned, for rules with ``first_in``; by default never.
    """
    evidence = find_evidence(watchlist, text, feed=feed, surge_of=surge_of, mentioned_within=mentioned_within)
    return Explanation(
        matches=tuple(watchlist.matcher.explain(text, evidence.occurrences or ())),
        rules=tuple(apply_rule(rule, evidence, watchlist.actors) for rule in watchlist.rules.values()),
        judgement=judge_evidence(watchlist, evidence),
    )


def _listed(watchlist: Watchlist, mentions: tuple[Mention, ...]) -> tuple[ListedActor, ...]:
    """Return those actors in *mentions* that come from a published list, such as a sanctions list."""
    if not watchlist.lists:
        return ()
    by_address: dict[str, set[bool]] = {}
    for mention in mentions:
        if mention.actor and watchlist.actors[mention.actor].list_id in watchlist.lists:
            by_address.setdefault(mention.actor, set()).add(mention.kind is MatchKind.ADDRESS)
    found = []
    for actor, kinds in by_address.items():
        published = watchlist.lists[watchlist.actors[actor].list_id]
        found.append(
            ListedActor(
                actor,
                published.id,
                published.title,
                published.date,
                published.sanctions,
                by_name=False in kinds,
                by_address=True in kinds,
            )
        )
    return tuple(found)


def _can_match(rule: Rule, subjects: set[str]) -> bool:
    """Return whether a text mentions an actor and a keyword that *rule* needs, a check cheaper than applying it."""
    return not (rule.actors and rule.actors.isdisjoint(subjects)) and not (
        rule.keywords and rule.keywords.isdisjoint(subjects)
    )


def story_item(text: Text, judgement: Judgement, *, at: datetime, outlet: str, link: str) -> StoryItem:
    """Return an entry in the form by which it is compared with stories.

    Args:
        text: The cleaned text of the entry.
        judgement: What the watchlist found in the text.
        at: When the entry was published; if unknown, when it was first seen.
        outlet: The name of the outlet that published it; may be empty.
        link: The URL of the entry; may be empty.
    """
    return StoryItem(
        title=text.title,
        at=at,
        summary=text.summary,
        outlet=outlet,
        link=link,
        amounts=judgement.amounts,
        indicators=judgement.indicators,
        actors=tuple(m.text for m in judgement.mentions if m.actor and m.kind is not MatchKind.ADDRESS),
        actor_ids=frozenset(judgement.actors),
    )
