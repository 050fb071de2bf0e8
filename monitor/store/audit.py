"""The audit record: for every hit and every destination, whether the destination was notified, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import DeliveryKind, DeliveryState, Reason, Severity, Verdict
from monitor.store.db.statements import Reader, Row, moment, rows, stored
from monitor.store.db.stored_reasons import annotation_from, reason_from, reasons_from

# a union of three: decisions about a hit and a destination; later messages with the hit, such as an escalation;
# hits whose rules name no destination
_RECORDS = """
SELECT h.id AS hit, h.seen_at, h.severity, coalesce(v.title, e.title) AS title, r.destination, r.verdict, r.reasons,
       r.at, d.id AS delivery, coalesce(d.kind, 'alert') AS kind, d.state, d.attempts, d.sent_at, d.due_at, d.cause,
       d.end_reason, CASE WHEN r.verdict IS NULL THEN d.annotation END AS annotation
FROM (
    SELECT hit_id, destination, verdict, reasons, decided_at AS at, delivery_id FROM decisions
    UNION ALL
    SELECT c.hit_id, l.destination, NULL, '[]', l.created_at, l.id
    FROM delivery_hits c JOIN deliveries l ON l.id = c.delivery_id
    WHERE NOT EXISTS (SELECT 1 FROM decisions x WHERE x.hit_id = c.hit_id AND x.delivery_id = c.delivery_id)
    UNION ALL
    SELECT id, NULL, NULL, '[]', seen_at, NULL FROM hits
    WHERE id NOT IN (SELECT hit_id FROM decisions) AND id NOT IN (SELECT hit_id FROM delivery_hits)
) r
JOIN hits h ON h.id = r.hit_id
JOIN entries e ON e.id = h.entry_id
LEFT JOIN entry_versions v ON v.entry_id = h.entry_id AND v.version = h.version
LEFT JOIN deliveries d ON d.id = r.delivery_id
WHERE h.canary = 0 AND (:since IS NULL OR r.at >= :since) AND (:until IS NULL OR r.at <= :until)
  AND (:destination IS NULL OR r.destination = :destination)
ORDER BY r.at DESC, h.id DESC, r.destination
LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which audit records to list: those that meet every condition; a condition of None is not applied."""

    since: datetime | None = None  # decided then or later
    until: datetime | None = None  # decided then or earlier
    destination: str | None = None
    limit: int = 1000


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """What was decided about notifying one destination of one hit, and what became of the delivery."""

    hit: int
    seen_at: datetime
    severity: Severity
    title: str
    destination: str | None  # None: no matching rule names a destination
    kind: DeliveryKind
    verdict: Verdict | None  # None: a later message with the hit, without a decision of its own
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
    def notified(self) -> bool:
        """Return whether the destination has accepted a message that contains the hit."""
        return self.sent_at is not None


def list_records(db: Reader, query: AuditQuery) -> list[AuditRecord]:
    """Return the audit records that meet *query*, the newest first."""
    values = {
        "since": stored(query.since),
        "until": stored(query.until),
        "destination": query.destination,
        "limit": query.limit,
    }
    return [_record(row) for row in rows(db, _RECORDS, values)]


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
