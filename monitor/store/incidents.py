"""What is wrong with the monitor itself, kept so that a restart neither forgets nor repeats it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from monitor.model import Incident, IncidentKind
from monitor.store.db.statements import Reader, Row, Values, Writer, change, change_each, first, rows
from monitor.store.db.timestamps import moment, stored

_LOAD = "SELECT * FROM troubles ORDER BY since, topic"
_FORGET = "DELETE FROM troubles WHERE topic = :topic"

_SAVE = """
INSERT INTO troubles (topic, kind, subject, title, over, cause, remedy, since, told_at, ended_at, covered)
VALUES (:topic, :kind, :subject, :title, :over, :cause, :remedy, :since, :told_at, :ended_at, :covered)
ON CONFLICT (topic) DO UPDATE SET
    title = excluded.title, over = excluded.over, cause = excluded.cause, remedy = excluded.remedy,
    since = excluded.since, told_at = excluded.told_at, ended_at = excluded.ended_at, covered = excluded.covered
"""

# a delivery that failed and is tried again has a reason, in flight too; one that nobody takes up is overdue
_STRUGGLING = """
SELECT destination, count(*) AS number, min(coalesce(first_attempt_at, due_at)) AS since, max(reason) AS reason
FROM (
    SELECT * FROM deliveries WHERE state IN ('open', 'pending') AND (state = 'pending' OR due_at < :overdue)
    UNION ALL
    SELECT * FROM deliveries WHERE state = 'in flight')
WHERE state = 'open' OR reason <> ''
GROUP BY destination ORDER BY destination
"""

# beside max(), a bare column is that of the row with the highest (https://sqlite.org/lang_select.html#bareagg)
_GIVEN_UP = """
SELECT destination, count(*) AS number, max(id) AS newest, reason
FROM deliveries WHERE state = 'dead' GROUP BY destination ORDER BY destination
"""

_LAST_BEAT = "SELECT max(created_at) AS at FROM deliveries WHERE kind = 'health' AND group_key GLOB 'heartbeat *'"
_HITS_SINCE = "SELECT count(*) AS number FROM hits WHERE canary = 0 AND (:since IS NULL OR seen_at > :since)"
_SENT_SINCE = """
SELECT count(*) AS number FROM deliveries
WHERE state = 'sent' AND kind NOT IN ('health', 'canary') AND (:since IS NULL OR sent_at > :since)
"""


@dataclass(frozen=True, slots=True)
class Struggling:
    """A destination that does not take what it is sent."""

    destination: str
    number: int  # of deliveries
    since: datetime
    reason: str  # of a failure; empty: nobody got as far as trying


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A destination for which deliveries are dead."""

    destination: str
    number: int
    newest: int  # id of the delivery
    reason: str


def load_incidents(db: Reader) -> dict[str, Incident]:
    """Return what is wrong, and what is over and not told yet, by topic; the oldest first."""
    return {row["topic"]: _incident(row) for row in rows(db, _LOAD)}


def save_incidents(db: Writer, before: Iterable[Incident], after: Iterable[Incident]) -> None:
    """Keep *after*, where *before* was kept; what is in neither is left alone."""
    after = list(after)
    topics, known = {incident.topic for incident in after}, set(before)
    for incident in known:
        if incident.topic not in topics:
            change(db, _FORGET, {"topic": incident.topic})
    change_each(db, _SAVE, [_values(incident) for incident in after if incident not in known])


def struggling(db: Reader, overdue: datetime) -> list[Struggling]:
    """Return the destinations that failed to take something, or have something that was due before *overdue*."""
    found = rows(db, _STRUGGLING, {"overdue": stored(overdue)})
    return [Struggling(**row | {"since": moment(row["since"])}) for row in found]


def given_up(db: Reader) -> list[GivenUp]:
    """Return the destinations for which deliveries are dead, by name."""
    return [GivenUp(**row) for row in rows(db, _GIVEN_UP)]


def last_heartbeat(db: Reader) -> datetime | None:
    """Return when "still here" was last said; None: never."""
    row = first(db, _LAST_BEAT)
    return moment(row["at"]) if row else None


def counts_since(db: Reader, since: datetime | None) -> tuple[int, int]:
    """Return how many hits were found, and how many messages about hits sent, after *since*."""
    values = {"since": stored(since)}
    return rows(db, _HITS_SINCE, values)[0]["number"], rows(db, _SENT_SINCE, values)[0]["number"]


def _values(incident: Incident) -> Values:
    moments = {name: stored(getattr(incident, name)) for name in ("since", "told_at", "ended_at")}
    return asdict(incident) | moments


def _incident(row: Row) -> Incident:
    moments: Row = {name: moment(row[name]) for name in ("since", "told_at", "ended_at")}
    return Incident(**row | moments | {"kind": IncidentKind(row["kind"]), "covered": bool(row["covered"])})
