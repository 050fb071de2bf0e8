"""Read the content of a delivery from the database when it is about to be sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice

from monitor.model import DailyMentions, Delivery, HeadlineAmount, Hit, Message, StoryOutlets
from monitor.store.db.statements import Reader, first, rows
from monitor.store.mentions import daily_mentions
from monitor.store.outbox import annotation_of, hits_of

MIN_STORIES = 3  # in the days that a message shows; fewer make no series
MAX_SERIES = 5

_OUTLETS = """
SELECT outlet FROM entries WHERE story_id = :story GROUP BY outlet ORDER BY min(first_seen_at), min(id)
"""

_HEADLINE_AMOUNTS = """
SELECT e.outlet, a.value, a.currency FROM entries e JOIN amounts a ON a.entry_id = e.id AND a.version = e.version
WHERE e.story_id = :story AND a.field = 'title' ORDER BY a.id
"""

_FOLLOWED = "SELECT b.title FROM stories a JOIN stories b ON b.id = a.follows WHERE a.id = :story"


def message_of(db: Reader, delivery: Delivery) -> Message:
    """Return the content of *delivery*: its hits, the outlets that report their stories, and its annotation."""
    hits = tuple(hits_of(db, delivery.id))
    outlets = outlets_reporting(db, (hit.story for hit in hits))
    return Message(delivery, hits, outlets, annotation_of(db, delivery.id), frequent_actors(db, hits))


def frequent_actors(db: Reader, hits: Sequence[Hit]) -> tuple[DailyMentions, ...]:
    """Return the daily mentions of the first actors of *hits*, without those that few stories mention."""
    if not hits:
        return ()
    last = max(hit.seen_at for hit in hits).date()
    actors = dict.fromkeys(actor for hit in hits for actor in hit.judgement.actors)
    found = (daily_mentions(db, actor, last) for actor in islice(actors, MAX_SERIES))
    return tuple(series for series in found if series.total >= MIN_STORIES)


def outlets_reporting(db: Reader, stories: Iterable[int]) -> tuple[StoryOutlets, ...]:
    """Return the outlets that report each of *stories*, one item per story, in the given order."""
    return tuple(_coverage(db, story) for story in dict.fromkeys(stories))


def _coverage(db: Reader, story: int) -> StoryOutlets:
    values = {"story": story}
    followed = first(db, _FOLLOWED, values)
    outlets = tuple(row["outlet"] for row in rows(db, _OUTLETS, values))
    amounts = tuple(
        HeadlineAmount(row["outlet"], Decimal(row["value"]), row["currency"])
        for row in rows(db, _HEADLINE_AMOUNTS, values)
    )
    return StoryOutlets(story, outlets, followed["title"] if followed else "", amounts)
