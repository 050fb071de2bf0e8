"""What is wrong with the monitor itself, kept so that a restart neither forgets nor repeats it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from monitor.model import Incident, IncidentKey, IncidentKind, Reason
from monitor.store.db.statements import Reader, Row, Values, Writer, change, change_each, first, rows
from monitor.store.db.stored_reasons import reason_from
from monitor.store.db.timestamps import moment, stored

_LOAD = "SELECT * FROM incidents ORDER BY since, kind, subject, number"
_FORGET = "DELETE FROM incidents WHERE kind = :kind AND subject = :subject AND number = :number"

_SAVE = """
INSERT INTO incidents
    (kind, subject, number, category, title, recovery, cause, remedy, since, notified_at, ended_at, covered)
VALUES
    (:kind, :subject, :number, :category, :title, :recovery, :cause, :remedy, :since, :notified_at, :ended_at, :covered)
ON CONFLICT (kind, subject, number) DO UPDATE SET
    category = excluded.category, title = excluded.title, recovery = excluded.recovery, cause = excluded.cause,
    remedy = excluded.remedy, since = excluded.since, notified_at = excluded.notified_at,
    ended_at = excluded.ended_at, covered = excluded.covered
"""

# a delivery that failed and is tried again has a reason, in flight too; one that nobody takes up is overdue
_STRUGGLING = """
SELECT destination, count(*) AS number, min(coalesce(first_attempt_at, due_at)) AS since, max(cause) AS cause
FROM (
    SELECT * FROM deliveries WHERE state IN ('open', 'pending') AND (state = 'pending' OR due_at < :overdue)
    UNION ALL
    SELECT * FROM deliveries WHERE state = 'in flight')
WHERE state = 'open' OR cause <> ''
GROUP BY destination ORDER BY destination
"""

# beside max(), a bare column is that of the row with the highest (https://sqlite.org/lang_select.html#bareagg)
_GIVEN_UP = """
SELECT destination, count(*) AS number, max(id) AS newest, end_reason AS reason
FROM deliveries WHERE state = 'dead' GROUP BY destination ORDER BY destination
"""

_LAST_BEAT = "SELECT max(created_at) AS at FROM deliveries WHERE kind = 'heartbeat'"
_HITS_SINCE = "SELECT count(*) AS number FROM hits WHERE canary = 0 AND (:since IS NULL OR seen_at > :since)"
_SENT_SINCE = """
SELECT count(*) AS number FROM deliveries
WHERE state = 'sent' AND kind NOT IN ('health', 'heartbeat', 'canary') AND (:since IS NULL OR sent_at > :since)
"""


@dataclass(frozen=True, slots=True)
class Struggling:
    """A destination that does not take what it is sent."""

    destination: str
    number: int  # of deliveries
    since: datetime
    cause: str  # of a failure; empty: nobody got as far as trying


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A destination for which deliveries are dead."""

    destination: str
    number: int
    newest: int  # id of the newest of them
    reason: Reason  # why that one is dead


def load_incidents(db: Reader) -> dict[IncidentKey, Incident]:
    """Return the incidents that go on, and those whose recovery has not been notified; the oldest first."""
    found = (_incident(row) for row in rows(db, _LOAD))
    return {incident.key: incident for incident in found}


def save_incidents(db: Writer, before: Iterable[Incident], after: Iterable[Incident]) -> None:
    """Replace the incidents *before*, as they were loaded, by those *after*.

    Args:
        db: The writing connection, in a transaction.
        before: Those that are not in *after* are deleted.
        after: Those that are not in *before* are stored.
    """
    after = list(after)
    keys, known = {incident.key for incident in after}, set(before)
    for incident in known:
        if incident.key not in keys:
            change(db, _FORGET, asdict(incident.key))
    change_each(db, _SAVE, [_values(incident) for incident in after if incident not in known])


def struggling(db: Reader, overdue: datetime) -> list[Struggling]:
    """Return the destinations that failed to take something, or have something that was due before *overdue*."""
    found = rows(db, _STRUGGLING, {"overdue": stored(overdue)})
    return [Struggling(**row | {"since": moment(row["since"])}) for row in found]


def given_up(db: Reader) -> list[GivenUp]:
    """Return the destinations for which deliveries are dead, by name."""
    return [GivenUp(**row | {"reason": reason_from(row["reason"])}) for row in rows(db, _GIVEN_UP)]


def last_heartbeat(db: Reader) -> datetime | None:
    """Return when "still here" was last said; None: never."""
    row = first(db, _LAST_BEAT)
    return moment(row["at"]) if row else None


def counts_since(db: Reader, since: datetime | None) -> tuple[int, int]:
    """Return how many hits were found, and how many messages about hits sent, after *since*."""
    values = {"since": stored(since)}
    return rows(db, _HITS_SINCE, values)[0]["number"], rows(db, _SENT_SINCE, values)[0]["number"]


def _values(incident: Incident) -> Values:
    return asdict(incident.key) | {
        "category": incident.category,
        "title": incident.title,
        "recovery": incident.over,
        "cause": incident.cause,
        "remedy": incident.remedy,
        "since": stored(incident.since),
        "notified_at": stored(incident.told_at),
        "ended_at": stored(incident.ended_at),
        "covered": incident.covered,
    }


def _incident(row: Row) -> Incident:
    return Incident(
        key=IncidentKey(IncidentKind(row["kind"]), row["subject"], row["number"]),
        category=row["category"],
        title=row["title"],
        over=row["recovery"],
        cause=row["cause"],
        remedy=row["remedy"],
        since=moment(row["since"]),
        told_at=moment(row["notified_at"]),
        ended_at=moment(row["ended_at"]),
        covered=bool(row["covered"]),
    )
