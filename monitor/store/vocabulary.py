"""Words learned from the feeds, which are no slips of a name; and what they are learned from.

They are numbered in versions, so that a hit's watchlist says with which of them it was found. Version 0 is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Text
from monitor.store.db.statements import Reader, Writer, change, first, returned, rows
from monitor.store.db.timestamps import moment, stored

AT_ONCE = 500  # entries

_NEWEST = "SELECT version, checked_at FROM vocabularies ORDER BY version DESC LIMIT 1"
_WORDS = "SELECT word FROM learned_words WHERE until IS NULL"

_CHECKED = "UPDATE vocabularies SET checked_at = :now, stories = :stories WHERE version = :version"
_NEXT = """
INSERT INTO vocabularies (learned_at, checked_at, stories) VALUES (:now, :now, :stories)
RETURNING version
"""
_ADD = """
INSERT INTO learned_words (word, since)
SELECT value, :version FROM json_each(:words)
WHERE value NOT IN (SELECT word FROM learned_words WHERE until IS NULL)
"""
_END = """
UPDATE learned_words SET until = :version
WHERE until IS NULL AND word NOT IN (SELECT value FROM json_each(:words))
"""

_TEXTS = """
SELECT id, story_id, title, summary, content FROM entries
WHERE id < :before AND canary = 0 ORDER BY id DESC LIMIT :limit
"""

# a slip that was reported, or whose actor the text names without one, may well be meant
_MEANT = """
SELECT m.entry_id, m.text FROM mentions m
JOIN entries e ON e.id = m.entry_id AND e.version = m.version
LEFT JOIN hits h ON h.entry_id = m.entry_id AND h.version = m.version
WHERE m.kind = 'fuzzy' AND h.triage IS NOT 'noise'
  AND (h.id IS NOT NULL OR EXISTS (
      SELECT 1 FROM mentions o
      WHERE o.entry_id = m.entry_id AND o.version = m.version AND o.actor = m.actor AND o.kind <> 'fuzzy'))
"""

_CONFIRMED = """
SELECT DISTINCT m.text FROM mentions m
JOIN hits h ON h.entry_id = m.entry_id AND h.version = m.version
WHERE m.kind = 'fuzzy' AND h.triage = 'relevant'
"""


@dataclass(frozen=True, slots=True)
class Learned:
    """A version of the learned words."""

    version: int = 0
    checked_at: datetime | None = None  # when the same words came out last; None: never
    words: frozenset[str] = frozenset()


def newest(db: Reader) -> Learned:
    """Return the learned words in force; version 0 when none were ever learned."""
    row = first(db, _NEWEST, {})
    if row is None:
        return Learned()
    words = frozenset(row["word"] for row in rows(db, _WORDS))
    return Learned(row["version"], moment(row["checked_at"]), words)


def keep(db: Writer, words: frozenset[str], *, stories: int, now: datetime) -> Learned:
    """Return the version that has exactly *words*, learned from so many *stories*: a new one when they changed."""
    known = newest(db)
    if not known.version and not words:
        return known
    if known.words == words:
        change(db, _CHECKED, {"version": known.version, "stories": stories, "now": stored(now)})
        return Learned(known.version, now, words)
    version = int(returned(db, _NEXT, {"stories": stories, "now": stored(now)})["version"])
    listed = {"version": version, "words": json.dumps(sorted(words), ensure_ascii=False)}
    change(db, _END, listed)
    change(db, _ADD, listed)
    return Learned(version, now, words)


def texts(db: Reader, most: int) -> Iterator[tuple[int, int, Text]]:
    """Yield id, story and text of the newest entries, at most so many, canaries left out."""
    before, left = 2**63 - 1, most
    while left > 0 and (found := rows(db, _TEXTS, {"before": before, "limit": min(left, AT_ONCE)})):
        for row in found:
            yield row["id"], row["story_id"], Text(row["title"], row["summary"], row["content"])
        before, left = found[-1]["id"], left - len(found)


def meant(db: Reader) -> dict[int, list[str]]:
    """Return for each entry the slips in it that may be a name: reported and not called noise, or beside the name."""
    found: dict[int, list[str]] = {}
    for row in rows(db, _MEANT):
        found.setdefault(row["entry_id"], []).append(row["text"])
    return found


def confirmed(db: Reader) -> list[str]:
    """Return the slips that somebody called relevant."""
    return [row["text"] for row in rows(db, _CONFIRMED)]
