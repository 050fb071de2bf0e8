"""Why a destination that knows a story is told of it again, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.model import Annotation, NotifiedStory, Severity

_CARRY = "carry it"


def rise(told: NotifiedStory, severity: Severity) -> str:
    """Return that the story is more severe than was told; empty when it is not."""
    return f"severity rose from {told.severity.word} to {severity.word}" if severity > told.severity else ""


def corroboration(told: NotifiedStory, outlets: int, thresholds: Sequence[int], *, weighted: bool = False) -> str:
    """Return that *outlets* carry the story, when that is as many as a threshold that was not told yet; else empty.

    *weighted* says that one of them counts as several.
    """
    if not any(told.outlets < threshold <= outlets for threshold in thresholds):
        return ""
    return f"outlets that count as {outlets} {_CARRY}" if weighted else f"{outlets} outlets {_CARRY}"


def joined(before: Annotation, after: Annotation) -> Annotation:
    """Return what a delivery says that was to say *before*, and now *after* too; a newer count replaces the older."""
    counts_anew = _CARRY in after.why
    parts = [part for part in before.why.split("; ") if part and not (counts_anew and part.endswith(_CARRY))]
    why = dict.fromkeys([*parts, *filter(None, after.why.split("; "))])
    lines = dict.fromkeys([*before.lines, *after.lines])
    return replace(before, title=before.title or after.title, why="; ".join(why), lines=tuple(lines))
