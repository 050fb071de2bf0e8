"""``monitor test``: run the examples in the configuration, to find mistakes in an edit before the daemon loads it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from monitor.cli.explain import explained
from monitor.cli.junit import TestCase, write_junit
from monitor.cli.options import config_option, load_config
from monitor.cli.output import echo, printable

if TYPE_CHECKING:
    from monitor.backtest.example_stories import StoryResult
    from monitor.config import Config, ExampleTest
    from monitor.config.settings import ExampleItem
    from monitor.watchlist import Difference

T = TypeVar("T", "ExampleTest", "ExampleItem")


@click.command(name="test")
@config_option
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--junit", type=click.Path(path_type=Path), metavar="FILE", help="Also write the results as JUnit XML.")
def command(config_path: Path | None, file: Path | None, junit: Path | None) -> int:
    """Run the [[tests]] of the configuration. Exit 1 if a test fails.

    A failed test is shown as the difference between the expected and the actual result, with an explanation.
    """
    from monitor.config import find_config_file
    from monitor.watchlist import compile_watchlist, run_tests

    config = load_config(find_config_file(file or config_path, os.environ))
    watchlist = compile_watchlist(config)
    cases = []
    for test in config.tests:
        started = time.perf_counter()
        if test.items:
            from monitor.backtest.example_stories import run_story_test

            differences, why = _story_outcome(run_story_test(config, watchlist, _cleaned(test)))
        else:
            (result,) = run_tests(watchlist, [_cleaned(test)])
            differences = result.differences
            why = [*explained(result.explanation, config)] if result.explanation else []
        case = _case(test, config, differences, why, time.perf_counter() - started)
        cases.append(case)
        if case.failure:
            echo(f"{case.file}:{case.line}: failed: {case.name}\n{case.details}")
    failed = sum(bool(case.failure) for case in cases)
    click.echo(f"{len(cases) - failed} passed, {failed} failed")
    if junit:
        write_junit(junit, cases)
    return 1 if failed else 0


def _cleaned(test: ExampleTest) -> ExampleTest:
    """Return *test* with its texts cleaned of HTML and extra white space, as the daemon cleans entries."""
    return replace(_with_clean_texts(test), items=tuple(map(_with_clean_texts, test.items)))


def _with_clean_texts(part: T) -> T:
    from monitor.feeds.text.plain_text import clean_text

    return replace(
        part, title=clean_text(part.title), summary=clean_text(part.summary), content=clean_text(part.content)
    )


def _story_outcome(result: StoryResult) -> tuple[tuple[Difference, ...], list[str]]:
    """Return the differences found in an example with several items, and a line about what became of each item."""
    lines = []
    for number, item in enumerate(result.items, 1):
        hit = f"hit of {', '.join(item.rules)}" if item.rules else "no hit"
        sent = ", ".join(f"{name} at {at:%a %H:%M:%S}" for name, at in item.messages) or "no message"
        lines.append(f'item {number}, {item.at:%a %H:%M}, story {item.story}: "{printable(item.title)}": {hit}; {sent}')
    return result.differences, lines


def _case(
    test: ExampleTest, config: Config, differences: tuple[Difference, ...], why: list[str], seconds: float
) -> TestCase:
    at = config.place("tests", test.number)
    lines = [*_difference_lines(differences)] if differences else []
    lines += ["  why:", *(f"    {line}" for line in why)] if differences else []
    return TestCase(
        file=str(at.file),
        line=at.line,
        name=printable(test.title),
        seconds=seconds,
        failure="; ".join(f"{d.key}: expected {d.expected}, found {d.found}" for d in differences),
        details="\n".join(lines),
    )


def _difference_lines(differences: tuple[Difference, ...]) -> Iterator[str]:
    """Yield *differences* like a unified diff: for each key a line with the expected and one with the actual result."""
    yield "  --- expected"
    yield "  +++ found"
    width = max((len(difference.key) for difference in differences), default=0)
    for difference in differences:
        yield f"  - {difference.key:{width}} = {difference.expected}"
        yield f"  + {difference.key:{width}} = {difference.found}"
