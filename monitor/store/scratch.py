"""A temporary database in memory, in which a backtest runs the pipeline."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.model import DeliveryKind, Silence
from monitor.store.db.statements import Reader, Writer, change, moment, rows, stored

NAME = Path(":memory:")

_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'entry_words%'"
_SILENCE = """
INSERT INTO silences (subject, name, author, why, created_at, until)
VALUES (:subject, :name, :author, :why, :created_at, :until)
"""
_SENT = """
SELECT d.id, d.destination, d.kind, d.sent_at, json_group_array(c.hit_id) FILTER (WHERE c.hit_id IS NOT NULL) AS hits
FROM deliveries d LEFT JOIN delivery_hits c ON c.delivery_id = d.id
WHERE d.state = 'sent' GROUP BY d.id ORDER BY d.sent_at, d.id
"""
_TRIAGES = """
SELECT h.entry_id, h.version, t.triage, t.author, t.at, t.why FROM triages t JOIN hits h ON h.id = t.hit_id
WHERE t.at >= coalesce(:since, '') ORDER BY t.at, t.id
"""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that a backtest sent in simulated time."""

    destination: str
    kind: DeliveryKind
    sent_at: datetime
    hits: tuple[int, ...]  # ids in the temporary database


@dataclass(frozen=True, slots=True)
class PastTriage:
    """An operator's triage of a hit in the real database, which a backtest repeats."""

    number: int  # id of the entry
    version: int  # version of the entry's text
    triage: str
    author: str
    at: datetime
    why: str


@contextmanager
def open_scratch() -> Iterator[Writer]:
    """Yield an empty database in memory, inside one transaction that lasts until the database is closed.

    Entries of any feed can be added, since references to feeds are not checked. Its texts cannot be searched.
    """
    from monitor.store.db.migrations import apply_to

    with Writer(sqlite3.connect(":memory:", isolation_level=None), NAME) as db:
        apply_to(db.conn)
        for row in rows(db, _TRIGGERS):
            db.execute(f'DROP TRIGGER "{row["name"]}"')
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("BEGIN")
        yield db


def add_silences(db: Writer, silences: Sequence[Silence]) -> None:
    """Store silences that were set in the past, each with its start and end."""
    for s in silences:
        period = {"created_at": stored(s.created_at), "until": stored(s.until)}
        change(db, _SILENCE, {"subject": s.subject, "name": s.name, "author": s.author, "why": s.why, **period})


def sent_messages(db: Reader) -> list[SentMessage]:
    """Return the messages that the backtest sent, in the order of sending."""
    return [
        SentMessage(
            row["destination"], DeliveryKind(row["kind"]), moment(row["sent_at"]), tuple(json.loads(row["hits"]))
        )
        for row in rows(db, _SENT)
    ]


def past_triages(db: Reader, since: datetime | None = None) -> list[PastTriage]:
    """Return the triage of hits by operators, oldest first.

    Args:
        db: A connection to the real database.
        since: Earlier triage is left out; None: all is returned.
    """
    return [
        PastTriage(row["entry_id"], row["version"], row["triage"], row["author"], moment(row["at"]), row["why"])
        for row in rows(db, _TRIAGES, {"since": stored(since)})
    ]
