"""Whether the daemon makes progress, which is more than being alive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from time import monotonic

STALLED_S = 30.0  # a part that has finished nothing for so long is stalled


class Part(StrEnum):
    """A part of the daemon that finishes a piece of work every second or so, when all is well."""

    POLLS = "polls"
    DELIVERIES = "deliveries"
    DATABASE = "database"


_STALLED = {
    Part.POLLS: "no round of polls has been started",
    Part.DELIVERIES: "no round of deliveries has been started",
    Part.DATABASE: "the database has not answered",
}


class Progress:
    """Records when each part of the daemon last finished a piece of work; used in the event loop alone.

    Args:
        parts: Those that are watched.
        stuck_polls: Returns the feeds whose poll does not end, with the seconds it has been running.
    """

    def __init__(self, *parts: Part, stuck_polls: Callable[[], Mapping[str, float]] = dict) -> None:
        self._finished_at = dict.fromkeys(parts, monotonic())
        self._stuck_polls = stuck_polls

    def record(self, *parts: Part) -> None:
        """Record that *parts* have just finished a piece of work."""
        self._finished_at.update(dict.fromkeys(parts, monotonic()))

    def problems(self) -> list[str]:
        """Return in words what makes no progress; empty when all is well."""
        now = monotonic()
        stalled = {part: now - at for part, at in self._finished_at.items() if now - at > STALLED_S}
        stuck = self._stuck_polls()
        return [
            *(f"{_STALLED[part]} for {age_s:.0f} s" for part, age_s in stalled.items()),
            *(f"the poll of feed {feed} has not ended for {age_s:.0f} s" for feed, age_s in stuck.items()),
        ]
