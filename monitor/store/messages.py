"""Read the content of a delivery from the database when it is about to be sent."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from monitor.model import Delivery, HeadlineAmount, Message, StoryOutlets
from monitor.store.db.statements import Reader, first, rows
from monitor.store.outbox import annotation_of, hits_of

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
    return Message(delivery, hits, outlets_reporting(db, (hit.story for hit in hits)), annotation_of(db, delivery.id))


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
