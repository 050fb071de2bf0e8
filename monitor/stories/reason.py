"""Why an entry belongs to a story, as a sentence for people."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.stories.evidence import Evidence
from monitor.stories.item import Imprint

TOO_SHORT = "opens a story: too few words to compare"
ROUNDUP = "opens a story: it tells of several events"
ALONE = "opens a story: none of the last days is about the same"

_MOST_NAMES = 3


def joins_reason(evidence: Evidence, nearest: Imprint) -> str:
    """Return why an entry joins the story of *nearest*: ``shares "Bybit", $1.46B with the story of The Block``."""
    if evidence.link:
        return f"has the same link as {_whose(nearest)}"
    if shared := _shared(evidence):
        return f"shares {', '.join(shared)} with {_whose(nearest)}" + (", and one cites the other" * evidence.cited)
    return f"says in much the same words what {_whose(nearest)} says"


def follows_reason(evidence: Evidence, nearest: Imprint, acts: Iterable[str]) -> str:
    """Return why an entry opens a story that goes on from that of *nearest*."""
    shared = ", ".join(_shared(evidence))
    return f"opens a story: {' and '.join(sorted(acts))} after {_whose(nearest)}, with which it shares {shared}"


def _shared(evidence: Evidence) -> list[str]:
    names = [f'"{name}"' for name in evidence.shared[:_MOST_NAMES]]
    nearly = f"nearly {evidence.near_sum}" if evidence.near_sum else ""
    return [said for said in (*names, evidence.same_sum, nearly, evidence.indicator) if said]


def _whose(nearest: Imprint) -> str:
    return f"the story of {nearest.outlet}" if nearest.outlet else "an earlier story"
