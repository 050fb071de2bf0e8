"""``monitor deliveries``: the audit record, for every hit and destination whether it was notified, when and why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import config_option, load_active_config, output_options
from monitor.cli.output import Table, write_rows
from monitor.cli.parameters import NUMBER, SINCE, UNTIL

if TYPE_CHECKING:
    from monitor.store.audit import AuditRecord

TABLE = Table(
    ("decided_at", "hit", "severity", "destination", "notified", "sent_at", "reason", "title"),
    empty="no decisions in this period",
    wide=("reason", "title"),
)


@click.command(name="deliveries")
@config_option
@click.option("--since", type=SINCE, help='Decided since then: "3d", "yesterday", a date, or a date and time (UTC).')
@click.option("--until", type=UNTIL, help="Decided until then; a date includes the whole day.")
@click.option("--destination", help="Only decisions about this destination.")
@click.option("--limit", type=NUMBER, default=1000, show_default=True, help="List at most this many.")
@output_options
def command(
    config_path: Path | None,
    since: datetime | None,
    until: datetime | None,
    destination: str | None,
    limit: int,
    form: str | None,
) -> None:
    """Print the audit record, the newest decision first.

    It has a row for every hit and every destination: whether the destination was notified, when and why, or why not.
    """
    from monitor.store import audit, open_reader

    query = audit.AuditQuery(since, until, destination, limit)
    db = open_reader(load_active_config(config_path).storage.path)
    try:
        records = audit.list_records(db, query)
    finally:
        db.close()
    write_rows([_row(record) for record in records], TABLE, form)


def _row(record: AuditRecord) -> dict[str, Any]:
    return {
        "hit": record.hit,
        "seen_at": record.seen_at,
        "severity": record.severity.word,
        "title": record.title,
        "destination": record.destination,
        "kind": str(record.kind),
        "notified": "yes" if record.notified else "no",
        "decision": str(record.verdict) if record.verdict else None,
        "reason": _reason(record),
        "decided_at": record.decided_at,
        "delivery": record.delivery,
        "state": str(record.state) if record.state else None,
        "attempts": record.attempts,
        "due_at": record.due_at,
        "sent_at": record.sent_at,
    }


def _reason(record: AuditRecord) -> str:
    """Return why the destination was notified or not, and what has prevented the delivery so far."""
    from monitor import clock
    from monitor.alerts.content.reason_wording import reason_text, reasons_text

    if record.destination is None:
        return "no matching rule names a destination"
    words = [reasons_text(record.reasons, zone=UTC, now=clock.now())]
    if record.delivery and not record.notified:
        ended = reason_text(record.end_reason, zone=UTC, now=clock.now()) if record.end_reason else ""
        words += [f"delivery {record.delivery} is {record.state}", ended or record.cause]
    return "; ".join(filter(None, words))
