"""What rules with ``surge`` and ``first_in`` ask of the database: how often and when an actor was mentioned."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.store import Reader, entries, mentions
from monitor.watchlist import DAY, Surge, baseline_days, find_surge


class StoredMentions:
    """Answers what rules ask of the stored mentions of actors; remembers the surge of each actor.

    Args:
        db: Any connection to the database.
        now: The time of the entry that is judged.
    """

    def __init__(self, db: Reader, now: datetime) -> None:
        self._db = db
        self._now = now
        self._surges: dict[str, Surge | None] = {}  # by actor

    def surge_of(self, actor: str) -> Surge | None:
        """Return the current surge of mentions of *actor*; None if it is not mentioned far more often than usual."""
        if actor not in self._surges:
            day_ago = self._now - DAY
            days = baseline_days(self._now, entries.oldest_seen_at(self._db) or self._now)
            today, before = mentions.count_stories_of_actor(
                self._db, actor, since=day_ago - days * DAY, day_ago=day_ago
            )
            self._surges[actor] = find_surge(today, before, days)
        return self._surges[actor]

    def mentioned_within(self, actor: str, span_s: float) -> datetime | None:
        """Return when *actor* was last mentioned in the last *span_s* seconds; None if it was not."""
        return mentions.last_mentioned_at(self._db, actor, self._now - timedelta(seconds=span_s))
