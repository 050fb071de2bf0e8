"""Rows of the audit record (what each destination was notified of, and why) for the command line and the web page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from monitor.alerts.content.reason_wording import reason_text, reasons_text
from monitor.store.audit import AuditRecord


def audit_row(record: AuditRecord, now: datetime) -> dict[str, Any]:
    """Return one audit record as the dictionary that ``monitor deliveries`` prints.

    Args:
        record: What was decided, and has happened since, for one hit and one destination.
        now: The current time; times of another year are written with the year.
    """
    return {
        "hit": record.hit,
        "seen_at": record.seen_at,
        "severity": record.severity.word,
        "title": record.title,
        "destination": record.destination,
        "kind": str(record.kind),
        "notified": "yes" if record.notified else "no",
        "decision": str(record.verdict) if record.verdict else None,
        "reason": _reason(record, now),
        "decided_at": record.decided_at,
        "delivery": record.delivery,
        "state": str(record.state) if record.state else None,
        "attempts": record.attempts,
        "due_at": record.due_at,
        "sent_at": record.sent_at,
    }


def _reason(record: AuditRecord, now: datetime) -> str:
    """Return, in words, why the destination was notified of the hit or not, and why the delivery is not sent yet."""
    if record.destination is None:
        return "no matching rule names a destination"
    if not record.is_named:
        return "no matching rule sends to this destination"
    words = [reasons_text(record.reasons, zone=UTC, now=now)]
    if record.delivery and not record.notified:
        ended = reason_text(record.end_reason, zone=UTC, now=now) if record.end_reason else ""
        words += [f"delivery {record.delivery} is {record.state}", ended or record.cause]
    return "; ".join(filter(None, words))
