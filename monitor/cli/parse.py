"""``monitor parse``: print the entries of feeds as NDJSON, parsed by the code that the daemon uses."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.output import dump, echo
from monitor.cli.web_text import HTTP, fetch
from monitor.errors import FeedError, FeedState

if TYPE_CHECKING:
    from monitor.feeds.parse.workers import ParserPool
    from monitor.model import PageSelectors, ParsedFeed


@click.command(name="parse")
@click.option(
    "--page",
    metavar="TABLE",
    help='Read a web page without a feed by CSS selectors: \'{ entry = "...", title = "a", ... }\'.',
)
@click.argument("sources", metavar="FILE...|URL", nargs=-1, required=True)
def command(sources: tuple[str, ...], page: str | None) -> int:
    """Print one line of JSON for each entry of each feed.

    If a feed cannot be read, the others are still printed, and the exit code is 1.
    """
    from monitor.config import read_page_selectors

    return asyncio.run(_parse_all(sources, read_page_selectors(page) if page else None))


async def _parse_all(sources: tuple[str, ...], page: PageSelectors | None) -> int:
    from monitor.feeds.parse.workers import ParserPool

    pool = ParserPool()
    failed = 0
    try:
        for source in sources:
            try:
                parsed = await _parse(pool, source, page)
            except FeedError as error:
                failed += 1
                echo(f"{source}: {error}", err=True)
                if len(sources) > 1:
                    click.echo(dump({"file": source, "error": str(error)}))
                continue
            for row in _rows(parsed):
                click.echo(dump(row))
    finally:
        await pool.close()
    return 1 if failed else 0


async def _parse(pool: ParserPool, source: str, page: PageSelectors | None) -> ParsedFeed:
    if source.startswith(HTTP):
        fetched = await fetch(source)
        body, content_type, url = fetched.body or b"", fetched.content_type, fetched.url
    else:
        body, content_type, url = _read(Path(source)), "", ""
    return await pool.parse(body, content_type, url, page=page)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FeedError(FeedState.UNREADABLE, error.strerror or "cannot be opened") from error


def _rows(parsed: ParsedFeed) -> list[dict[str, Any]]:
    return [
        {
            "id": entry.id,
            "link": entry.link,
            "title": entry.text.title,
            "summary": entry.text.summary,
            "content": entry.text.content,
            "author": entry.author,
            "published": entry.published_at,
            "updated": entry.updated_at,
            "feed_title": parsed.title,
        }
        for entry in parsed.entries
    ]
