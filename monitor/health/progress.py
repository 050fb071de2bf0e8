"""Detect parts of the daemon that have stalled although the process is running."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from time import monotonic

STALLED_S = 30.0  # a part that has finished no work for so long is stalled


class Part(StrEnum):
    """A part of the daemon that is expected to finish some work about every second."""

    POLLS = "polls"
    DELIVERIES = "deliveries"
    DATABASE = "database"


_STALLED = {
    Part.POLLS: "no polls have been started",
    Part.DELIVERIES: "no deliveries have been started",
    Part.DATABASE: "the database has not answered",
}


class Progress:
    """Records when each part of the daemon last finished some work; not thread-safe, for the event loop only.

    Args:
        parts: The parts to watch.
        stuck_polls: Returns the feeds whose poll takes far too long, each with how many seconds it has been running.
    """

    def __init__(self, *parts: Part, stuck_polls: Callable[[], Mapping[str, float]] = dict) -> None:
        self._finished_at = dict.fromkeys(parts, monotonic())
        self._stuck_polls = stuck_polls

    def record(self, *parts: Part) -> None:
        """Record that *parts* have just finished some work."""
        self._finished_at.update(dict.fromkeys(parts, monotonic()))

    def problems(self) -> list[str]:
        """Return, in words, which parts and polls have stalled; empty if none has."""
        now = monotonic()
        stalled = {part: now - at for part, at in self._finished_at.items() if now - at > STALLED_S}
        stuck = self._stuck_polls()
        return [
            *(f"{_STALLED[part]} for {age_s:.0f} s" for part, age_s in stalled.items()),
            *(f"the poll of feed {feed} has not ended for {age_s:.0f} s" for feed, age_s in stuck.items()),
        ]
