"""Print the output of commands: tables and wrapped text for people; JSON, NDJSON and CSV for programs."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from monitor.alerts.content.neutralise import printable
from monitor.csv_text import csv_lines
from monitor.json_text import dump

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Table", "colour_wanted", "dump", "echo", "printable", "progress", "table_lines", "write_rows"]

Row = Mapping[str, Any]

GAP = 2  # columns between the columns of a table
UNLIMITED = 1_000_000  # columns, where the output is not a terminal
MAX_INDENT = 24
HANGING = 2  # columns by which the further lines of a wrapped line are indented
MIN_WIDTH = 20


@dataclass(frozen=True, slots=True)
class Table:
    """Which columns of the rows a table for people shows, and how."""

    columns: tuple[str, ...]  # keys of a row
    empty: str  # what is printed, to stderr, when there are no rows
    wide: tuple[str, ...] = ()  # columns that move to a line of their own when a row does not fit


def write_rows(rows: Iterable[Row], table: Table, form: str | None) -> int:
    """Print *rows*, and return how many there are; in the forms for programs, one at a time.

    Args:
        rows: One mapping per row, all with the same keys.
        table: Which of the keys people see.
        form: "json", "ndjson" or "csv" with all keys, as ``output_options`` gives it; None: a table.
    """
    if form is None:
        listed = list(rows)
        if listed:
            click.echo(_drawn(listed, table, output_width()), color=colour_wanted())
        else:
            click.echo(table.empty, err=True)
        return len(listed)
    number = 0

    def counted_rows() -> Iterator[Row]:
        nonlocal number
        for row in rows:
            number += 1
            yield row

    for text in _texts(counted_rows(), table, form):
        click.echo(text, nl=False)
    return number


def _texts(rows: Iterator[Row], table: Table, form: str) -> Iterator[str]:
    """Yield *rows* in the form for a program, in parts."""
    if form == "ndjson":
        yield from (f"{dump(row)}\n" for row in rows)
    elif form == "csv":
        first = next(rows, None)
        yield from csv_lines(chain([first] if first else [], rows), tuple(first or table.columns))
    else:
        separator = "["
        for row in rows:
            indented = dump(row, indent=2).replace("\n", "\n  ")  # no text in JSON contains a line break
            yield f"{separator}\n  {indented}"
            separator = ","
        yield "[]\n" if separator == "[" else "\n]\n"


def table_lines(rows: Sequence[Row], table: Table) -> list[str]:
    """Return *rows* as the lines of a table that is no wider than the terminal."""
    return _drawn(rows, table, output_width()).split("\n") if rows else []


def echo(line: str = "", *, err: bool = False) -> None:
    """Print *line*; if it is longer than the terminal is wide, wrap it between words and indent the further lines."""
    width = output_width(err=err)
    for part in line.split("\n"):
        click.echo(part if len(part) <= width // 2 else "\n".join(_wrapped(part, width)), err=err)


def _wrapped(line: str, width: int) -> Iterator[str]:
    """Yield *line* in parts of at most *width* columns; a single longer word, such as a URL, is not split."""
    from rich.cells import cell_len, chop_cells

    body = line.lstrip(" ")
    indent = min(len(line) - len(body), MAX_INDENT)
    room = max(MIN_WIDTH, width - indent - HANGING)
    start, current, left = indent, "", room + HANGING
    for word in body.split(" "):
        pieces = chop_cells(word, room) if cell_len(word) > max(room, len(word)) else [word]  # wide letters: no spaces
        for piece in pieces:
            needed = cell_len(piece) + (1 if current else 0)
            if current and needed > left:
                yield " " * start + current
                start, current, left = indent + HANGING, "", room
                needed = cell_len(piece)
            current = f"{current} {piece}" if current else piece
            left -= needed
    yield " " * start + current


def output_width(*, err: bool = False) -> int:
    """Return the width of the output in columns: COLUMNS, or that of the terminal; without either, no limit."""
    if os.environ.get("COLUMNS", "").isdigit():
        return max(MIN_WIDTH, int(os.environ["COLUMNS"]))
    stream = sys.stderr if err else sys.stdout
    if stream is None or not stream.isatty():
        return UNLIMITED
    return max(MIN_WIDTH, shutil.get_terminal_size().columns)


def colour_wanted(stream: Any = None) -> bool:
    """Return whether to print colours to *stream* (None means stdout): it is a terminal, and NO_COLOR is not set."""
    stream = stream or sys.stdout
    return stream is not None and stream.isatty() and not os.environ.get("NO_COLOR")


def _console(width: int, file: io.StringIO | None = None) -> Console:
    from rich.console import Console

    colour = colour_wanted()
    return Console(
        file=file or io.StringIO(),
        width=width,
        color_system="standard" if colour else None,
        force_terminal=colour,
        no_color=not colour,
        legacy_windows=False,
        _environ={},
    )


def _drawn(rows: Sequence[Row], table: Table, width: int) -> str:
    """Return *rows* as a table of at most *width* columns.

    If a row is wider than that, three steps follow until it fits: the columns in ``table.wide`` move below the row,
    each to a line of its own; the other columns wrap between words; further columns move below, the last one first.
    """
    from rich.cells import cell_len
    from rich.table import Table as RichTable
    from rich.text import Text

    cells = {name: [_cell(row.get(name)) for row in rows] for name in table.columns}
    heads = {name: _head(name) for name in table.columns}
    natural = {name: max(map(cell_len, (heads[name], *cells[name]))) for name in table.columns}
    least = {
        name: max(_least_width(word, cell_len(word)) for cell in (heads[name], *cells[name]) for word in cell.split())
        for name in table.columns
    }
    shown, below = list(table.columns), list[str]()

    def total(widths: Mapping[str, int]) -> int:
        return sum(widths[name] for name in shown) + GAP * (len(shown) - 1)

    if total(natural) > width:
        below = [name for name in shown if name in table.wide]
        shown = [name for name in shown if name not in table.wide]
    while len(shown) > 1 and total(least) > width:
        below.insert(0, shown.pop())
    widths = _distributed(shown, natural, least, width - GAP * (len(shown) - 1))

    def grid(lines: Iterable[Sequence[Text]]) -> str:
        drawn = RichTable.grid(padding=(0, GAP, 0, 0), pad_edge=False)
        for name in shown:
            drawn.add_column(width=widths[name], overflow="fold")
        for line in lines:
            drawn.add_row(*line)
        out = io.StringIO()
        _console(sum(widths.values()) + GAP * len(widths), out).print(drawn, crop=False)
        return "\n".join(line.rstrip() for line in out.getvalue().splitlines())

    head = grid([[Text(heads[name], "bold") for name in shown]])
    if not below:
        return "\n".join([head, grid([Text(cells[name][n]) for name in shown] for n in range(len(rows)))])
    parts = [head]
    for n in range(len(rows)):
        parts.append(grid([[Text(cells[name][n]) for name in shown]]))
        for name in below:
            if (cell := cells[name][n]) != "-":
                parts += _wrapped(f"    {heads[name]}: {cell}", width)
    return "\n".join(parts)


def _least_width(word: str, width: int) -> int:
    """Return the minimum width of a column that contains *word*; a word is only broken if it is Chinese or Japanese."""
    return min(width, 10) if width > len(word) else width


def _distributed(
    names: Sequence[str], natural: Mapping[str, int], least: Mapping[str, int], width: int
) -> dict[str, int]:
    """Return the width of each column: its minimum, plus a share of the space that is left."""
    widths = {name: least[name] for name in names}
    left = width - sum(widths.values())
    for name in sorted(names, key=lambda name: natural[name] - least[name]):
        waiting = sum(natural[other] > widths[other] for other in names)
        given = min(natural[name] - widths[name], max(0, left) // max(1, waiting))
        widths[name] += given
        left -= given
    return widths


def _head(name: str) -> str:
    return f"{name.removesuffix('_at').replace('_', ' ')}{' (UTC)' if name.endswith('_at') or name == 'until' else ''}"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    return printable(_TIME.sub(r"\1 \2", str(value))) or "-"


_TIME = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z$")  # as the store writes times


@contextmanager
def progress(label: str, total: int | None, *, prints: bool = False) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on stderr while the block runs, if stderr is a terminal; yield the function that advances it.

    Args:
        label: What the command is doing, shown before the bar.
        total: The number of steps; None if unknown.
        prints: Whether the block prints results; the bar is then hidden if stdout is the same terminal.
    """
    if not sys.stderr or not sys.stderr.isatty() or (prints and sys.stdout and sys.stdout.isatty()):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True, no_color=not colour_wanted(sys.stderr)), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.advance(task, done)
