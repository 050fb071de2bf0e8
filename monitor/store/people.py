"""What people do about hits: silences and triage, each with its author and its moment."""

from __future__ import annotations

from datetime import datetime

from monitor.model import Silence
from monitor.store.db.statements import Reader, Row, Writer, change, first, returned, rows
from monitor.store.db.timestamps import moment, stored

_SILENCE = """
INSERT INTO silences (subject, name, author, why, created_at, until)
VALUES (:subject, :name, :author, :why, :now, :until)
RETURNING id
"""

_END_SILENCE = "UPDATE silences SET until = :now, ended_by = :author WHERE id = :id AND until > :now"
_IN_FORCE = "SELECT * FROM silences WHERE until > :now ORDER BY until, id"
_ALL = "SELECT * FROM silences ORDER BY id DESC LIMIT :limit"

_TRIAGE = "UPDATE hits SET triage = :triage WHERE id = :hit"
_NOTE_TRIAGE = "INSERT INTO triages (hit_id, triage, author, at) VALUES (:hit, :triage, :author, :now)"
_TRIAGES = "SELECT triage, author, at FROM triages WHERE hit_id = :hit ORDER BY id"

_ACKNOWLEDGED = """
SELECT t.author FROM entries e JOIN hits h ON h.entry_id = e.id JOIN triages t ON t.hit_id = h.id
WHERE e.story_id = :story AND t.at >= :since LIMIT 1
"""


def add_silence(db: Writer, subject: str, name: str, *, author: str, why: str, until: datetime, now: datetime) -> int:
    """Return the number of a new silence of an actor or a rule, *subject* says which, until that moment."""
    values = {
        "subject": subject,
        "name": name,
        "author": author,
        "why": why,
        "now": stored(now),
        "until": stored(until),
    }
    return int(returned(db, _SILENCE, values)["id"])


def end_silence(db: Writer, number: int, *, author: str, now: datetime) -> bool:
    """End a silence before its time; return False when it is over already, or there is none of that number."""
    return change(db, _END_SILENCE, {"id": number, "author": author, "now": stored(now)}) == 1


def silences_in_force(db: Reader, now: datetime) -> list[Silence]:
    """Return the silences that hold, the one that ends first before the others."""
    return [_silence(row) for row in rows(db, _IN_FORCE, {"now": stored(now)})]


def list_silences(db: Reader, limit: int = 1000) -> list[tuple[Silence, str]]:
    """Return all silences, the newest first, each with who ended it before its time; empty: nobody did."""
    return [(_silence(row), row["ended_by"] or "") for row in rows(db, _ALL, {"limit": limit})]


def triage(db: Writer, hit_id: int, word: str, *, author: str, now: datetime) -> bool:
    """Keep what *author* says of a hit: ``relevant``, ``noise`` or ``ack``; return False when there is no such hit."""
    values = {"hit": hit_id, "triage": word, "author": author, "now": stored(now)}
    if change(db, _TRIAGE, values) == 0:
        return False
    change(db, _NOTE_TRIAGE, values)
    return True


def triages_of(db: Reader, hit_id: int) -> list[tuple[str, str, datetime]]:
    """Return what was said of a hit, by whom and when, the oldest first."""
    return [(row["triage"], row["author"], moment(row["at"])) for row in rows(db, _TRIAGES, {"hit": hit_id})]


def acknowledged_by(db: Reader, story: int, since: datetime) -> str:
    """Return who looked at a hit of *story* since that moment, whatever they said of it; empty: nobody did."""
    row = first(db, _ACKNOWLEDGED, {"story": story, "since": stored(since)})
    return str(row["author"]) if row else ""


def _silence(row: Row) -> Silence:
    return Silence(
        id=row["id"],
        subject=row["subject"],
        name=row["name"],
        author=row["author"],
        why=row["why"],
        created_at=moment(row["created_at"]),
        until=moment(row["until"]),
    )
