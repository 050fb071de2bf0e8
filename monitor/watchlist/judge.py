"""Judges a text by the watchlist: its mentions, the rules that match, and the item by which stories are compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.facts import read_indicators
from monitor.matching import ExplainedMatch
from monitor.model import Judgement, Rule, Severity, Text
from monitor.stories import StoryItem
from monitor.watchlist.compile import Watchlist
from monitor.watchlist.rule_evidence import Evidence, MentionLookup, never_mentioned
from monitor.watchlist.rules import RuleResult, apply_rule
from monitor.watchlist.surge import SurgeLookup, no_surge


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every possible match in reading order, every rule with its conditions, and the resulting judgement."""

    matches: tuple[ExplainedMatch, ...]
    rules: tuple[RuleResult, ...]
    judgement: Judgement

    @property
    def severity(self) -> Severity | None:
        """Return the severity of the hit; None if it is not a hit."""
        return self.judgement.severity

    @property
    def send_to(self) -> tuple[str, ...]:
        """Return the destinations of the matching rules, before their own minimum severities apply."""
        return self.judgement.send_to


def judge(watchlist: Watchlist, text: Text, *, feed: str = "", surge_of: SurgeLookup = no_surge) -> Judgement:
    """Return the mentions that count, every amount and indicator, and the rules that match, in the order of the file.

    Args:
        watchlist: The compiled actors, keywords and rules.
        text: The text to judge.
        feed: Key of the feed; if empty, rules with ``feeds`` never match.
        surge_of: Looks up the surge of an actor, for rules with ``surge``; by default such a rule never matches.
    """
    return judge_evidence(watchlist, find_evidence(watchlist, text, feed=feed, surge_of=surge_of))


def find_evidence(
    watchlist: Watchlist,
    text: Text,
    *,
    feed: str = "",
    surge_of: SurgeLookup = no_surge,
    mentioned_within: MentionLookup = never_mentioned,
) -> Evidence:
    """Return the evidence that rules are applied to.

    Args:
        watchlist: The compiled actors, keywords and rules.
        text: The text to search.
        feed: Key of the feed; empty: none.
        surge_of: Looks up the surge of an actor.
        mentioned_within: Looks up when an actor was last in a story, for rules with ``first_in``; by default never.
    """
    return Evidence(text, watchlist.matcher.find(text), feed, surge_of, mentioned_within)


def judge_evidence(watchlist: Watchlist, evidence: Evidence) -> Judgement:
    """Return the judgement that follows from *evidence*."""
    subjects = {m.subject for m in evidence.mentions}
    results = (
        apply_rule(rule, evidence, watchlist.actors) for rule in watchlist.rules.values() if _can_match(rule, subjects)
    )
    matches = tuple(result.match for result in results if result.match)
    return Judgement(evidence.mentions, evidence.amounts, matches, read_indicators(evidence.text))


def explain(watchlist: Watchlist, text: Text, *, feed: str = "") -> Explanation:
    """Return why *text* is a hit or not; its judgement equals that of ``judge``.

    Args:
        watchlist: The compiled actors, keywords and rules.
        text: The text to judge.
        feed: Key of the feed; if empty, rules with ``feeds`` never match.
    """
    evidence = find_evidence(watchlist, text, feed=feed)
    return Explanation(
        matches=tuple(watchlist.matcher.explain(text)),
        rules=tuple(apply_rule(rule, evidence, watchlist.actors) for rule in watchlist.rules.values()),
        judgement=judge_evidence(watchlist, evidence),
    )


def _can_match(rule: Rule, subjects: set[str]) -> bool:
    """Return whether an actor and a keyword of the rule are mentioned at all, a cheap check that most texts fail."""
    return not (rule.actors and rule.actors.isdisjoint(subjects)) and not (
        rule.keywords and rule.keywords.isdisjoint(subjects)
    )


def story_item(text: Text, judgement: Judgement, *, at: datetime, outlet: str, link: str) -> StoryItem:
    """Return the story item of an entry.

    Args:
        text: Its cleaned text.
        judgement: What the watchlist found in it.
        at: When it was published, else when it was first seen.
        outlet: Who published it, as people know it; may be empty.
        link: Its address; may be empty.
    """
    return StoryItem(
        title=text.title,
        at=at,
        summary=text.summary,
        outlet=outlet,
        link=link,
        amounts=judgement.amounts,
        indicators=judgement.indicators,
        actors=tuple(mention.text for mention in judgement.mentions if mention.actor),
        actor_ids=frozenset(judgement.actors),
    )
