"""Searches that people saved under a name, for everybody who uses the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.db.statements import Reader, Writer, change, moment, returned, rows, stored

MAX_SAVED = 100

_SAVE = """
INSERT INTO saved_searches (name, query, author, created_at) VALUES (:name, :query, :author, :now)
ON CONFLICT (name) DO UPDATE SET query = excluded.query, author = excluded.author, created_at = excluded.created_at
RETURNING id
"""
_DELETE = "DELETE FROM saved_searches WHERE id = :id"
_ALL = "SELECT * FROM saved_searches ORDER BY name COLLATE NOCASE, id"


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search with its name."""

    id: int
    name: str
    query: str  # of the address of the list of hits, without its question mark
    author: str  # who saved it last
    created_at: datetime


def save_search(db: Writer, name: str, query: str, *, author: str, now: datetime) -> int:
    """Save a search, in place of one with the same name, and return its id.

    Args:
        db: The writing connection, in a transaction.
        name: The name of the search on the page of hits.
        query: The query string with the filters of the page of hits.
        author: The name of the operator who saves it.
        now: The current time.
    """
    return int(returned(db, _SAVE, {"name": name, "query": query, "author": author, "now": stored(now)})["id"])


def delete_search(db: Writer, number: int) -> bool:
    """Delete a saved search; return whether there was one with that id."""
    return change(db, _DELETE, {"id": number}) == 1


def list_searches(db: Reader) -> list[SavedSearch]:
    """Return all saved searches, ordered by name."""
    return [
        SavedSearch(row["id"], row["name"], row["query"], row["author"], moment(row["created_at"]))
        for row in rows(db, _ALL)
    ]
