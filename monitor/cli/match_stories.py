"""Group the items of ``match --stories`` into stories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.model import Judgement, Text
from monitor.stories import STORY_STAYS_OPEN, ActorRelations, StoryIndex, StoryItem, assign, profile_of
from monitor.times import written_date
from monitor.watchlist import story_item

Matched = tuple[dict[str, Any], Text, Judgement]  # the item, its cleaned text, its judgement

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def story_rows(matched: Sequence[Matched], relations: ActorRelations) -> Iterator[dict[str, str | None]]:
    """Yield for each item, in input order, its story: the story's id, why the item joined it, and the story it follows.

    Items are assigned to stories in order of date; items with the same date, in input order. Items without a date come
    last, and are treated as published at the latest date of the others.
    """
    dates = [item_date(item) for item, _, _ in matched]
    last = max((date for date in dates if date), default=_BEGINNING)
    order = sorted(range(len(matched)), key=lambda n: (dates[n] is None, dates[n] or last, n))
    index, stories = StoryIndex(), 0
    rows: dict[int, dict[str, str | None]] = {}
    for n in order:
        profile = profile_of(_story_item(matched[n], dates[n] or last))
        assignment = assign(index, profile, relations)
        stories += assignment.story is None
        story = assignment.story or stories
        index.close_older_than(profile.at - STORY_STAYS_OPEN)
        index.add(story, profile)
        follows = None if assignment.follows is None else str(assignment.follows)
        rows[n] = {"story": str(story), "story_reason": assignment.reason, "follows": follows}
    return (rows[n] for n in range(len(matched)))


def item_date(item: dict[str, Any]) -> datetime | None:
    """Return the date of an item, written as ISO 8601 or RFC 822; None if it has no date or an unreadable one."""
    return written_date(item.get("date") or item.get("published") or item.get("published_at"))


def _story_item(matched: Matched, at: datetime) -> StoryItem:
    item, text, judgement = matched
    link = _text(item, "url") or _text(item, "link")
    return story_item(text, judgement, at=at, outlet=_text(item, "source") or _text(item, "outlet"), link=link)


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""
