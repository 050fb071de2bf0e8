"""Triage: what people said about hits, with author and time."""

from __future__ import annotations

from datetime import datetime

from monitor.store.db.statements import Reader, Writer, change, first, rows
from monitor.store.db.timestamps import moment, stored

_TRIAGE = "UPDATE hits SET triage = :triage WHERE id = :hit"
_NOTE_TRIAGE = "INSERT INTO triages (hit_id, triage, author, at) VALUES (:hit, :triage, :author, :now)"
_TRIAGES = "SELECT triage, author, at FROM triages WHERE hit_id = :hit ORDER BY id"

_ACKNOWLEDGED = """
SELECT t.author FROM entries e JOIN hits h ON h.entry_id = e.id JOIN triages t ON t.hit_id = h.id
WHERE e.story_id = :story AND t.at >= :since LIMIT 1
"""


def triage(db: Writer, hit_id: int, word: str, *, author: str, now: datetime) -> bool:
    """Store what *author* says about a hit, ``relevant``, ``noise`` or ``ack``; return False if it does not exist."""
    values = {"hit": hit_id, "triage": word, "author": author, "now": stored(now)}
    if change(db, _TRIAGE, values) == 0:
        return False
    change(db, _NOTE_TRIAGE, values)
    return True


def triages_of(db: Reader, hit_id: int) -> list[tuple[str, str, datetime]]:
    """Return the triage history of a hit, oldest first: word, author, time."""
    return [(row["triage"], row["author"], moment(row["at"])) for row in rows(db, _TRIAGES, {"hit": hit_id})]


def acknowledged_by(db: Reader, story: int, since: datetime) -> str:
    """Return who triaged a hit of *story* since that moment, with whatever word; empty if nobody did."""
    row = first(db, _ACKNOWLEDGED, {"story": story, "since": stored(since)})
    return str(row["author"]) if row else ""
