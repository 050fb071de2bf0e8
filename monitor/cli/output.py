"""Rows for people and for scripts: a table, one JSON array, or one JSON object a line."""

from __future__ import annotations

import csv
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import click


def dump(value: Any) -> str:
    """Return *value* as one line of JSON; moments in ISO 8601, amounts as strings of plain digits."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"no JSON for {type(value).__name__}")


def write_rows(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, ndjson: bool, nothing: str
) -> None:
    """Print *rows*: all keys as JSON, or the *columns* as a table; *nothing* (to stderr) when there are none."""
    if as_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, default=_plain, indent=2))
    elif ndjson:
        for row in rows:
            click.echo(dump(row))
    elif rows:
        click.echo("\n".join(_table(rows, columns)))
    else:
        click.echo(nothing, err=True)


def write_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print *rows* as CSV (RFC 4180) with a header; lists are joined by a space.

    A cell that a spreadsheet would take for a formula begins with an apostrophe instead.
    """
    out = csv.writer(sys.stdout, lineterminator="\r\n")
    out.writerow(columns)
    out.writerows([_csv_cell(row.get(name)) for name in columns] for row in rows)


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> list[str]:
    cells = [[name.replace("_", " ").removesuffix(" at") for name in columns]]
    cells += [[_cell(row.get(name)) for name in columns] for row in rows]
    widths = [max(map(display_width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell + " " * (w - display_width(cell)) for cell, w in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    return printable(str(value)) or "-"


def printable(text: str) -> str:
    """Return *text* without what would move a terminal's cursor, change its colour or the reading direction."""
    return "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"} else " " for c in text).strip()


def display_width(text: str) -> int:
    """Return how many terminal columns *text* takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
