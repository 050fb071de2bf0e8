"""``monitor hits``: list hits, the newest first."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from monitor.cli.options import config_option, load_config_in_force, output_options
from monitor.cli.output import Table, write_rows
from monitor.cli.parameters import NUMBER, SINCE, UNTIL
from monitor.errors import UsageError

TABLE = Table(("id", "seen_at", "severity", "actors", "rules", "outlet", "title"), empty="no hits", wide=("title",))


@click.command(name="hits")
@config_option
@click.option("--since", type=SINCE, help='Seen since then: "3d", "yesterday", a date, or a date and time (UTC).')
@click.option("--until", type=UNTIL, help="Seen until then; a date includes the whole day.")
@click.option("--actor", help="That mention this actor.")
@click.option("--feed", help="From this feed.")
@click.option("--rule", help="That match this rule.")
@click.option("--severity", metavar="WORD", help="At least low, medium, high or critical.")
@click.option(
    "--triage",
    type=click.Choice(["relevant", "noise", "ack", "none"]),
    help="That were marked like this; none: not triaged yet.",
)
@click.option("--canaries", is_flag=True, help="Include the test entries of the daily pipeline check.")
@click.option("--limit", type=NUMBER, default=50, show_default=True, help="List at most this many.")
@output_options
def command(
    config_path: Path | None,
    since: datetime | None,
    until: datetime | None,
    actor: str | None,
    feed: str | None,
    rule: str | None,
    severity: str | None,
    triage: str | None,
    canaries: bool,
    limit: int,
    form: str | None,
) -> None:
    """List hits, the newest first.

    --ndjson prints the texts too, as monitor match reads them.
    """
    from monitor.model import Severity
    from monitor.store import hits, open_reader

    config = load_config_in_force(config_path)
    try:
        min_severity = Severity.of(severity) if severity else None
    except ValueError as error:
        raise UsageError(f"--severity {error}") from error
    query = hits.HitQuery(
        since=since,
        until=until,
        actor=actor,
        feed=feed,
        rule=rule,
        min_severity=min_severity,
        triage=triage,
        canaries=canaries,
        limit=limit,
    )
    for what, name, known in (
        ("actor", actor, config.actors),
        ("feed", feed, config.feeds),
        ("rule", rule, config.rules),
    ):
        if name and name not in known:
            click.echo(f'{config.path} has no {what} "{name}"; searching older hits for it', err=True)
    db = open_reader(config.storage.path)
    try:
        rows = hits.list_hits(db, query, with_texts=form == "ndjson")
    finally:
        db.close()
    write_rows(rows, TABLE, form)
