"""``monitor feeds --discover URL``: list the feeds and pages of a site that can be polled, with the newest entries."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.output import Table, echo, printable, write_rows
from monitor.cli.web_text import HTTP, fetcher_for
from monitor.errors import FeedError
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.feeds.discovery import Discovery
    from monitor.model import ParsedEntry, ParsedFeed

NEWEST = 5  # entries of each feed that are shown
_OLDEST = datetime.min.replace(tzinfo=UTC)


def show_feeds_of(url: str, form: str | None) -> int:
    """Print the feeds of the site at *url* with their newest entries; return exit code 0, or 1 if none is readable."""
    if not url.startswith(HTTP):
        url = f"https://{url}"
    try:
        discovery = asyncio.run(_discover(url))
    except FeedError as error:
        click.echo(f"{url}: {error}", err=True)
        return 1
    from monitor.feeds.discovery import inline_table

    for failure in discovery.failed:
        click.echo(str(failure), err=True)
    rows = [
        *(_row(one.url, one.feed) for one in discovery.feeds),
        *(_row(url, one.feed) | {"page": inline_table(one.selectors)} for one in discovery.proposals),
    ]
    if discovery.proposals and not form:
        click.echo(f"{url} links to no feed; selectors for the page itself, to paste into a feed:", err=True)
    if form:
        write_rows(rows, Table((), empty=""), form)
    elif rows:
        for number, row in enumerate(rows):
            for line in [*([""] if number else []), *_lines(row)]:
                echo(line)
    elif not discovery.failed:
        nothing = "links to no feed, and there is none at the usual addresses"
        click.echo(f"{url} {nothing}; it has no sitemap with dates, and the page is not a list of articles", err=True)
    return 0 if rows else 1


async def _discover(url: str) -> Discovery:
    from monitor.feeds.discovery import discover
    from monitor.feeds.parse.workers import ParserPool

    pool = ParserPool()
    try:
        async with fetcher_for(url) as fetcher:
            return await discover(url, fetcher, pool)
    finally:
        await pool.close()


def _row(url: str, feed: ParsedFeed) -> dict[str, Any]:
    return {
        "url": url,
        "title": feed.title,
        "format": feed.format,
        "language": feed.language or None,
        "entries": len(feed.entries),
        "newest_at": max(filter(None, map(_date, feed.entries)), default=None),
        "last": [
            {"published": _date(entry), "title": entry.text.title, "link": entry.link}
            for entry in _newest(feed.entries)
        ],
    }


def _newest(entries: Sequence[ParsedEntry]) -> Iterable[ParsedEntry]:
    """Return the newest of *entries*; entries without a date come last, in the order of the document."""
    return sorted(entries, key=lambda entry: _date(entry) or _OLDEST, reverse=True)[:NEWEST]


def _date(entry: ParsedEntry) -> datetime | None:
    return entry.published_at or entry.updated_at


def _lines(row: dict[str, Any]) -> Iterable[str]:
    yield printable(row["url"])
    about = [row["title"], row["format"], counted(row["entries"], "entry"), row["language"]]
    yield f"  {printable(', '.join(filter(None, about)))}"
    if "page" in row:
        yield f"  {printable(row['page'])}"
    for entry in row["last"]:
        at = f"{entry['published']:%Y-%m-%d %H:%M}" if entry["published"] else "-"
        yield f"  {at:16}  {printable(entry['title'])}"
