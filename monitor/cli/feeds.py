"""``monitor feeds``: list the feeds with state, cause and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import config_option, load_active_config, output_options
from monitor.cli.output import Table, write_rows
from monitor.errors import FeedState

if TYPE_CHECKING:
    from monitor.model import Feed, FeedRecord

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
    """List the feeds with their state and the cause of a failure. Exit 1 if one is down."""
    if discover is not None:
        from monitor.cli.discover import show_feeds_of

        return show_feeds_of(discover, form)
    return _list(config_path, form)


def _list(config_path: Path | None, form: str | None) -> int:
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
    rows = [hide(_row(feed, records.get(key), counts.get(key, 0))) for key, feed in config.feeds.items()]
    write_rows(rows, Table(COLUMNS, empty=f"{config.path} has no feeds", wide=WIDE), form)
    return 1 if any(FeedState(row["state"]).is_down for row in rows) else 0


def _row(feed: Feed, record: FeedRecord | None, hits: int) -> dict[str, Any]:
    from monitor.feeds.schedule.feed_health import due_reason_in_words
    from monitor.model import NEVER

    row: dict[str, Any] = {"feed": feed.key, "url": feed.url, "hits": hits}
    if record is None:
        return row | {"state": FeedState.NEW, "cause": "", "remedy": ""} | dict.fromkeys(COLUMNS[2:5])
    return row | {
        "state": record.state,
        "cause": record.cause,
        "remedy": record.remedy,
        "last_success_at": record.last_success_at,
        "last_poll_at": record.last_poll_at,
        "newest_at": record.last_new_at,
        "next_due_at": record.due_at if record.due_at < NEVER else None,
        "next_due_why": due_reason_in_words(record),
        "failures": record.failures,
        "latency_s": record.latency_s,
        "latency": f"{record.latency_s * 1000:.0f} ms" if record.latency_s is not None else None,
        "moved_to": record.taken_url or record.moved_to or None,
        "polled_url": record.address,
    }
