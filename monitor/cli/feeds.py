"""``monitor feeds``: list the feeds, each with its state, the cause of a failure and what to do about it."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.options import config_option, load_active_config, output_options
from monitor.cli.output import Table, write_rows
from monitor.errors import FeedState

COLUMNS = (
    "feed",
    "state",
    "last_success_at",
    "newest_at",
    "latency",
    "hits",
    "next_due_at",
    "next_due_why",
    "cause",
    "remedy",
)
WIDE = ("next_due_why", "cause", "remedy")


@click.command(name="feeds")
@config_option
@output_options
@click.option("--discover", metavar="URL", help="Find the feeds of a site instead, and show their newest entries.")
def command(config_path: Path | None, form: str | None, discover: str | None) -> int:
    """List the feeds with their state and the cause of a failure. Exit 1 if a feed is down."""
    if discover is not None:
        from monitor.cli.discover import show_feeds_of

        return show_feeds_of(discover, form)
    return _list(config_path, form)


def _list(config_path: Path | None, form: str | None) -> int:
    from monitor.feeds.schedule.feed_health import feed_row
    from monitor.redaction import Redactor
    from monitor.store import feeds, hits, open_reader

    config = load_active_config(config_path)
    db = open_reader(config.storage.path)
    try:
        records = {record.key: record for record in feeds.load_feeds(db)}
        counts = hits.count_by_feed(db)
    finally:
        db.close()
    hide = Redactor(config.secrets).redact
    rows = [hide(feed_row(feed, records.get(key), counts.get(key, 0))) for key, feed in config.feeds.items()]
    write_rows(rows, Table(COLUMNS, empty=f"{config.path} has no feeds", wide=WIDE), form)
    return 1 if any(FeedState(row["state"]).is_down for row in rows) else 0
