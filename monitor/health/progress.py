"""Whether the daemon makes progress, which is more than being alive."""

from __future__ import annotations

from time import monotonic

STALLED_S = 30.0  # a part that has not moved for so long stands still


class Progress:
    """Remembers when each part of the daemon last moved; *moved* is called by the parts, in the event loop."""

    def __init__(self, *parts: str) -> None:
        self._moved_at = dict.fromkeys(parts, monotonic())

    def moved(self, *parts: str) -> None:
        """Remember that *parts* have just finished a piece of work."""
        self._moved_at.update(dict.fromkeys(parts, monotonic()))

    def stalled(self) -> dict[str, float]:
        """Return the parts that stand still, and for how many seconds."""
        now = monotonic()
        return {part: now - at for part, at in self._moved_at.items() if now - at > STALLED_S}
