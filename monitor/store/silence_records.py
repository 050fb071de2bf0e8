"""Silences: actors and rules that somebody muted for a time, with author and reason."""

from __future__ import annotations

from datetime import datetime

from monitor.model import Silence
from monitor.store.db.statements import Reader, Row, Writer, change, returned, rows
from monitor.store.db.timestamps import moment, stored

_SILENCE = """
INSERT INTO silences (subject, name, author, why, created_at, until)
VALUES (:subject, :name, :author, :why, :now, :until)
RETURNING id
"""

_END_SILENCE = "UPDATE silences SET until = :now, ended_by = :author WHERE id = :id AND until > :now"
_IN_FORCE = "SELECT * FROM silences WHERE until > :now ORDER BY until, id"
_ALL = "SELECT * FROM silences ORDER BY id DESC LIMIT :limit"


def add_silence(db: Writer, subject: str, name: str, *, author: str, why: str, until: datetime, now: datetime) -> int:
    """Return the number of a new silence.

    Args:
        db: The writing connection, in a transaction.
        subject: "actor" or "rule".
        name: Its id.
        author: Who silences it.
        why: Shown with every hit that is not sent because of it.
        until: When it ends.
        now: The present moment.
    """
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
    """End a silence early; return False if it has ended already or there is none of that number."""
    return change(db, _END_SILENCE, {"id": number, "author": author, "now": stored(now)}) == 1


def silences_in_force(db: Reader, now: datetime) -> list[Silence]:
    """Return the silences in force, ordered by when they end."""
    return [_silence(row) for row in rows(db, _IN_FORCE, {"now": stored(now)})]


def list_silences(db: Reader, limit: int = 1000) -> list[tuple[Silence, str]]:
    """Return all silences, the newest first, each with who ended it early (empty: nobody)."""
    return [(_silence(row), row["ended_by"] or "") for row in rows(db, _ALL, {"limit": limit})]


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
