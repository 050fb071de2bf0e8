"""Stories: the entries, of whatever feed, that report one event."""

from __future__ import annotations

from monitor.model import Entry
from monitor.store.moments import stored
from monitor.store.statements import Writer, returned

_OPEN = """
INSERT INTO stories (title, opened_at, last_entry_at) VALUES (:title, :seen_at, :seen_at)
RETURNING id
"""


def open_story(db: Writer, entry: Entry) -> int:
    """Return the id of a new story, which *entry* opens and gives its title."""
    row = returned(db, _OPEN, {"title": entry.text.title, "seen_at": stored(entry.first_seen_at)})
    return int(row["id"])
