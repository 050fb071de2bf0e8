"""``monitor test``: runs the examples in the configuration, to find mistakes in an edit before it is in force."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.explain import explained
from monitor.cli.options import config_option, load_config

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.watchlist import ExampleResult


@click.command(name="test")
@config_option
@click.argument("file", required=False, type=click.Path(path_type=Path))
def command(config_path: Path | None, file: Path | None) -> int:
    """Run the [[tests]] of the configuration. Exit 1 if one fails."""
    from monitor.config import find_config_file
    from monitor.feeds.text.plain_text import clean_text
    from monitor.watchlist import compile_watchlist, run_tests

    config = load_config(find_config_file(file or config_path, os.environ))
    tests = [replace(t, title=clean_text(t.title), summary=clean_text(t.summary)) for t in config.tests]
    results = run_tests(compile_watchlist(config), tests)
    failures = [result for result in results if not result.passed]
    for failure in failures:
        for line in _failure_lines(failure, config):
            click.echo(line)
    click.echo(f"{len(results) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


def _failure_lines(failure: ExampleResult, config: Config) -> Iterator[str]:
    at = config.place("tests", failure.test.number)
    yield f"{at.file}:{at.line}: {failure.test.title}"
    for difference in failure.differences:
        yield f"  {difference.key}: expected {difference.expected}, found {difference.found}"
    yield from (f"    {line}" for line in explained(failure.explanation, config))
