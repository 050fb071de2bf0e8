"""Why an entry belongs to a story, as a sentence for people."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.stories.evidence import Evidence
from monitor.stories.profile import Features

TOO_SHORT = "opens a story: it has too few words to compare"
ROUNDUP = "opens a story: it reports several events"
ALONE = "opens a story: no story of the last days reports the same event"

_MOST_NAMES = 3


def joins_reason(evidence: Evidence, nearest: Features) -> str:
    """Return why an entry joins the story of *nearest*: ``shares "Bybit", $1.46B with the report of The Block``."""
    if evidence.link:
        return f"links to the same page as {_report_of(nearest)}"
    if shared := _shared(evidence):
        return f"shares {', '.join(shared)} with {_report_of(nearest)}" + (", and one cites the other" * evidence.cited)
    return f"reports in similar words what {_report_of(nearest)} says"


def follows_reason(evidence: Evidence, nearest: Features, acts: Iterable[str]) -> str:
    """Return why an entry opens a story that follows the one of *nearest*.

    Args:
        evidence: What the two share.
        nearest: The entry of the earlier story that is most similar.
        acts: What is new: "an arrest", "another amount".
    """
    shared = ", ".join(_shared(evidence))
    return f"opens a story: {' and '.join(sorted(acts))} after {_report_of(nearest)}, with which it shares {shared}"


def _shared(evidence: Evidence) -> list[str]:
    names = [f'"{name}"' for name in evidence.shared[:_MOST_NAMES]]
    nearly = f"nearly {evidence.near_amount}" if evidence.near_amount else ""
    return [text for text in (*names, evidence.same_amount, nearly, evidence.indicator) if text]


def _report_of(nearest: Features) -> str:
    return f"the report of {nearest.outlet}" if nearest.outlet else "an earlier report"
