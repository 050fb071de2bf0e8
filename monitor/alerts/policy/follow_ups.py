"""What makes a story worth a follow-up to a destination that was notified about it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import NotifiedStory, Severity
from monitor.model.reason import Corroborated, SeverityRose


def severity_rise(notified: NotifiedStory, severity: Severity) -> SeverityRose | None:
    """Return that the story is more severe than *notified* says; None if it is not."""
    return SeverityRose(notified.severity, severity) if severity > notified.severity else None


def corroboration(
    notified: NotifiedStory, outlets: int, thresholds: Sequence[int], *, weighted: bool = False
) -> Corroborated | None:
    """Return that *outlets* report the story, if that reaches a threshold; None if it does not.

    Args:
        notified: What the destination knows of the story; a threshold that it knows of does not count again.
        outlets: How many outlets report it now, as their feeds' weights count them.
        thresholds: At how many outlets the destination is notified again.
        weighted: True if one of the outlets counts as several.
    """
    if not any(notified.outlets < threshold <= outlets for threshold in thresholds):
        return None
    return Corroborated(outlets, weighted)
