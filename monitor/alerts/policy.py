"""Whether a hit is sent to a destination, and the reason in words.

Pure: the moment is an argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.alerts.time_words import span_words
from monitor.model import Decision, Destination, Severity, Verdict


def decide(
    *,
    severity: Severity,
    rules: Sequence[str],
    destination: Destination,
    published_at: datetime | None,
    first_seen_at: datetime,
    now: datetime,
    baseline: bool,
    max_age_s: float,
    first_run: str,
) -> Decision:
    """Return the decision for one hit and one destination.

    Args:
        severity: The hit's.
        rules: Ids of the rules that name this destination; they are the reason of a NOW.
        destination: Where it would go.
        published_at: What the feed says; None (unknown) and a moment yet to come count as just published.
        first_seen_at: When the entry was first seen. Its age is taken then, so that a decision made later,
            after an outage, does not drop what was fresh when it arrived.
        now: The moment a NOW is due.
        baseline: True for entries of a feed's first successful poll.
        max_age_s: The age in seconds beyond which an entry is kept and not sent.
        first_run: What happens to a new feed's backlog: ``record`` or ``alert``.
    """
    why_not = (
        _backlog(baseline, first_run)
        or _too_old(published_at, first_seen_at, max_age_s)
        or _too_small(severity, destination)
    )
    if why_not:
        return Decision(destination.name, Verdict.NO, why_not)
    return Decision(destination.name, Verdict.NOW, _because(rules), due_at=now)


def _backlog(baseline: bool, first_run: str) -> str:
    if not baseline or first_run == "alert":
        return ""
    return "first poll of this feed: its backlog is stored, not sent"


def _too_old(published_at: datetime | None, first_seen_at: datetime, max_age_s: float) -> str:
    if published_at is None:
        return ""
    age_s = (first_seen_at - published_at).total_seconds()
    if age_s <= max_age_s:
        return ""
    return f"published {span_words(age_s)} ago, older than max_age {span_words(max_age_s)}"


def _too_small(severity: Severity, destination: Destination) -> str:
    least = destination.min_severity
    if severity >= least:
        return ""
    return f"severity {severity.word} is below min_severity {least.word} of {destination.name}"


def _because(rules: Sequence[str]) -> str:
    return f"rule{'s' if len(rules) > 1 else ''} {', '.join(rules)}"
