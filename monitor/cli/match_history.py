"""The history that dated items make of each other, for rules with ``surge`` and ``first_in``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from monitor.cli.match_stories import Matched, item_date, story_rows
from monitor.errors import StoreError
from monitor.model import Judgement
from monitor.watchlist import MentionHistory, MentionLookup, SurgeLookup, Watchlist, judge, never_mentioned, no_surge

Lookups = tuple[SurgeLookup, MentionLookup]
NO_HISTORY: Lookups = (no_surge, never_mentioned)


def needs_history(watchlist: Watchlist) -> bool:
    """Return whether a rule depends on earlier mentions."""
    return any(rule.surge or rule.first_in_s is not None for rule in watchlist.rules.values())


def judge_with_history(matched: Sequence[Matched], watchlist: Watchlist) -> list[Judgement]:
    """Return the judgement of each item, where the dated items before it are its history; in the order of *matched*.

    Items without a date have no history and belong to none.
    """
    judgements = [judgement for _, _, judgement in matched]
    rules = [rule for rule in watchlist.rules.values() if rule.surge or rule.first_in_s is not None]
    concerned = frozenset[str]().union(*(rule.actors for rule in rules))
    for n, at, history in _in_order_of_date(matched, watchlist):
        if not concerned.isdisjoint(judgements[n].actors):
            item, text, _ = matched[n]
            surge_of, mentioned_within = history.lookups(at)
            feed = item.get("feed") or ""
            judgements[n] = judge(watchlist, text, feed=feed, surge_of=surge_of, mentioned_within=mentioned_within)
    return judgements


def _in_order_of_date(
    matched: Sequence[Matched], watchlist: Watchlist
) -> Iterator[tuple[int, datetime, MentionHistory]]:
    """Yield the position, the date and the history of each dated item, in order of date."""
    dates = [item_date(item) for item, _, _ in matched]
    dated = sorted((at, n) for n, at in enumerate(dates) if at is not None)
    if not dated:
        return
    stories = [int(row["story"] or 0) for row in story_rows(matched, watchlist.actor_relations)]
    history = MentionHistory(dated[0][0])
    for at, n in dated:
        yield n, at, history
        for actor in matched[n][2].actors:
            history.record(actor, stories[n], at)


def lookups_of_items(matched: Sequence[Matched], watchlist: Watchlist) -> Lookups | None:
    """Return the lookups for a text of the date of the newest item, after all items; None if no item has a date."""
    last: tuple[datetime, MentionHistory] | None = None
    for _, at, history in _in_order_of_date(matched, watchlist):
        last = at, history
    return last[1].lookups(last[0]) if last else None


@contextmanager
def lookups_of_database(path: Path, now: datetime) -> Iterator[Lookups]:
    """Return the lookups for a text that is seen *now*, with the stored mentions; without a database there are none."""
    from monitor.pipeline.stored_mentions import StoredMentions
    from monitor.store import open_reader

    try:
        db = open_reader(path)
    except StoreError:  # none yet, or of another version
        yield NO_HISTORY
        return
    try:
        stored = StoredMentions(db, now)
        yield stored.surge_of, stored.mentioned_within
    finally:
        db.close()
