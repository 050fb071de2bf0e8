"""The colours of severities, the same wherever there are colours. Pure."""

from __future__ import annotations

from monitor.model import Severity

_COLOURS = {
    Severity.CRITICAL: "#c81e3a",
    Severity.HIGH: "#e8711a",
    Severity.MEDIUM: "#d9a514",
    Severity.LOW: "#8fa0b5",
}
NEUTRAL = "#667085"


def colour_of(severity: Severity | None) -> str:
    """Return the colour of *severity* as ``#rrggbb``; a grey when there is none."""
    return _COLOURS[severity] if severity else NEUTRAL
