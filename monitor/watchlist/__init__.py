"""Compile the actors, keywords and rules of a configuration into a watchlist, and judge texts by it.

This package does no I/O.
"""

from monitor.watchlist.changes import Change, change_words, find_changes
from monitor.watchlist.compile import Watchlist, compile_watchlist
from monitor.watchlist.examples import Difference, ExampleResult, run_tests
from monitor.watchlist.judge import Explanation, explain, find_evidence, judge, judge_evidence, story_item
from monitor.watchlist.mention_history import MentionHistory
from monitor.watchlist.rule_evidence import Evidence, MentionLookup, never_mentioned
from monitor.watchlist.rules import ConditionResult, RuleResult
from monitor.watchlist.surge import BASELINE_DAYS, DAY, Surge, SurgeLookup, baseline_days, find_surge, no_surge
from monitor.watchlist.watchlist_lint import has_valid_spellings, lint_watchlist

__all__ = [
    "BASELINE_DAYS",
    "DAY",
    "Change",
    "ConditionResult",
    "Difference",
    "Evidence",
    "ExampleResult",
    "Explanation",
    "MentionHistory",
    "MentionLookup",
    "RuleResult",
    "Surge",
    "SurgeLookup",
    "Watchlist",
    "baseline_days",
    "change_words",
    "compile_watchlist",
    "explain",
    "find_changes",
    "find_evidence",
    "find_surge",
    "has_valid_spellings",
    "judge",
    "judge_evidence",
    "lint_watchlist",
    "never_mentioned",
    "no_surge",
    "run_tests",
    "story_item",
]
