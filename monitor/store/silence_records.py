"""Silences: actors and rules that an operator muted for a time, with author and reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import Silence
from monitor.store.db.statements import Reader, Row, Writer, change, moment, returned, rows, stored

_SILENCE = """
INSERT INTO silences (subject, name, author, why, created_at, until)
VALUES (:subject, :name, :author, :why, :now, :until)
RETURNING id
"""

_END_SILENCE = "UPDATE silences SET until = :now, ended_by = :author WHERE id = :id AND until > :now"
_IN_FORCE = "SELECT * FROM silences WHERE until > :now ORDER BY until, id"
_ALL = "SELECT * FROM silences ORDER BY id DESC LIMIT :limit"


@dataclass(frozen=True, slots=True)
class NewSilence:
    """A silence to be stored."""

    subject: str  # "actor" or "rule"
    name: str  # its id
    author: str
    why: str  # shown with every hit that is not sent because of it
    until: datetime


def add_silence(db: Writer, silence: NewSilence, now: datetime) -> int:
    """Store a silence that begins now, and return its number.

    Args:
        db: The writing connection, in a transaction.
        silence: The silence.
        now: The present moment.
    """
    values = {
        "subject": silence.subject,
        "name": silence.name,
        "author": silence.author,
        "why": silence.why,
        "now": stored(now),
        "until": stored(silence.until),
    }
    return int(returned(db, _SILENCE, values)["id"])


def end_silence(db: Writer, number: int, *, author: str, now: datetime) -> bool:
    """End a silence early; return False if it has ended already or does not exist.

    Args:
        db: The writing connection, in a transaction.
        number: The number of the silence.
        author: The name of the operator who ends it.
        now: The present moment.
    """
    return change(db, _END_SILENCE, {"id": number, "author": author, "now": stored(now)}) == 1


def silences_in_force(db: Reader, now: datetime) -> list[Silence]:
    """Return the silences in force, ordered by when they end."""
    return [_silence(row) for row in rows(db, _IN_FORCE, {"now": stored(now)})]


def list_silences(db: Reader, limit: int = 1000) -> list[tuple[Silence, str]]:
    """Return all silences, the newest first, each with the operator who ended it early (empty: none did)."""
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
