"""The audit record: for every hit and every destination, whether the destination was notified, when and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.model import DeliveryKind, DeliveryState, Reason, Severity, Verdict
from monitor.store.db.statements import Reader, Row, explain_errors, moment, rows, stored
from monitor.store.db.stored_reasons import annotation_from, reason_from, reasons_from

# the decision about each hit and destination
_DECISIONS = """
SELECT s.hit_id, s.destination, s.verdict, s.reasons, s.decided_at AS at, s.delivery_id
FROM decisions s CROSS JOIN hits h ON h.id = s.hit_id AND h.canary = 0
WHERE s.decided_at >= :since AND s.decided_at <= :until{destination}
ORDER BY s.decided_at DESC, s.hit_id DESC, s.destination LIMIT :limit
"""
# later messages with the hit, such as an escalation
_LATER = """
SELECT c.hit_id, l.destination, NULL AS verdict, '[]' AS reasons, l.created_at AS at, l.id AS delivery_id
FROM deliveries l INDEXED BY deliveries_created
CROSS JOIN delivery_hits c ON c.delivery_id = l.id
CROSS JOIN hits h ON h.id = c.hit_id AND h.canary = 0
WHERE l.created_at >= :from AND l.created_at <= :until AND (:destination IS NULL OR l.destination = :destination)
  AND NOT EXISTS (
    SELECT 1 FROM decisions x
    WHERE x.hit_id = c.hit_id AND x.destination = l.destination AND x.delivery_id = c.delivery_id)
ORDER BY l.created_at DESC, c.hit_id DESC, l.destination LIMIT :limit
"""
_IS_UNNAMED = """
(:destination IS NULL OR d.value = :destination)
  AND NOT EXISTS (SELECT 1 FROM decisions x WHERE x.hit_id = h.id AND x.destination = d.value)
  AND NOT EXISTS (
    SELECT 1 FROM delivery_hits c JOIN deliveries l ON l.id = c.delivery_id
    WHERE c.hit_id = h.id AND l.destination = d.value)
"""
# hits and destinations that no matching rule names: of the newest hits that have such a destination
_UNNAMED = f"""
SELECT h.id AS hit_id, d.value AS destination, NULL AS verdict, '[]' AS reasons, h.seen_at AS at, NULL AS delivery_id
FROM (
    SELECT h.id, h.seen_at FROM hits h
    WHERE h.canary = 0 AND h.seen_at >= :from AND h.seen_at <= :until
      AND EXISTS (SELECT 1 FROM json_each(:destinations) d WHERE {_IS_UNNAMED})
    ORDER BY h.seen_at DESC, h.id DESC LIMIT :limit) h
CROSS JOIN json_each(:destinations) d
WHERE {_IS_UNNAMED}
ORDER BY h.seen_at DESC, h.id DESC, d.value LIMIT :limit
"""  # noqa: S608 - constants
# hits whose rules name no destination, if none is configured either
_UNDECIDED = """
SELECT h.id AS hit_id, NULL AS destination, NULL AS verdict, '[]' AS reasons, h.seen_at AS at, NULL AS delivery_id
FROM hits h
WHERE h.canary = 0 AND h.seen_at >= :from AND h.seen_at <= :until
  AND :destination IS NULL AND json_array_length(:destinations) = 0
  AND NOT EXISTS (SELECT 1 FROM decisions x WHERE x.hit_id = h.id)
  AND NOT EXISTS (SELECT 1 FROM delivery_hits x WHERE x.hit_id = h.id)
ORDER BY h.seen_at DESC, h.id DESC LIMIT :limit
"""
_RECORDS = f"""
SELECT h.id AS hit, h.seen_at, h.severity, coalesce(v.title, e.title) AS title, r.destination, r.verdict, r.reasons,
       r.at, d.id AS delivery, coalesce(d.kind, 'alert') AS kind, d.state, d.attempts, d.sent_at, d.due_at, d.cause,
       d.end_reason, CASE WHEN r.verdict IS NULL THEN d.annotation END AS annotation
FROM (
    SELECT * FROM (
        SELECT * FROM ({_DECISIONS}) UNION ALL SELECT * FROM ({_LATER})
        UNION ALL SELECT * FROM ({_UNNAMED}) UNION ALL SELECT * FROM ({_UNDECIDED}))
    ORDER BY at DESC, hit_id DESC, destination LIMIT :limit) r
CROSS JOIN hits h ON h.id = r.hit_id
CROSS JOIN entries e ON e.id = h.entry_id
LEFT JOIN entry_versions v ON v.entry_id = h.entry_id AND v.version = h.version
LEFT JOIN deliveries d ON d.id = r.delivery_id
ORDER BY r.at DESC, h.id DESC, r.destination
"""  # noqa: S608 - constants
_OF_DESTINATION = " AND s.destination = :destination"
# the oldest decision that is listed: an older message or hit is not among the newest records
_OLDEST_DECISION = f"SELECT count(*) AS number, min(at) AS at FROM ({_DECISIONS})"  # noqa: S608 - constants
_NEWEST = "9"  # after every moment


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which audit records to list: those that meet every condition; a condition of None is not applied."""

    since: datetime | None = None  # decided then or later
    until: datetime | None = None  # decided then or earlier
    destination: str | None = None
    limit: int | None = 1000  # None: all
    destinations: tuple[
        str, ...
    ] = ()  # the configured ones: each has a record of each hit, whether a rule names it or not


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """What was decided about notifying one destination of one hit, and what became of the delivery."""

    hit: int
    seen_at: datetime
    severity: Severity
    title: str
    destination: str | None  # None: no matching rule names a destination, and none is configured
    kind: DeliveryKind
    verdict: Verdict | None  # None: no matching rule names the destination, or it is a later message with the hit
    reasons: tuple[Reason, ...]  # of the decision, or of that later message
    decided_at: datetime
    delivery: int | None  # None: there is none, because the notification was suppressed
    state: DeliveryState | None  # of the delivery, as are all fields below
    attempts: int
    due_at: datetime | None
    sent_at: datetime | None  # None: not notified, or not yet
    cause: str  # of the last failed attempt
    end_reason: Reason | None  # why the delivery is dead or was dropped

    @property
    def is_named(self) -> bool:
        """Return whether a matching rule names the destination, or a later message with the hit went to it."""
        return self.verdict is not None or self.delivery is not None

    @property
    def notified(self) -> bool:
        """Return whether the destination has accepted a message that contains the hit."""
        return self.sent_at is not None


def list_records(db: Reader, query: AuditQuery) -> list[AuditRecord]:
    """Return the records that meet *query*, the newest first."""
    return [*records(db, query)]


def records(db: Reader, query: AuditQuery) -> Iterator[AuditRecord]:
    """Yield the records that meet *query*, the newest first, one at a time; read them all before anything else."""
    destination = _OF_DESTINATION if query.destination else ""
    values: Row = {
        "since": stored(query.since) or "",
        "until": stored(query.until) or _NEWEST,
        "destination": query.destination,
        "destinations": json.dumps(query.destinations),
        "limit": -1 if query.limit is None else query.limit,  # SQLite: a negative limit is none
    }
    values["from"] = values["since"]
    if query.limit is not None:
        oldest = rows(db, _OLDEST_DECISION.replace("{destination}", destination), values)[0]
        values["from"] = oldest["at"] if oldest["number"] >= query.limit else values["since"]
    with explain_errors(db.path):
        yield from map(_record, db.query(_RECORDS.replace("{destination}", destination), values))


def _record(row: Row) -> AuditRecord:
    return AuditRecord(
        hit=row["hit"],
        seen_at=moment(row["seen_at"]),
        severity=Severity(row["severity"]),
        title=row["title"],
        destination=row["destination"],
        kind=DeliveryKind(row["kind"]),
        verdict=Verdict(row["verdict"]) if row["verdict"] else None,
        reasons=reasons_from(row["reasons"]) or annotation_from(row["annotation"]).reasons,
        decided_at=moment(row["at"]),
        delivery=row["delivery"],
        state=DeliveryState(row["state"]) if row["state"] else None,
        attempts=row["attempts"] or 0,
        due_at=moment(row["due_at"]),
        sent_at=moment(row["sent_at"]),
        cause=row["cause"] or "",
        end_reason=reason_from(row["end_reason"]),
    )
