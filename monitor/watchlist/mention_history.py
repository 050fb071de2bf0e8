"""The stories that mentioned each actor so far, for rules that depend on earlier mentions."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter

from monitor.watchlist.rule_evidence import MentionLookup
from monitor.watchlist.surge import DAY, Surge, SurgeLookup, baseline_days, find_surge

_AT = itemgetter(0)


class MentionHistory:
    """Collects mentions in order of time, and answers what rules with ``surge`` and ``first_in`` ask.

    Args:
        begins_at: When the history begins: the time of its oldest entry, whether it mentions an actor or not.
    """

    def __init__(self, begins_at: datetime) -> None:
        self._begins_at = begins_at
        self._mentions: dict[str, list[tuple[datetime, int]]] = defaultdict(list)  # time and story, by actor

    def record(self, actor: str, story: int, at: datetime) -> None:
        """Record that an entry of *story* mentions *actor*; call it in order of time.

        Args:
            actor: The id of the actor.
            story: The number of the story.
            at: When the entry was published.
        """
        self._mentions[actor].append((at, story))

    def surge_of(self, now: datetime, actor: str) -> Surge | None:
        """Return the surge of *actor* at *now*; None if it is not mentioned far more often than usual."""
        day_ago = now - DAY
        days = baseline_days(now, self._begins_at)
        before, today = self._stories(actor, day_ago - days * DAY, day_ago), self._stories(actor, day_ago, now)
        return find_surge(len(today), len(before), days)

    def mentioned_within(self, now: datetime, actor: str, span_s: float) -> datetime | None:
        """Return when *actor* was last mentioned in a span of time; None if it was not.

        Args:
            now: The end of the span.
            actor: The id of the actor.
            span_s: The length of the span in seconds.
        """
        mentions = self._mentions.get(actor, ())
        last = mentions[-1][0] if mentions else None
        return last if last and last > now - timedelta(seconds=span_s) else None

    def lookups(self, now: datetime) -> tuple[SurgeLookup, MentionLookup]:
        """Return the functions that ``find_evidence`` and ``explain`` take, for an entry of the time *now*."""
        return partial(self.surge_of, now), partial(self.mentioned_within, now)

    def _stories(self, actor: str, after: datetime, until: datetime) -> set[int]:
        mentions = self._mentions.get(actor, [])
        first, last = (bisect_right(mentions, at, key=_AT) for at in (after, until))
        return {story for _, story in mentions[first:last]}
