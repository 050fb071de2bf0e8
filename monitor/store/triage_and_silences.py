"""Store what operators decided: the triage of hits, and silences of actors and rules; with author, time and reason."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.model.severity import Severity
from monitor.store.db.statements import Reader, Row, Writer, change, first, moment, returned, rows, stored

if TYPE_CHECKING:
    from monitor.model import Silence, StoryNoise  # a command that triages a hit needs neither

_TRIAGE = "UPDATE hits SET triage = :triage WHERE id = :hit"

_RECORD = """
INSERT INTO triages (hit_id, triage, author, at, why) VALUES (:hit, :triage, :author, :at, :why)
"""

_STORY = "SELECT e.story_id FROM hits h JOIN entries e ON e.id = h.entry_id WHERE h.id = :hit"

_OF_HIT = "SELECT triage, author, at, why FROM triages WHERE hit_id = :hit ORDER BY id"

_ACKNOWLEDGED = """
SELECT t.author FROM entries e JOIN hits h ON h.entry_id = e.id JOIN triages t ON t.hit_id = h.id
WHERE e.story_id = :story AND t.at >= :since LIMIT 1
"""

_LAST = """
SELECT t.hit_id, t.triage, t.author, t.at
FROM entries e JOIN hits h ON h.entry_id = e.id JOIN triages t ON t.hit_id = h.id
WHERE e.story_id = :story ORDER BY t.id DESC LIMIT 1
"""

_SEVERITY = """
SELECT max(h.severity) AS severity FROM entries e JOIN hits h ON h.entry_id = e.id
WHERE e.story_id = :story AND h.seen_at <= :at
"""

_SILENCE = """
INSERT INTO silences (subject, name, author, why, created_at, until)
VALUES (:subject, :name, :author, :why, :now, :until)
RETURNING id
"""

_END_SILENCE = "UPDATE silences SET until = :now, ended_by = :author WHERE id = :id AND until > :now"
_ACTIVE = "SELECT * FROM silences WHERE until > :now ORDER BY until, id"
_OF_SUBJECTS = """
SELECT * FROM silences
WHERE (subject = 'actor' AND name IN (SELECT value FROM json_each(:actors)))
   OR (subject = 'rule' AND name IN (SELECT value FROM json_each(:rules)))
ORDER BY id
"""
_ALL = "SELECT * FROM silences ORDER BY id DESC LIMIT :limit"


@dataclass(frozen=True, slots=True)
class TriageRecord:
    """How an operator triaged a hit (relevant, noise or acknowledged), when and why."""

    triage: str  # relevant, noise or ack
    author: str
    at: datetime
    why: str = ""  # empty: no reason was given


def triage(db: Writer, hit_id: int, record: TriageRecord) -> bool:
    """Store an operator's triage of a hit; return False if there is no hit with that number.

    Args:
        db: The writing connection, in a transaction.
        hit_id: The number of the hit.
        record: The triage.
    """
    values = {
        "hit": hit_id,
        "triage": record.triage,
        "author": record.author,
        "at": stored(record.at),
        "why": record.why,
    }
    if change(db, _TRIAGE, values) == 0:
        return False
    change(db, _RECORD, values)
    return True


def triages_of(db: Reader, hit_id: int) -> list[TriageRecord]:
    """Return how operators have triaged the hit *hit_id*, oldest first."""
    return [
        TriageRecord(row["triage"], row["author"], moment(row["at"]), row["why"])
        for row in rows(db, _OF_HIT, {"hit": hit_id})
    ]


def story_of_hit(db: Reader, hit_id: int) -> int:
    """Return the id of the story of the hit *hit_id*, which must exist."""
    return int(rows(db, _STORY, {"hit": hit_id})[0]["story_id"])


def acknowledged_by(db: Reader, story: int, since: datetime) -> str:
    """Return the name of the operator who triaged a hit of *story* since *since*; empty if no operator has.

    Each kind of triage counts as an acknowledgement.

    Args:
        db: Any connection to the database.
        story: The id of the story.
        since: Earlier triage is ignored.
    """
    row = first(db, _ACKNOWLEDGED, {"story": story, "since": stored(since)})
    return str(row["author"]) if row else ""


def noise_of_story(db: Reader, story: int) -> StoryNoise | None:
    """Return the triage of *story* as noise, and its severity then; None unless its latest triage is "noise"."""
    from monitor.model import StoryNoise

    last = first(db, _LAST, {"story": story})
    if last is None or last["triage"] != "noise":
        return None
    found = first(db, _SEVERITY, {"story": story, "at": last["at"]})
    severity = Severity(found["severity"]) if found and found["severity"] else Severity.LOW
    return StoryNoise(last["hit_id"], last["author"], severity)


@dataclass(frozen=True, slots=True)
class NewSilence:
    """A silence that is to be stored."""

    subject: str  # "actor" or "rule"
    name: str  # the id of the actor or rule
    author: str
    why: str  # shown with every hit that is suppressed by the silence
    until: datetime


def add_silence(db: Writer, silence: NewSilence, now: datetime) -> int:
    """Store a silence that begins now, and return its number.

    Args:
        db: The writing connection, in a transaction.
        silence: The silence.
        now: The current time.
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
        now: The current time.
    """
    return change(db, _END_SILENCE, {"id": number, "author": author, "now": stored(now)}) == 1


def active_silences(db: Reader, now: datetime) -> list[Silence]:
    """Return the silences that have not ended, ordered by the time at which they end."""
    return [_silence(row) for row in rows(db, _ACTIVE, {"now": stored(now)})]


def list_silences(db: Reader, limit: int = 1000) -> list[tuple[Silence, str]]:
    """Return all silences, the newest first, each with the operator who ended it early; empty if none did."""
    return [(_silence(row), row["ended_by"] or "") for row in rows(db, _ALL, {"limit": limit})]


def silences_of(db: Reader, actors: Iterable[str], rules: Iterable[str]) -> list[tuple[Silence, str]]:
    """Return all silences of the given actors and rules, the oldest first, each with the operator who ended it early.

    Args:
        db: Any connection to the database.
        actors: The ids of the actors.
        rules: The ids of the rules.
    """
    values = {"actors": json.dumps([*actors]), "rules": json.dumps([*rules])}
    return [(_silence(row), row["ended_by"] or "") for row in rows(db, _OF_SUBJECTS, values)]


def _silence(row: Row) -> Silence:
    from monitor.model import Silence

    return Silence(
        id=row["id"],
        subject=row["subject"],
        name=row["name"],
        author=row["author"],
        why=row["why"],
        created_at=moment(row["created_at"]),
        until=moment(row["until"]),
    )
