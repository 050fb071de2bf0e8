"""Read one story for display: its entries in order, their hits, and which destinations were notified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.severity import Severity
from monitor.store.db.statements import Reader, first, moment, rows

MAX_ENTRIES = 300

_STORY = "SELECT id, title, opened_at, last_entry_at, follows FROM stories WHERE id = :id"
_FOLLOWED_BY = "SELECT id FROM stories WHERE follows = :id ORDER BY id LIMIT 20"
_ENTRIES = """
SELECT e.id, e.feed, e.outlet, e.link, e.title, e.published_at, e.first_seen_at, e.version, e.story_reason,
       h.id AS hit, h.severity, h.triage
FROM entries e
LEFT JOIN hits h ON h.id = (SELECT max(id) FROM hits WHERE entry_id = e.id)
WHERE e.story_id = :id AND e.canary = 0
ORDER BY coalesce(e.published_at, e.first_seen_at), e.id
LIMIT :most
"""
_VERSIONS = """
SELECT v.version, v.title, v.summary, v.content, v.replaced_at FROM entry_versions v
WHERE v.entry_id = :id ORDER BY v.version
"""
_NEWEST = "SELECT version, title, summary, content FROM entries WHERE id = :id"


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """An entry of a story for display, with its newest hit, if it has one."""

    id: int
    feed: str
    outlet: str
    link: str
    title: str
    published_at: datetime | None
    first_seen_at: datetime
    version: int
    reason: str  # why it belongs to the story
    hit: int | None
    severity: Severity | None
    triage: str | None


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story for display, with its entries, the oldest first."""

    id: int
    title: str
    opened_at: datetime
    last_entry_at: datetime
    follows: int | None
    followed_by: tuple[int, ...]
    entries: tuple[StoryEntry, ...]  # at most MAX_ENTRIES


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One version of the text of an entry; each edit by the publisher creates a new version."""

    version: int
    title: str
    summary: str
    content: str
    until: datetime | None  # when another replaced it; None: it is the newest


def story_view(db: Reader, story: int) -> StoryView | None:
    """Return the story with the id *story* and its entries; None if there is none with that id."""
    row = first(db, _STORY, {"id": story})
    if row is None:
        return None
    found = rows(db, _ENTRIES, {"id": story, "most": MAX_ENTRIES})
    return StoryView(
        id=row["id"],
        title=row["title"],
        opened_at=moment(row["opened_at"]),
        last_entry_at=moment(row["last_entry_at"]),
        follows=row["follows"],
        followed_by=tuple(later["id"] for later in rows(db, _FOLLOWED_BY, {"id": story})),
        entries=tuple(
            StoryEntry(
                id=entry["id"],
                feed=entry["feed"],
                outlet=entry["outlet"] or entry["feed"],
                link=entry["link"],
                title=entry["title"],
                published_at=moment(entry["published_at"]),
                first_seen_at=moment(entry["first_seen_at"]),
                version=entry["version"],
                reason=entry["story_reason"],
                hit=entry["hit"],
                severity=Severity(entry["severity"]) if entry["severity"] else None,
                triage=entry["triage"],
            )
            for entry in found
        ),
    )


def text_versions(db: Reader, entry_id: int) -> list[TextVersion]:
    """Return the stored versions of the text of an entry, the oldest first."""
    older = [
        TextVersion(row["version"], row["title"], row["summary"], row["content"], moment(row["replaced_at"]))
        for row in rows(db, _VERSIONS, {"id": entry_id})
    ]
    newest = first(db, _NEWEST, {"id": entry_id})
    return [*older, *([TextVersion(**newest, until=None)] if newest else [])]
