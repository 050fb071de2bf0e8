"""Everything the watchlist considered in a text, and who would be told."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.matching import ExplainedMatch
from monitor.model import Judgement, Severity, Text
from monitor.watchlist.compile import Watchlist
from monitor.watchlist.evidence import Evidence
from monitor.watchlist.judge import judge
from monitor.watchlist.rules import Outcome, apply_rule


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every candidate in reading order, every rule line by line, and the judgement that follows."""

    matches: tuple[ExplainedMatch, ...]
    rules: tuple[Outcome, ...]
    judgement: Judgement

    @property
    def severity(self) -> Severity | None:
        """Return the severity of the hit, None when it is none."""
        return self.judgement.severity

    @property
    def send_to(self) -> tuple[str, ...]:
        """Return the destinations that the matching rules name; each still has its own smallest severity."""
        return self.judgement.send_to


def explain(watchlist: Watchlist, text: Text, *, feed: str = "") -> Explanation:
    """Return why *text* is a hit or not; its judgement is exactly what ``judge`` says."""
    evidence = Evidence(text, watchlist.matcher.find(text), feed)
    return Explanation(
        matches=tuple(watchlist.matcher.explain(text)),
        rules=tuple(apply_rule(rule, evidence, watchlist.actors) for rule in watchlist.rules.values()),
        judgement=judge(watchlist, text, feed=feed),
    )
