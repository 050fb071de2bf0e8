"""``monitor check``: the mistakes of a configuration, all at once, each with its place and the way out."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import address_problems, config_option, problems_of, require_contact
from monitor.errors import FeedError, FeedState, Problem

if TYPE_CHECKING:
    from monitor.config import Config


@click.command(name="check")
@config_option
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--online", is_flag=True, help="Also fetch and read each feed once; nothing is stored.")
@click.option("--strict", is_flag=True, help="Exit 1 for a warning too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def command(config_path: Path | None, file: Path | None, online: bool, strict: bool, as_json: bool) -> int:
    """Find what is wrong with a configuration. Exit 0: no errors, 1: errors (with --strict: or warnings)."""
    from monitor.config import find_config_file

    path = find_config_file(file or config_path, os.environ)
    config, problems = problems_of(path)
    if config is not None:
        problems += address_problems(config)
    rows: list[dict[str, Any]] = []
    if as_json:
        rows += [problem_row(p) for p in problems]
    else:
        for problem in problems:
            click.echo(str(problem))
    down = 0
    if online and config is not None:
        require_contact(config)
        for row in asyncio.run(_fetch_all(config)):
            down += row["state"] != FeedState.OK
            rows.append(row)
            if not as_json:
                click.echo(_line(row))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    errors = sum(p.level == "error" for p in problems)
    warnings = len(problems) - errors
    click.echo(_verdict(path, config, errors, warnings), err=True)
    return 1 if errors or down or (strict and warnings) else 0


def problem_row(problem: Problem) -> dict[str, Any]:
    """Return *problem* with the keys that ``--json`` writes."""
    place = problem.place
    return {
        "level": problem.level,
        "file": str(place.file),
        "line": place.line,
        "column": place.column,
        "message": problem.message,
        "hint": problem.hint,
    }


def _verdict(path: Path, config: Config | None, errors: int, warnings: int) -> str:
    found = f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
    if config is None:
        return f"{path}: {found}"
    return (
        f"{path}: {found}; {_count(len(config.feeds), 'feed')}, {_count(len(config.actors), 'actor')}, "
        f"{_count(len(config.rules), 'rule')}, {_count(len(config.destinations), 'destination')}"
    )


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


async def _fetch_all(config: Config) -> list[dict[str, Any]]:
    from monitor import clock
    from monitor.daemon.poller import user_agent
    from monitor.feeds.http.fetch import Fetcher, FetchSettings
    from monitor.feeds.parse.workers import ParserPool
    from monitor.model import Feed, FeedRecord

    pool = ParserPool()

    async with Fetcher(
        FetchSettings(
            timeout_s=config.http.timeout_s,
            user_agent=user_agent(config.http.contact),
            allow_private=config.http.allow_private,
            proxy=config.http.proxy,
        ),
        clock=clock.now,
    ) as fetcher:

        async def look(feed: Feed) -> dict[str, Any]:
            row: dict[str, Any] = {"feed": feed.key, "url": feed.url}
            try:
                fetched = await fetcher.fetch(feed, FeedRecord(feed.key, feed.url, clock.now()))
                parsed = await pool.parse(fetched.body or b"", fetched.content_type, fetched.url)
            except FeedError as error:
                return row | {"state": error.state, "cause": error.cause, "remedy": error.remedy, "entries": 0}
            return row | {"state": FeedState.OK, "cause": "", "remedy": "", "entries": len(parsed.entries)}

        try:
            return await asyncio.gather(*map(look, config.feeds.values()))
        finally:
            await pool.close()


def _line(row: dict[str, Any]) -> str:
    if row["state"] == FeedState.OK:
        return f"{row['feed']}: ok, {_count(row['entries'], 'entry').replace('entrys', 'entries')}"
    remedy = f"; {row['remedy']}" if row["remedy"] else ""
    return f"{row['feed']}: {row['state']}: {row['cause']}{remedy}"
