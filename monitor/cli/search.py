"""``monitor search``: search all stored entries, whether or not they are hits."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import click

from monitor.cli.options import config_option, load_active_config, output_options
from monitor.cli.output import Table, write_rows
from monitor.cli.parameters import NUMBER, SINCE, UNTIL

TABLE = Table(("hit", "seen_at", "outlet", "title", "excerpt"), empty="no entry found", wide=("title", "excerpt"))
_COLUMNS = (
    *("hit", "seen_at", "published_at", "severity", "title", "link", "feed", "outlet", "story", "triage"),
    "excerpt",
)


class _SearchCommand(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # "-word" excludes a word; click would take it for options, even for -c FILE
        return super().parse_args(ctx, [f" {arg}" if _EXCLUSION.match(arg) else arg for arg in args])


_EXCLUSION = re.compile(r"-[^-\s]\S")


@click.command(name="search", cls=_SearchCommand)
@config_option
@click.argument("text", metavar="TEXT...", nargs=-1, required=True)
@click.option(
    "--since", type=SINCE, help='Only entries seen since TIME: "3d", "yesterday", a date, or a date and time (UTC).'
)
@click.option("--until", type=UNTIL, help="Only entries seen until TIME; a date includes the whole day.")
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
    """List the entries that match TEXT, the newest first.

    \b
    heist mixer            entries with both words
    "north korea"          with these words next to each other (in a shell: '"north korea"')
    launder*               with a word that begins with launder
    heist OR theft         with one of the words, or both
    -market                without the word market
    feed:wire              from the feed wire
    outlet:coindesk        from outlets whose name contains coindesk
    actor:lazarus          that mention the actor lazarus
    since:3d until:today   that the monitor saw in this period

    If an entry is a hit, its number is shown; monitor show NUMBER prints more. With --ndjson,
    also print the text of each entry, in the format that monitor match reads.
    """  # noqa: D301 - click needs the escape
    from monitor import clock
    from monitor.store import open_reader, search

    config = load_active_config(config_path)
    query = search.parse_query(" ".join(text), now=clock.now()).within(since, until)
    db = open_reader(config.storage.path)
    try:
        rows = search.search(db, query, limit=limit)
    finally:
        db.close()
    if form == "ndjson":
        write_rows(rows, TABLE, form)
    else:
        write_rows([{name: row[name] for name in _COLUMNS} for row in rows], TABLE, form)
