"""Store ordinary words that were learned from the feeds, and read the entries from which they are learned.

The matcher never treats a learned word as a misspelling of a name. Each set of learned words has a version number, so
that the watchlist version of a hit shows which words were in use. Version 0 is the empty set.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Text
from monitor.store.db.statements import Reader, Writer, change, first, moment, returned, rows, stored

BATCH = 500  # entries

_NEWEST = "SELECT version, checked_at FROM vocabularies ORDER BY version DESC LIMIT 1"
_WORDS = "SELECT word FROM learned_words WHERE until IS NULL"

_UPDATE_CHECKED = "UPDATE vocabularies SET checked_at = :now, stories = :stories WHERE version = :version"
_INSERT_VERSION = """
INSERT INTO vocabularies (learned_at, checked_at, stories) VALUES (:now, :now, :stories)
RETURNING version
"""
_INSERT_WORDS = """
INSERT INTO learned_words (word, since)
SELECT value, :version FROM json_each(:words)
WHERE value NOT IN (SELECT word FROM learned_words WHERE until IS NULL)
"""
_END_WORDS = """
UPDATE learned_words SET until = :version
WHERE until IS NULL AND word NOT IN (SELECT value FROM json_each(:words))
"""

_TEXTS = """
SELECT id, story_id, title, summary, content FROM entries
WHERE id < :before AND canary = 0 ORDER BY id DESC LIMIT :limit
"""

# a misspelling that was reported, or stands beside the correct name, is probably the name
_PROBABLE_NAMES = """
SELECT m.entry_id, m.text FROM mentions m
JOIN entries e ON e.id = m.entry_id AND e.version = m.version
LEFT JOIN hits h ON h.entry_id = m.entry_id AND h.version = m.version
WHERE m.kind = 'fuzzy' AND h.triage IS NOT 'noise'
  AND (h.id IS NOT NULL OR EXISTS (
      SELECT 1 FROM mentions o
      WHERE o.entry_id = m.entry_id AND o.version = m.version AND o.actor = m.actor AND o.kind <> 'fuzzy'))
"""

_CONFIRMED_NAMES = """
SELECT DISTINCT m.text FROM mentions m
JOIN hits h ON h.entry_id = m.entry_id AND h.version = m.version
WHERE m.kind = 'fuzzy' AND h.triage = 'relevant'
"""


@dataclass(frozen=True, slots=True)
class Learned:
    """One version of the learned words, which the matcher does not treat as misspellings of names."""

    version: int = 0
    checked_at: datetime | None = None  # when learning last gave the same words; None: never
    words: frozenset[str] = frozenset()


def latest(db: Reader) -> Learned:
    """Return the current version of the learned words; version 0 if no words were ever learned."""
    row = first(db, _NEWEST, {})
    if row is None:
        return Learned()
    words = frozenset(row["word"] for row in rows(db, _WORDS))
    return Learned(row["version"], moment(row["checked_at"]), words)


def store_words(db: Writer, words: frozenset[str], *, stories: int, now: datetime) -> Learned:
    """Return the version that has exactly the learned words *words*; store a new one if they differ from the current.

    Args:
        db: The writing connection, in a transaction.
        words: The learned words, in the form in which words are compared (folded).
        stories: How many stories the words were learned from.
        now: When the words were learned.
    """
    known = latest(db)
    if not known.version and not words:
        return known
    if known.words == words:
        change(db, _UPDATE_CHECKED, {"version": known.version, "stories": stories, "now": stored(now)})
        return Learned(known.version, now, words)
    version = int(returned(db, _INSERT_VERSION, {"stories": stories, "now": stored(now)})["version"])
    listed = {"version": version, "words": json.dumps(sorted(words), ensure_ascii=False)}
    change(db, _END_WORDS, listed)
    change(db, _INSERT_WORDS, listed)
    return Learned(version, now, words)


def newest_texts(db: Reader, limit: int) -> Iterator[tuple[int, int, Text]]:
    """Yield id, story id and text of the *limit* newest entries, newest first, without canaries."""
    before, left = 2**63 - 1, limit
    while left > 0 and (found := rows(db, _TEXTS, {"before": before, "limit": min(left, BATCH)})):
        for row in found:
            yield row["id"], row["story_id"], Text(row["title"], row["summary"], row["content"])
        before, left = found[-1]["id"], left - len(found)


def probable_names(db: Reader) -> dict[int, list[str]]:
    """Return, by entry id, the misspellings in the entry that are probably names and must not be learned as words.

    A misspelling is probably a name if it made a hit that was not triaged as noise, or if the entry contains the
    correctly spelled name too.
    """
    found: dict[int, list[str]] = {}
    for row in rows(db, _PROBABLE_NAMES):
        found.setdefault(row["entry_id"], []).append(row["text"])
    return found


def confirmed_names(db: Reader) -> list[str]:
    """Return the misspelled names in hits that operators triaged as relevant."""
    return [row["text"] for row in rows(db, _CONFIRMED_NAMES)]
