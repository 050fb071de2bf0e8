"""One TOML file of the configuration: its text, its parsed tables, and the position of each value."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from monitor.config.document.flat_tables import FlatTables
from monitor.config.document.positions import Positions, Span, read_positions
from monitor.config.literal_secrets import STARS, masked, masked_comment
from monitor.config.schema.tables import SHORT_FORMS, known_keys
from monitor.config.settings import KeyPath
from monitor.errors import Place

MAX_SHOWN = 500  # characters; longer lines are not shown in problems
READABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IRWXO  # a file with secrets must be 0600 or 0640
HEADER = re.compile(r"\s*\[+\s*[\"']?([A-Za-z]\w*)")
HARMLESS_SECTIONS = frozenset({"actors", "keywords", "lists", "rules", "alerts", "http", "storage", "tests"})
HARMLESS_KEYS = frozenset(  # where masking never finds a secret: most of a watchlist
    (section, key) for section in ("actors", "keywords", "lists", "rules", "tests") for key in known_keys((section, 0))
)
HARMLESS_FEED_LINE = re.compile(r"\s*(every|outlet|language|tags|enabled|extend)\b")
SECRET_WORD = re.compile(r"://|url|auth|header|destination|pass|token|secret|key(?!word)|cookie", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """A TOML file as it was read. If *broken*, the file has a syntax error and *table* is empty.

    No line of a broken file that may contain a secret is shown in messages.
    """

    file: Path  # as shown in problems
    text: str
    table: dict[str, Any]
    mode: int = 0o600
    broken: bool = False
    flat_tables: FlatTables | None = None  # None: all tables are in *text* only

    @property
    def readable_by_others(self) -> bool:
        """Return whether users outside the file's group can read or write the file, or the group can write it."""
        return bool(self.mode & READABLE_BY_OTHERS)

    @cached_property
    def positions(self) -> Positions:
        """The positions of all keys and values in the file; computed when first used."""
        return read_positions(self.text, self.flat_tables)

    def place(self, path: KeyPath, *, key: bool = False) -> Place:
        """Return the location (file, line, column) of the value at *path*, or with *key*, of its key.

        If the file uses a short form such as ``lazarus = ["Lazarus"]``, *path* is still that of the full table form.
        """
        return self.at(self.positions.find(self._as_written(path), key=key))

    def point(self, row: int, column: int) -> Place:
        """Return the location of one character; *row* and *column* count from 0 and are limited to the text."""
        row = max(0, min(row, len(self._lines) - 1))
        column = max(0, min(column, len(self._lines[row])))
        return self.at(Span(row, column, row, column + 1))

    def at(self, span: Span) -> Place:
        """Return *span* as a location for messages, with its line of text, in which secrets are masked."""
        line = self._shown_line(span.row)
        if any((m.row, m.column) < (span.row, span.column) for m, _ in self._masks.get(span.row, ())):
            line = ""  # after a masked value, the columns of the line differ from those of the file
        end = span.end_column if span.end_row == span.row else len(self._lines[span.row])
        width = max(1, min(end, len(line) if line else end) - span.column)
        return Place(self.file, span.row + 1, span.column + 1, width, line)

    def _as_written(self, path: KeyPath) -> KeyPath:
        if len(path) < 3 or path[0] not in SHORT_FORMS:
            return path
        short = path[2] == SHORT_FORMS[str(path[0])] and not self.positions.has_value(path[:3])
        return path[:2] + path[3:] if short else path

    @cached_property
    def _lines(self) -> list[str]:
        return [line.removesuffix("\r") for line in self.text.split("\n")]

    @cached_property
    def _masks(self) -> dict[int, list[tuple[Span, str]]]:
        masks: list[tuple[Span, str]] = []
        for path, span in self.positions.spans_except(_is_harmless) if self.table else ():
            value = _dig(self.table, path)
            if not isinstance(value, dict | list) and (text := masked(path, value)) is not None:
                masks.append((span, f'"{text}"'))
        comments = ((span, self._lines[span.row][span.column :]) for span in self.positions.comments)
        masks += [(span, text) for span, comment in comments if (text := masked_comment(comment)) is not None]
        by_row: dict[int, list[tuple[Span, str]]] = {}
        for span, text in sorted(masks, key=lambda m: (m[0].row, m[0].column)):
            for row in range(span.row, span.end_row + 1):
                by_row.setdefault(row, []).append((span, text))
        return by_row

    def _shown_line(self, row: int) -> str:
        if len(self._lines[row]) > MAX_SHOWN or (self.broken and _may_hold_secret(self._lines, row)):
            return ""
        line = self._lines[row]
        for span, text in reversed(self._masks.get(row, [])):
            start = span.column if row == span.row else 0
            end = span.end_column if row == span.end_row else len(line)
            line = line[:start] + (text if row == span.row else STARS) + line[end:]
        return "".join(c if c.isprintable() or c == "\t" else "�" for c in line)


def _is_harmless(path: KeyPath) -> bool:
    return len(path) > 2 and (path[0], path[2]) in HARMLESS_KEYS


def _dig(table: Any, path: KeyPath) -> Any:
    for key in path:
        try:
            table = table[key]
        except (KeyError, IndexError, TypeError):
            return None
    return table


def _may_hold_secret(lines: list[str], row: int) -> bool:
    # the structure of a broken file is unknown: when in doubt, do not show the line
    line = lines[row]
    if SECRET_WORD.search(line):
        return True
    if HEADER.match(line) and "=" not in line:
        return False
    section = next((m[1] for text in reversed(lines[: row + 1]) if (m := HEADER.match(text))), "")
    if section == "feeds":
        return not HARMLESS_FEED_LINE.match(line)
    return section not in HARMLESS_SECTIONS and (bool(section) or "=" not in line)
