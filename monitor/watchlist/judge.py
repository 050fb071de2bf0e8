"""What the watchlist says of a text."""

from __future__ import annotations

from monitor.facts import read_indicators
from monitor.model import Judgement, Rule, Text
from monitor.watchlist.compile import Watchlist
from monitor.watchlist.evidence import Evidence
from monitor.watchlist.rules import apply_rule
from monitor.watchlist.surge import SurgeOf, no_surge


def judge(watchlist: Watchlist, text: Text, *, feed: str = "", surge_of: SurgeOf = no_surge) -> Judgement:
    """Return the mentions that count, every amount and indicator, and the rules that match, in the order of the file.

    Args:
        watchlist: The compiled actors, keywords and rules.
        text: The text to judge.
        feed: Key of the feed; a rule that names feeds never matches if it is empty.
        surge_of: Asked about actors that a rule with ``surge`` names; by default such a rule never matches.
    """
    return judge_evidence(watchlist, find_evidence(watchlist, text, feed=feed, surge_of=surge_of))


def find_evidence(watchlist: Watchlist, text: Text, *, feed: str = "", surge_of: SurgeOf = no_surge) -> Evidence:
    """Return the mentions in *text*, with what rules may ask for besides; the parameters are those of ``judge``."""
    return Evidence(text, watchlist.matcher.find(text), feed, surge_of)


def judge_evidence(watchlist: Watchlist, evidence: Evidence) -> Judgement:
    """Return what the watchlist says of a text, by the *evidence* found in it."""
    subjects = {m.subject for m in evidence.mentions}
    outcomes = (
        apply_rule(rule, evidence, watchlist.actors) for rule in watchlist.rules.values() if _can_match(rule, subjects)
    )
    matches = tuple(outcome.match for outcome in outcomes if outcome.match)
    return Judgement(evidence.mentions, evidence.amounts, matches, read_indicators(evidence.text))


def _can_match(rule: Rule, subjects: set[str]) -> bool:
    """Return whether what the rule asks for is mentioned at all: most texts stop here."""
    return not (rule.actors and rule.actors.isdisjoint(subjects)) and not (
        rule.keywords and rule.keywords.isdisjoint(subjects)
    )
