"""Why an entry belongs to a story, as a sentence for people."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model import SharedName, StoryEvidence, StoryReason
from monitor.stories.evidence import Evidence
from monitor.stories.profile import Features

TOO_SHORT = "opens a story: it has too few words to compare"
ROUNDUP = "opens a story: it reports several events"
ALONE = "opens a story: no story of the last days reports the same event"

_MOST_NAMES = 3
_MOST_STORED = 8


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


def stored_evidence(reason: StoryReason, evidence: Evidence, nearest: Features) -> StoryEvidence:
    """Return what is stored of the evidence.

    Args:
        reason: What was decided.
        evidence: What the entry shares with the story.
        nearest: The entry of the story that is most similar.
    """
    return StoryEvidence(
        reason,
        score=round(evidence.total, 2),
        similarity=round(evidence.similar - evidence.link, 2),  # the same link counts as 1 more
        names=tuple(SharedName(one.name, round(one.weight, 1)) for one in evidence.shared[:_MOST_STORED]),
        victim=evidence.victim,
        amount=evidence.same_amount,
        near_amount=evidence.near_amount,
        indicator=evidence.indicator,
        same_link=evidence.link,
        is_cited=evidence.cited,
        outlet=nearest.outlet,
    )


def _shared(evidence: Evidence) -> list[str]:
    names = [f'"{shared.name}"' for shared in evidence.shared[:_MOST_NAMES]]
    nearly = f"nearly {evidence.near_amount}" if evidence.near_amount else ""
    return [text for text in (*names, evidence.same_amount, nearly, evidence.indicator) if text]


def _report_of(nearest: Features) -> str:
    return f"the report of {nearest.outlet}" if nearest.outlet else "an earlier report"
