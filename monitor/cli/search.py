"""``monitor search``: search all stored entries, hits or not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from monitor.cli.options import config_option, load_config, output_options
from monitor.cli.output import Table, write_rows
from monitor.cli.times import NUMBER, SINCE, UNTIL

TABLE = Table(("hit", "seen_at", "outlet", "title", "excerpt"), empty="no entry found", wide=("title", "excerpt"))


@click.command(name="search")
@config_option
@click.argument("text", metavar="TEXT...", nargs=-1, required=True)
@click.option("--since", type=SINCE, help='Seen since then: "3d", "yesterday", a date, or a date and time (UTC).')
@click.option("--until", type=UNTIL, help="Seen until then; a date includes the whole day.")
@click.option("--limit", type=NUMBER, default=50, show_default=True, help="List at most this many.")
@output_options
def command(
    config_path: Path | None,
    text: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    limit: int,
    form: str | None,
) -> None:
    """List the entries that contain all words of TEXT, the newest first.

    'launder*' matches every word that begins so, '"north korea"' words that follow each other. The number of a hit
    is what monitor show takes.
    """
    from monitor.store import open_reader, search

    config = load_config(config_path)
    terms = search.terms_of(" ".join(text))
    db = open_reader(config.storage.path)
    try:
        rows = search.search(db, terms, since=since, until=until, limit=limit)
    finally:
        db.close()
    write_rows(rows, TABLE, form)
