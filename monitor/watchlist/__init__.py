"""What people edit, at work: Config in, Watchlist out, and what it says of a text. Pure."""

from monitor.watchlist.compile import Watchlist, compile_watchlist
from monitor.watchlist.evidence import Evidence
from monitor.watchlist.examples import Difference, ExampleResult, run_tests
from monitor.watchlist.explain import Explanation, explain
from monitor.watchlist.judge import find_evidence, judge, judge_evidence
from monitor.watchlist.rules import Line, Outcome
from monitor.watchlist.story_items import story_item
from monitor.watchlist.surge import surge_words
from monitor.watchlist.watchlist_lint import lint

__all__ = [
    "Difference",
    "Evidence",
    "ExampleResult",
    "Explanation",
    "Line",
    "Outcome",
    "Watchlist",
    "compile_watchlist",
    "explain",
    "find_evidence",
    "judge",
    "judge_evidence",
    "lint",
    "run_tests",
    "story_item",
    "surge_words",
]
