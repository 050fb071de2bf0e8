"""``monitor deliveries``: print the audit record, which says for every hit and destination whether it was notified."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from monitor.cli.options import config_option, load_active_config, output_options
from monitor.cli.output import Table, echo, write_rows
from monitor.cli.parameters import NUMBER, SINCE, UNTIL

TABLE = Table(
    ("decided_at", "hit", "severity", "destination", "notified", "sent_at", "reason", "title"),
    empty="no decisions in this period",
    wide=("reason", "title"),
)
SHOWN = 1000  # rows of a table


@click.command(name="deliveries")
@config_option
@click.option(
    "--since", type=SINCE, help='Only decisions since TIME: "3d", "yesterday", a date, or a date and time (UTC).'
)
@click.option("--until", type=UNTIL, help="Only decisions until TIME; a date includes the whole day.")
@click.option("--destination", help="Only decisions about this destination.")
@click.option("--limit", type=NUMBER, help=f"List at most this many. Default: {SHOWN} in a table, else all.")
@output_options
def command(
    config_path: Path | None,
    since: datetime | None,
    until: datetime | None,
    destination: str | None,
    limit: int | None,
    form: str | None,
) -> None:
    """Print the audit record, the newest decision first.

    The record has a row for every hit and every destination: whether the destination was notified, when and why, or why
    not.
    """
    from monitor import clock
    from monitor.pipeline.audit_rows import audit_row
    from monitor.store import audit, open_reader

    config = load_active_config(config_path)
    at_most = limit or (SHOWN if form is None else None)
    query = audit.AuditQuery(since, until, destination, at_most, tuple(sorted(config.destinations)))
    with closing(open_reader(config.storage.path)) as db:
        rows = (audit_row(record, clock.now()) for record in audit.records(db, query))
        written = write_rows(rows, TABLE, form)
    if written == at_most and limit is None:
        echo(f"the newest {SHOWN} are listed; --limit, --since and --until list others, --csv and --json all", err=True)
