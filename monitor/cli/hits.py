"""``monitor hits``: list hits, the newest first."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from monitor.cli.options import active_database, config_option, output_options
from monitor.cli.output import Table, write_rows
from monitor.cli.parameters import NUMBER, SINCE, UNTIL
from monitor.errors import UsageError

# of --json, --ndjson and --csv; ``store/hit_list.py`` reads them from the database
FIELDS = (
    *("id", "seen_at", "published_at", "severity", "title", "link", "feed", "outlet"),
    *("actors", "keywords", "rules", "story", "triage"),
)
TEXT_FIELDS = ("summary", "content")  # of --ndjson, after the others
TABLE = Table(("id", "seen_at", "severity", "actors", "rules", "outlet", "title"), empty="no hits", wide=("title",))


@click.command(name="hits")
@config_option
@click.option("--since", type=SINCE, help='Seen since then: "3d", "yesterday", a date, or a date and time (UTC).')
@click.option("--until", type=UNTIL, help="Seen until then; a date includes the whole day.")
@click.option("--actor", help="Only hits that mention this actor.")
@click.option("--feed", help="Only hits from this feed.")
@click.option("--rule", help="Only hits that match this rule.")
@click.option("--severity", metavar="WORD", help="Lowest severity to list: low, medium, high or critical.")
@click.option(
    "--triage",
    type=click.Choice(["relevant", "noise", "ack", "none"]),
    help="Only hits with this triage; none: hits not triaged yet.",
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

    --ndjson also prints the text of each entry, in the format that monitor match reads.
    """
    from monitor.model.severity import Severity
    from monitor.store import hit_list, open_reader

    try:
        min_severity = Severity.of(severity) if severity else None
    except ValueError as error:
        raise UsageError(f"--severity: {error}") from error
    query = hit_list.HitQuery(
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
    db = open_reader(active_database(config_path))
    try:
        found = hit_list.list_hits(db, query, with_texts=form == "ndjson")
    finally:
        db.close()
    fields = (*FIELDS, *TEXT_FIELDS) if form == "ndjson" else FIELDS
    rows = [{name: row[name] for name in fields} for row in found]
    write_rows(rows, TABLE, form)
    names = [f'{what} "{name}"' for what, name in (("actor", actor), ("feed", feed), ("rule", rule)) if name]
    if not rows and names:
        click.echo(f"check the spelling of {' and '.join(names)}", err=True)
