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

    *feed* is the key of the feed that brought the text; a rule that names feeds never matches without one. *surge_of*
    is asked about actors that a rule with ``surge`` names; without it such a rule never matches.
    """
    evidence = Evidence(text, watchlist.matcher.find(text), feed, surge_of)
    subjects = {m.subject for m in evidence.mentions}
    outcomes = (
        apply_rule(rule, evidence, watchlist.actors) for rule in watchlist.rules.values() if _can_match(rule, subjects)
    )
    matches = tuple(outcome.match for outcome in outcomes if outcome.match)
    return Judgement(evidence.mentions, evidence.amounts, matches, read_indicators(text))


def _can_match(rule: Rule, subjects: set[str]) -> bool:
    """Return whether what the rule asks for is mentioned at all: most texts stop here."""
    return not (rule.actors and rule.actors.isdisjoint(subjects)) and not (
        rule.keywords and rule.keywords.isdisjoint(subjects)
    )
