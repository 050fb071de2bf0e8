"""``monitor hits``: list hits, the newest first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from monitor.cli.hit_filters import hit_filter_options, hit_query, warn_of_misspelling
from monitor.cli.options import active_database, config_option, output_options
from monitor.cli.output import Table, write_rows
from monitor.cli.parameters import NUMBER

TABLE = Table(("id", "seen_at", "severity", "actors", "rules", "outlet", "title"), empty="no hits", wide=("title",))


@click.command(name="hits")
@config_option
@hit_filter_options
@click.option(
    "--canaries",
    is_flag=True,
    help="Include the hits of canaries, the test entries with which the monitor checks itself.",
)
@click.option("--limit", type=NUMBER, default=50, show_default=True, help="List at most this many.")
@output_options
def command(config_path: Path | None, canaries: bool, limit: int, form: str | None, **filters: Any) -> None:
    """List hits, the newest first.

    With --ndjson, also print the text of each entry, in the format that monitor match reads.
    """
    from monitor.store import hit_list, open_reader

    query = hit_query(filters, limit=limit, canaries=canaries)
    db = open_reader(active_database(config_path))
    try:
        found = hit_list.list_hits(db, query, with_texts=form == "ndjson")
    finally:
        db.close()
    fields = (*hit_list.HIT_FIELDS, *hit_list.TEXT_FIELDS) if form == "ndjson" else hit_list.HIT_FIELDS
    rows = [{name: row[name] for name in fields} for row in found]
    write_rows(rows, TABLE, form)
    if not rows:
        warn_of_misspelling(filters)
