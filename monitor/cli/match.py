"""``monitor match``: match items (NDJSON) against the watchlist; print one result for each item, in the same order."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from monitor.cli.options import config_option, load_config
from monitor.cli.output import dump, progress
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.cli.match_stories import Matched
    from monitor.model import Indicator
    from monitor.stories import ActorRelations
    from monitor.watchlist import Watchlist

Row = dict[str, Any]
Answer = tuple[Row, "Matched | None"]  # the row to print, and the item if it could be read


class ItemError(Exception):
    """Raised for a line of the input that is not an item; its text says why."""


@click.command(name="match")
@config_option
@click.option("--stories", is_flag=True, help="Also assign each item to a story.")
@click.argument("items", metavar="[FILE|-]", type=click.File("rb"), default="-")
def command(config_path: Path | None, items: IO[bytes], stories: bool) -> int:
    """Match each item against the watchlist, and print one result per item (NDJSON).

    An item is one line of JSON: {"id", "title", "summary"?, "content"?, "feed"?, ...}. If a line is not an item, its
    result has the number of the line and the error, the other lines are matched, and the exit code is 1.
    """
    from monitor.watchlist import compile_watchlist

    watchlist = compile_watchlist(load_config(config_path))
    answers: Iterable[Answer] = (_answer_or_error(watchlist, number, line) for number, line in _lines(items))
    if any(rule.surge or rule.first_in_s is not None for rule in watchlist.rules.values()):
        answers = _with_history(answers, watchlist)
    bad = 0
    for row in _with_stories(answers, watchlist.actor_relations) if stories else (row for row, _ in answers):
        bad += "error" in row
        click.echo(dump(row))
    return 1 if bad else 0


def read_items(file: Path, watchlist: Watchlist) -> list[Matched]:
    """Return the items in a file, each with its cleaned text and its judgement; lines that are no items are left out.

    Raises:
        UsageError: The file cannot be read.
    """
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    answers = (_answer_or_error(watchlist, number, line) for number, line in enumerate(lines, 1) if line.strip())
    return [item for _, item in answers if item is not None]


def _with_history(answers: Iterable[Answer], watchlist: Watchlist) -> Iterator[Answer]:
    """Yield *answers* with the rules that depend on the dated items before each, once all items have been read."""
    from monitor.cli.match_history import judge_with_history
    from monitor.pipeline.judgement_rows import judgement_row

    read = list(answers)
    judgements = iter(judge_with_history([item for _, item in read if item is not None], watchlist))
    for row, item in read:
        if item is None:
            yield row, None
        else:
            judgement = next(judgements)
            yield {"id": row["id"]} | judgement_row(judgement), (item[0], item[1], judgement)


def _lines(items: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    with progress("matching", _size(items), prints=True) as advance:
        for number, line in enumerate(items, 1):
            if line.strip():
                yield number, line
            advance(len(line))


def _size(items: IO[bytes]) -> int | None:
    """Return the size of the input in bytes, for the progress bar; None if it is a pipe."""
    try:
        status = os.fstat(items.fileno())
    except OSError:  # not a file of the operating system
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _with_stories(answers: Iterable[Answer], relations: ActorRelations) -> list[Row]:
    """Return the results in the order of the input, each item with its story; stories are formed in order of date."""
    from monitor.cli.match_stories import story_rows

    rows = list(answers)
    stories = story_rows([item for _, item in rows if item is not None], relations)
    return [row | next(stories) if item is not None else row for row, item in rows]


def _answer_or_error(watchlist: Watchlist, number: int, line: bytes) -> Answer:
    try:
        return _answer(watchlist, line)
    except ItemError as error:
        return {"id": None, "line": number, "error": str(error)}, None


def _answer(watchlist: Watchlist, line: bytes) -> Answer:
    from monitor.feeds.text.plain_text import clean_text
    from monitor.model import Text
    from monitor.pipeline.judgement_rows import judgement_row
    from monitor.watchlist import judge

    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        raise ItemError("not JSON") from None
    if not isinstance(item, dict):
        raise ItemError('not an object: an item is {"id": ..., "title": ...}')
    fields = [_field(item, name) for name in ("title", "summary", "content")]
    text = Text(*map(clean_text, fields))
    if not text.title:
        raise ItemError("no title")
    judgement = judge(watchlist, text, feed=_field(item, "feed"))
    return {"id": item.get("id")} | judgement_row(judgement), (item, text, judgement)


def _field(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ItemError(f'"{name}" is not a string')
    return value


def indicator_words(indicator: Indicator) -> str:
    """Return an indicator as ``show`` and ``explain`` print it, such as ``ETH address 0x…, in the title``."""
    what = f"{indicator.chain} {indicator.kind} " if indicator.chain else ""
    return f"{what}{indicator.value}, in the {indicator.field}"
