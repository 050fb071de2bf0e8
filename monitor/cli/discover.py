"""``monitor feeds --discover URL``: the feeds of a site, and their last entries, to choose from."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.output import printable, write_rows
from monitor.cli.web_text import HTTP, fetcher_for
from monitor.errors import FeedError

if TYPE_CHECKING:
    from monitor.feeds.discovery import Discovered
    from monitor.model import ParsedEntry

LAST = 5  # entries of each feed that are shown
_OLDEST = datetime.min.replace(tzinfo=UTC)


def show_feeds_of(url: str, *, as_json: bool, ndjson: bool) -> int:
    """Print the feeds of the site at *url*; return 1 when it has none that can be read."""
    if not url.startswith(HTTP):
        url = f"https://{url}"
    try:
        found, failed = asyncio.run(_discover(url))
    except FeedError as error:
        click.echo(f"{url}: {error}", err=True)
        return 1
    for failure in failed:
        click.echo(str(failure), err=True)
    rows = [_row(one) for one in found]
    nothing = f"{url} names no feed, and there is none at the usual addresses"
    if as_json or ndjson:
        write_rows(rows, (), as_json=as_json, ndjson=ndjson, nothing=nothing)
    elif rows:
        click.echo("\n\n".join("\n".join(_lines(row)) for row in rows))
    elif not failed:
        click.echo(nothing, err=True)
    return 0 if found else 1


async def _discover(url: str) -> tuple[list[Discovered], list[FeedError]]:
    from monitor.feeds.discovery import discover
    from monitor.feeds.parse.workers import ParserPool

    pool = ParserPool()
    try:
        async with fetcher_for(url) as fetcher:
            return await discover(url, fetcher, pool)
    finally:
        await pool.close()


def _row(one: Discovered) -> dict[str, Any]:
    feed = one.feed
    return {
        "url": one.url,
        "title": feed.title,
        "format": feed.format,
        "language": feed.language or None,
        "entries": len(feed.entries),
        "newest_at": max(filter(None, map(_moment, feed.entries)), default=None),
        "last": [
            {"published": _moment(entry), "title": entry.text.title, "link": entry.link}
            for entry in _last(feed.entries)
        ],
    }


def _last(entries: Sequence[ParsedEntry]) -> Iterable[ParsedEntry]:
    """Return the newest entries; those without a date in the document's order, after all others."""
    return sorted(entries, key=lambda entry: _moment(entry) or _OLDEST, reverse=True)[:LAST]


def _moment(entry: ParsedEntry) -> datetime | None:
    return entry.published_at or entry.updated_at


def _lines(row: dict[str, Any]) -> Iterable[str]:
    yield printable(row["url"])
    about = [row["title"], row["format"], f"{row['entries']} entries", row["language"]]
    yield f"  {printable(', '.join(filter(None, about)))}"
    for entry in row["last"]:
        at = f"{entry['published']:%Y-%m-%d %H:%M}" if entry["published"] else "-"
        yield f"  {at:16}  {printable(entry['title'])}"
