"""Triage: how operators classified hits, with author, time and reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import Severity, StoryNoise
from monitor.store.db.statements import Reader, Writer, change, first, moment, rows, stored

_TRIAGE = "UPDATE hits SET triage = :triage WHERE id = :hit"

_RECORD = """
INSERT INTO triages (hit_id, triage, author, at, why) VALUES (:hit, :triage, :author, :at, :why)
"""

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


@dataclass(frozen=True, slots=True)
class TriageRecord:
    """The triage of a hit by an operator."""

    triage: str  # relevant, noise or ack
    author: str
    at: datetime
    why: str = ""  # empty: no reason was given


def triage(db: Writer, hit_id: int, record: TriageRecord) -> bool:
    """Store the triage of a hit; return False if there is no such hit.

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
    """Return the triage history of a hit, oldest first."""
    return [
        TriageRecord(row["triage"], row["author"], moment(row["at"]), row["why"])
        for row in rows(db, _OF_HIT, {"hit": hit_id})
    ]


def acknowledged_by(db: Reader, story: int, since: datetime) -> str:
    """Return who triaged a hit of *story* since that moment, with any verdict; empty if no operator did.

    Args:
        db: A reader.
        story: The id of the story.
        since: Earlier triage does not count.
    """
    row = first(db, _ACKNOWLEDGED, {"story": story, "since": stored(since)})
    return str(row["author"]) if row else ""


def noise_of_story(db: Reader, story: int) -> StoryNoise | None:
    """Return the last triage of a hit of *story* if it is "noise", else None."""
    last = first(db, _LAST, {"story": story})
    if last is None or last["triage"] != "noise":
        return None
    found = first(db, _SEVERITY, {"story": story, "at": last["at"]})
    severity = Severity(found["severity"]) if found and found["severity"] else Severity.LOW
    return StoryNoise(last["hit_id"], last["author"], severity)
