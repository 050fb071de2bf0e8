"""``monitor hits``: what was found, the newest first."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.options import age_moment, config_option, json_options, load_config
from monitor.cli.output import write_csv, write_rows
from monitor.errors import UsageError

COLUMNS = ("id", "seen_at", "severity", "actors", "rules", "outlet", "title")
ALL_COLUMNS = (
    *("id", "seen_at", "published_at", "severity", "title", "link", "feed", "outlet"),
    *("actors", "keywords", "rules", "story", "triage"),
)


@click.command(name="hits")
@config_option
@click.option("--since", metavar="AGE", help='Seen in the last "30m", "12h", "7d".')
@click.option("--actor", help="That mention this actor.")
@click.option("--feed", help="Of this feed.")
@click.option("--rule", help="That satisfied this rule.")
@click.option("--severity", metavar="WORD", help="At least low, medium, high or critical.")
@click.option(
    "--triage",
    type=click.Choice(["relevant", "noise", "ack", "none"]),
    help="That somebody has called so; none: nobody has looked at it.",
)
@click.option("--canaries", is_flag=True, help="Also the invented ones that prove that the line works.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with all columns.")
@json_options
def command(
    config_path: Path | None,
    since: str | None,
    actor: str | None,
    feed: str | None,
    rule: str | None,
    severity: str | None,
    triage: str | None,
    canaries: bool,
    limit: int,
    as_csv: bool,
    as_json: bool,
    ndjson: bool,
) -> None:
    """List what was found, the newest first."""
    from monitor.model import Severity
    from monitor.store import hits, open_reader

    config = load_config(config_path)
    try:
        query = hits.HitQuery(
            since=age_moment(since),
            actor=actor,
            feed=feed,
            rule=rule,
            min_severity=Severity.of(severity) if severity else None,
            triage=triage,
            canaries=canaries,
            limit=limit,
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    for what, name, known in (
        ("actor", actor, config.actors),
        ("feed", feed, config.feeds),
        ("rule", rule, config.rules),
    ):
        if name and name not in known:
            click.echo(f'no {what} called "{name}" in {config.path}; looking for older hits of it', err=True)
    db = open_reader(config.storage.path)
    try:
        rows = hits.list_hits(db, query)
    finally:
        db.close()
    if as_csv:
        write_csv(rows, ALL_COLUMNS)
        return
    write_rows(rows, COLUMNS, as_json=as_json, ndjson=ndjson, nothing="no hits")
