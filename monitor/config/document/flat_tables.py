"""Reads the simple tables of actors, of which a large watchlist consists, much faster than a TOML parser.

A flat table is ``[actors.NAME]`` with plain texts, lists of plain texts, numbers and booleans, as in

    [actors.lazarus]
    aliases = ["Lazarus Group", "=DAI"]   # a comment
    severity = "critical"

One regular expression finds them, and a text without them is left for the parser. That text has the same errors and
the same tables: the first table of adjacent ones keeps its header there, so that whatever surrounds them, such as an
unclosed list, fails as in the whole text. Texts in which a line of a multi-line string could look like a header are
left to the parser whole.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from monitor.config.schema.tables import known_keys

SECTION = "actors"
MAX_KEY_PARTS = 64  # of a dotted key: a TOML parser's time grows with the square of their number
_PART = r"(?:[A-Za-z0-9_-]++|\"[^\"\n]*+\"|'[^'\n]*+')"
_LONG_KEY = re.compile(
    rf"(?:^[ \t]*+\[{{0,2}}|[{{,])[ \t]*+(?P<key>{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MAX_KEY_PARTS},}}+)",
    re.MULTILINE,
)
_MULTI_LINE = re.compile("\"\"\"|'''")
_TEXT = r'"[^"\\\x00-\x08\x0a-\x1f\x7f]*+"'
_SPACE = r"[ \t\n]*+"
_COMMENT = r"(?:#[^\x00-\x08\x0a-\x1f\x7f:]*+)?+"  # with a colon it may contain an address, and thus a secret
_END = rf"[ \t]*+{_COMMENT}(?:\n|\Z)"
_TEXTS = re.compile(r'"([^"]*)"')


class LongKeyError(ValueError):
    """A dotted key has more than ``MAX_KEY_PARTS`` parts.

    Args:
        row: Of the key, from 0.
        column: Of the key, from 0.
    """

    def __init__(self, row: int, column: int) -> None:
        super().__init__(f"a key has more than {MAX_KEY_PARTS} parts")
        self.row = row
        self.column = column


@dataclass(frozen=True, slots=True)
class FlatTables:
    """A text whose flat tables were read; *rest* has empty lines in their place, so that its rows are the same."""

    text: str
    rest: str
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)  # by name; with the header


def parse_toml(text: str) -> tuple[dict[str, Any], FlatTables]:
    """Return the tables of *text*, exactly as ``tomllib.loads`` does, and where its flat tables are.

    Raises:
        tomllib.TOMLDecodeError: *text* is not valid TOML.
        LongKeyError: A key has too many parts.
        ValueError, RecursionError: A number is too long, or values are nested too deeply.
    """
    flat, values, runs = _read_flat_tables(text.replace("\r\n", "\n"))
    if values:
        try:
            table = _parse(flat.rest)
        except (ValueError, RecursionError):
            table = {}  # the error is that of the whole text
        actors = table.get(SECTION)
        heads = {names[0] for names in runs}
        if isinstance(actors, dict) and all(actors.get(name) == {} for name in heads):
            others = {name: value for name, value in actors.items() if name not in heads}
            if values.keys().isdisjoint(others):
                table[SECTION] = _in_order(actors, values, runs)
                return table, flat
    return _parse(text), FlatTables(text, text)


def _parse(text: str) -> dict[str, Any]:
    if found := _LONG_KEY.search(text):
        start = found.start("key")
        raise LongKeyError(text.count("\n", 0, start), start - text.rfind("\n", 0, start) - 1)
    return tomllib.loads(text)


def _in_order(actors: dict[str, Any], values: dict[str, dict[str, Any]], runs: list[list[str]]) -> dict[str, Any]:
    """Return all actors in the order of the text: the names of a run stand in place of its first."""
    run_of = {names[0]: names for names in runs}
    found: dict[str, Any] = {}
    for name, value in actors.items():
        if name in run_of:
            found.update((member, values[member]) for member in run_of[name])
        else:
            found[name] = value
    return found


def _read_flat_tables(text: str) -> tuple[FlatTables, dict[str, dict[str, Any]], list[list[str]]]:
    """Return the flat tables, their values, and their names in runs of adjacent tables."""
    spans: dict[str, tuple[int, int]] = {}
    values: dict[str, dict[str, Any]] = {}
    runs: list[list[str]] = []
    rest: list[str] = []
    begin = end = 0  # of the run
    table_pattern, _ = _patterns()
    for match in () if "\r" in text or _MULTI_LINE.search(text) else table_pattern.finditer(text):
        name, body = match.groups()
        value = _values(body)
        if value is None or name in spans:
            continue
        start = match.start()
        if start == end and runs:
            runs[-1].append(name)
        else:
            rest += ["\n" * text.count("\n", begin, end), text[end:start], text[start : match.start(2)]]
            begin = match.start(2)
            runs.append([name])
        end = match.end()
        spans[name], values[name] = (start, end), value
    rest += ["\n" * text.count("\n", begin, end), text[end:]]
    return FlatTables(text, "".join(rest), spans), values, runs


def _values(body: str) -> dict[str, Any] | None:
    """Return the settings of a table; None if one is given twice."""
    _, pair_pattern = _patterns()
    values: dict[str, Any] = {}
    for key, text, texts, other in pair_pattern.findall(body):
        if key in values:
            return None
        if texts:
            values[key] = _TEXTS.findall(texts)
        else:
            values[key] = other == "true" if other in ("true", "false") else int(other) if other else text[1:-1]
    return values


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the expressions for a flat table (name, body) and for a setting (key, text, list, number or boolean)."""
    keys = "|".join(sorted(known_keys((SECTION, 0)), key=len, reverse=True))
    texts = rf"\[{_SPACE}(?:{_TEXT}{_SPACE}(?:,{_SPACE}|(?=\])))*+\]"
    pair = rf"[ \t]*+({keys})[ \t]*+=[ \t]*+(?:({_TEXT})|({texts})|(true|false|0|[1-9][0-9]{{0,8}})){_END}"
    plain = re.sub(r"\((?!\?)", "(?:", pair)
    empty = rf"[ \t]*+{_COMMENT}\n"
    header = rf"^\[{SECTION}\.([A-Za-z0-9_-]++)\][ \t]*+{_COMMENT}\n"
    table = rf"{header}((?:{plain}|{empty})*+)(?=\[|\Z)"
    return re.compile(table, re.MULTILINE), re.compile(rf"^{pair}", re.MULTILINE)
