"""Store incidents, so that a restart neither forgets them nor reports them again; and read counts for the heartbeat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from monitor.model import Incident, IncidentKey, IncidentKind, Reason
from monitor.store.db.statements import Reader, Row, Values, Writer, change, change_each, first, moment, rows, stored
from monitor.store.db.stored_reasons import reason_from

_LOAD = "SELECT * FROM incidents ORDER BY since, kind, subject, number"
_DELETE = "DELETE FROM incidents WHERE kind = :kind AND subject = :subject AND number = :number"

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

# a delivery that has failed before has a cause, even while it is in flight; one that no send has started is overdue
_FAILING = """
SELECT destination, count(*) AS number, min(coalesce(first_attempt_at, due_at)) AS since, max(cause) AS cause
FROM (
    SELECT * FROM deliveries WHERE state IN ('open', 'pending') AND (state = 'pending' OR due_at < :overdue)
    UNION ALL
    SELECT * FROM deliveries WHERE state = 'in flight')
WHERE state = 'open' OR cause <> ''
GROUP BY destination ORDER BY destination
"""

# beside max(), a bare column is that of the row with the highest (https://sqlite.org/lang_select.html#bareagg)
_DEAD = """
SELECT destination, count(*) AS number, max(id) AS newest, end_reason AS reason
FROM deliveries WHERE state = 'dead' GROUP BY destination ORDER BY destination
"""

_LAST_HEARTBEAT = "SELECT max(created_at) AS at FROM deliveries WHERE kind = 'heartbeat'"
_HITS_SINCE = "SELECT count(*) AS number FROM hits WHERE canary = 0 AND (:since IS NULL OR seen_at > :since)"
_SENT_SINCE = """
SELECT count(*) AS number FROM deliveries
WHERE state = 'sent' AND kind NOT IN ('health', 'heartbeat', 'canary') AND (:since IS NULL OR sent_at > :since)
"""


@dataclass(frozen=True, slots=True)
class FailingDestination:
    """A destination that does not accept deliveries, with the number of deliveries that wait for it."""

    destination: str
    number: int  # how many deliveries
    since: datetime  # time of the first attempt, or due time if there was no attempt
    cause: str  # why the last attempt failed; empty: there was none


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """The dead letters of one destination: deliveries that were given up."""

    destination: str
    number: int  # how many deliveries
    newest: int  # id of the newest dead delivery
    reason: Reason  # why the newest one is dead


def load_incidents(db: Reader) -> dict[IncidentKey, Incident]:
    """Return, by key, the incidents that continue, and those whose end has not been reported; the oldest first."""
    found = (_incident(row) for row in rows(db, _LOAD))
    return {incident.key: incident for incident in found}


def save_incidents(db: Writer, before: Iterable[Incident], after: Iterable[Incident]) -> None:
    """Replace the stored incidents *before* by the incidents *after*.

    Args:
        db: The writing connection, in a transaction.
        before: The incidents as they were loaded; those that are not in *after* are deleted.
        after: The incidents to keep; those that differ from *before* are stored.
    """
    after = list(after)
    keys, known = {incident.key for incident in after}, set(before)
    for incident in known:
        if incident.key not in keys:
            change(db, _DELETE, asdict(incident.key))
    change_each(db, _SAVE, [_values(incident) for incident in after if incident not in known])


def failing_destinations(db: Reader, overdue: datetime) -> list[FailingDestination]:
    """Return the destinations that have a failed delivery, or a delivery due before *overdue*, ordered by name."""
    found = rows(db, _FAILING, {"overdue": stored(overdue)})
    return [FailingDestination(**row | {"since": moment(row["since"])}) for row in found]


def dead_letters(db: Reader) -> list[DeadLetters]:
    """Return the dead letters of each destination that has any, ordered by name."""
    return [DeadLetters(**row | {"reason": reason_from(row["reason"])}) for row in rows(db, _DEAD)]


def last_heartbeat(db: Reader) -> datetime | None:
    """Return when the last heartbeat message was enqueued; None if there was none."""
    row = first(db, _LAST_HEARTBEAT)
    return moment(row["at"]) if row else None


def counts_since(db: Reader, since: datetime | None) -> tuple[int, int]:
    """Return how many hits were found after *since*, and how many messages about hits were sent after it."""
    values = {"since": stored(since)}
    return rows(db, _HITS_SINCE, values)[0]["number"], rows(db, _SENT_SINCE, values)[0]["number"]


def _values(incident: Incident) -> Values:
    return asdict(incident.key) | {
        "category": incident.category,
        "title": incident.title,
        "recovery": incident.recovery,
        "cause": incident.cause,
        "remedy": incident.remedy,
        "since": stored(incident.since),
        "notified_at": stored(incident.notified_at),
        "ended_at": stored(incident.ended_at),
        "covered": incident.notified_in_group,
    }


def _incident(row: Row) -> Incident:
    return Incident(
        key=IncidentKey(IncidentKind(row["kind"]), row["subject"], row["number"]),
        category=row["category"],
        title=row["title"],
        recovery=row["recovery"],
        cause=row["cause"],
        remedy=row["remedy"],
        since=moment(row["since"]),
        notified_at=moment(row["notified_at"]),
        ended_at=moment(row["ended_at"]),
        notified_in_group=bool(row["covered"]),
    )
