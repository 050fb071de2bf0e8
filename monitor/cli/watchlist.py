"""``monitor watchlist``: list the versions of the watchlist, and show what differs between two of them."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.options import active_database, config_option, output_options
from monitor.cli.output import Table, dump, echo, printable, write_rows
from monitor.cli.parameters import NUMBER

_VERSIONS = Table(
    ("version", "active_at", "hits", "learned_words", "hash"), "No version is stored yet: no daemon has run."
)


@click.group(name="watchlist", no_args_is_help=True)
def command() -> None:
    """List the versions of the watchlist that have been active, and show the differences between two of them."""


@command.command(name="versions")
@config_option
@click.option(
    "--limit", type=NUMBER, default=100, show_default=True, help="How many versions to list, the newest first."
)
@output_options
def versions(config_path: Path | None, limit: int, form: str | None) -> None:
    """List the versions of the watchlist that have been active, each with the number of hits that it found.

    A version is a configuration together with the words that the daemon had learned from the feeds. monitor show ID
    says which version found a hit.
    """
    from monitor.store import open_reader, watchlists

    with open_reader(active_database(config_path)) as db:
        found = watchlists.list_versions(db, limit)
    rows = [
        {
            "version": one.version,
            "active_at": one.loaded_at,
            "hits": one.hits,
            "learned_words": one.vocabulary,
            "hash": one.hash[:12] or None,
        }
        for one in found
    ]
    write_rows(rows, _VERSIONS, form)


@command.command(name="diff")
@config_option
@click.argument("before", metavar="[A]", required=False)
@click.argument("after", metavar="[B]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def diff(config_path: Path | None, before: str | None, after: str | None, as_json: bool) -> int:
    """Print what changed from A to B: actors, keywords, rules, feeds, destinations and settings.

    A and B are versions (see monitor watchlist versions), files, or "active". A is the active configuration by default,
    B the configuration file. Exit 1 if they differ.
    """
    import os

    from monitor.cli.versions import ACTIVE, named_configuration
    from monitor.config import find_config_file, find_database
    from monitor.store import database_exists, open_reader
    from monitor.watchlist import find_changes

    main = find_config_file(config_path, os.environ)
    database = find_database(main, os.environ)
    db = open_reader(database) if database_exists(database) else None
    try:
        one = named_configuration(db, before or ACTIVE)
        other = named_configuration(db, after or str(main))
    finally:
        if db is not None:
            db.close()
    changes = find_changes(one.config, other.config)
    if as_json:
        rows = [{"kind": c.kind, "name": c.name or None, "change": c.words} for c in changes]
        click.echo(dump({"before": one.title, "after": other.title, "changes": rows}, indent=2))
    elif changes:
        echo(f"From {printable(one.title)} to {printable(other.title)}:")
        for change in changes:
            echo(f"  {printable(str(change))}")
    else:
        echo(f"No differences between {printable(one.title)} and {printable(other.title)}.")
    return 1 if changes else 0
