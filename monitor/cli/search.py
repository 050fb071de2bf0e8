"""``monitor search``: entries by the words in them, hits or not."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.options import age_moment, config_option, json_options, load_config
from monitor.cli.output import write_csv, write_rows

COLUMNS = ("hit", "seen_at", "outlet", "title", "excerpt")
ALL_COLUMNS = (
    *("hit", "seen_at", "published_at", "severity", "title", "link", "feed", "outlet", "story", "triage"),
    "excerpt",
)


@click.command(name="search")
@config_option
@click.argument("text", metavar="TEXT...", nargs=-1, required=True)
@click.option("--since", metavar="AGE", help='Seen in the last "30m", "12h", "7d".')
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with all columns.")
@json_options
def command(
    config_path: Path | None,
    text: tuple[str, ...],
    since: str | None,
    limit: int,
    as_csv: bool,
    as_json: bool,
    ndjson: bool,
) -> None:
    """List the entries, hits or not, whose text holds all words of TEXT, the newest first.

    'launder*' finds every ending, '"north korea"' words that follow each other. The number of a hit is what
    monitor show takes.
    """
    from monitor.store import open_reader, search

    config = load_config(config_path)
    terms, seen_since = search.terms_of(" ".join(text)), age_moment(since)
    db = open_reader(config.storage.path)
    try:
        rows = search.search(db, terms, since=seen_since, limit=limit)
    finally:
        db.close()
    if as_csv:
        write_csv(rows, ALL_COLUMNS)
        return
    write_rows(rows, COLUMNS, as_json=as_json, ndjson=ndjson, nothing="nothing found")
