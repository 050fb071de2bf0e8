"""``monitor deliveries``: print the audit record, which says for every hit and destination whether it was notified."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from monitor.cli.options import config_option, load_active_config, output_options
from monitor.cli.output import Table, write_rows
from monitor.cli.parameters import NUMBER, SINCE, UNTIL

TABLE = Table(
    ("decided_at", "hit", "severity", "destination", "notified", "sent_at", "reason", "title"),
    empty="no decisions in this period",
    wide=("reason", "title"),
)


@click.command(name="deliveries")
@config_option
@click.option(
    "--since", type=SINCE, help='Only decisions since TIME: "3d", "yesterday", a date, or a date and time (UTC).'
)
@click.option("--until", type=UNTIL, help="Only decisions until TIME; a date includes the whole day.")
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

    The record has a row for every hit and every destination: whether the destination was notified, when and why, or why
    not.
    """
    from monitor import clock
    from monitor.pipeline.audit_rows import audit_row
    from monitor.store import audit, open_reader

    query = audit.AuditQuery(since, until, destination, limit)
    db = open_reader(load_active_config(config_path).storage.path)
    try:
        records = audit.list_records(db, query)
    finally:
        db.close()
    write_rows([audit_row(record, clock.now()) for record in records], TABLE, form)
