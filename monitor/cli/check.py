"""``monitor check``: list all problems of a configuration, each with file, line and how to fix it."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import address_problems, config_option, lacks_contact, problems_of, require_contact
from monitor.cli.output import progress
from monitor.errors import FeedError, FeedState, Problem
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.config import Config

SHOWN_ENTRIES = 3  # entries of a web page that are shown, so that the user can check its selectors


@click.command(name="check")
@config_option
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--online", is_flag=True, help="Also fetch and parse each feed once; nothing is stored.")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@click.option("--json", "form", flag_value="json", help="Print one JSON array.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    help="Output format. github: GitHub workflow annotations; sarif: SARIF 2.1.0, for code scanning.",
)
def command(config_path: Path | None, file: Path | None, online: bool, strict: bool, form: str | None) -> int:
    """List the problems of a configuration. Exit 0 if there are no errors, 1 if there are.

    With --strict, also exit 1 if there are warnings.
    """
    from monitor.config import find_config_file

    path = find_config_file(file or config_path, os.environ)
    config, problems = check_configuration(path)
    rows: list[dict[str, Any]] = []
    if form == "json":
        rows += [problem_row(p) for p in problems]
    elif form != "sarif":
        for problem in problems:
            click.echo(github_annotation(problem) if form == "github" else str(problem))
    down = 0
    if online and config is not None:
        require_contact(config)  # no site is polled without a contact; the problem was reported above
        for row in asyncio.run(_fetch_all(config)):
            down += row["state"] != FeedState.OK
            rows.append(row)
            if form in (None, "text", "github"):
                click.echo(_feed_line(row))
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    if form == "sarif":
        from monitor.cli.sarif import sarif_log

        down_rows = [(str(path), _feed_line(row)) for row in rows if row["state"] != FeedState.OK]
        click.echo(json.dumps(sarif_log(problems, down_rows), ensure_ascii=False, indent=2))
    errors = sum(p.level == "error" for p in problems)
    warnings = len(problems) - errors
    click.echo(_summary(path, config, errors, warnings), err=True)
    return 1 if errors or down or (strict and warnings) else 0


def check_configuration(path: Path) -> tuple[Config | None, tuple[Problem, ...]]:
    """Return the configuration at *path*, or None if it cannot be loaded, and all of its problems.

    The problems include those that only ``monitor run`` checks otherwise, such as addresses that Apprise cannot use.
    """
    from monitor.config import load

    config, problems = problems_of(path)
    partial = config or load(path, environ=os.environ).partial
    if partial is None:
        return None, problems
    found = [*address_problems(partial)]
    if lacks_contact(partial) and not any(
        p.place == partial.place("http", "contact") for p in problems if p.level == "error"
    ):
        message = "[http] contact is missing; it tells the operators of the polled sites who polls them"
        hint = 'add contact = "you@example.org" to [http]; run and once require it'
        found.append(Problem("error", partial.place("http"), message, hint))
    return config, (*problems, *found)


def problem_row(problem: Problem) -> dict[str, Any]:
    """Return *problem* as the object that ``check --json`` prints."""
    place = problem.place
    return {
        "level": problem.level,
        "file": str(place.file),
        "line": place.line,
        "column": place.column,
        "message": problem.message,
        "hint": problem.hint,
    }


def github_annotation(problem: Problem) -> str:
    """Return *problem* as a GitHub Actions workflow command, so that a pull request shows it at its line.

    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    place = problem.place
    text = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    file = _escaped(str(place.file)).replace(":", "%3A").replace(",", "%2C")
    end = place.column + max(1, place.width) - 1
    return f"::{problem.level} file={file},line={place.line},col={place.column},endColumn={end}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _summary(path: Path, config: Config | None, errors: int, warnings: int) -> str:
    found = f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
    if config is None:
        return f"{path}: {found}"
    return (
        f"{path}: {found}; {counted(len(config.feeds), 'feed')}, {counted(len(config.actors), 'actor')}, "
        f"{counted(len(config.rules), 'rule')}, {counted(len(config.destinations), 'destination')}"
    )


async def _fetch_all(config: Config) -> list[dict[str, Any]]:
    from monitor import clock
    from monitor.daemon.poller import user_agent
    from monitor.feeds.http.fetch import Fetcher, FetchSettings
    from monitor.feeds.parse.workers import ParserPool
    from monitor.model import Feed, FeedRecord
    from monitor.redaction import Redactor

    pool, hide = ParserPool(), Redactor(config.secrets).redact

    async with Fetcher(
        FetchSettings(
            timeout_s=config.http.timeout_s,
            max_body=config.http.max_size,
            user_agent=user_agent(config.http.contact),
            allow_private=config.http.allow_private,
            proxy=config.http.proxy,
        ),
        clock=clock.now,
    ) as fetcher:

        async def fetch(feed: Feed, advance: Callable[[int], None]) -> dict[str, Any]:
            row: dict[str, Any] = {"feed": feed.key, "url": hide(feed.url)}
            try:
                fetched = await fetcher.fetch(feed, FeedRecord(feed.key, feed.url, clock.now()))
                parsed = await pool.parse(fetched.body or b"", fetched.content_type, fetched.url, page=feed.page)
            except FeedError as error:
                return row | {"state": error.state, "cause": hide(error.cause), "remedy": error.remedy, "entries": 0}
            finally:
                advance(1)
            # show what the selectors extract, so that the user can check them
            shown = [entry.text.title for entry in parsed.entries[:SHOWN_ENTRIES]] if feed.page else []
            row |= {"state": FeedState.OK, "cause": "", "remedy": ""}
            return row | {"entries": len(parsed.entries) or len(parsed.parts), "first": shown}

        try:
            with progress("fetching feeds", len(config.feeds)) as advance:
                return await asyncio.gather(*(fetch(feed, advance) for feed in config.feeds.values()))
        finally:
            await pool.close()


def _feed_line(row: dict[str, Any]) -> str:
    if row["state"] == FeedState.OK:
        from monitor.cli.output import printable

        titles = "".join(f"\n    {printable(title)}" for title in row["first"])
        return f"{row['feed']}: ok, {counted(row['entries'], 'entry')}{titles}"
    remedy = f"; {row['remedy']}" if row["remedy"] else ""
    return f"{row['feed']}: {row['state']}: {row['cause']}{remedy}"
