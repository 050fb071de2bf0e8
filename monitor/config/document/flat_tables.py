"""Read the simple tables of actors, most of a large watchlist, much faster than a TOML parser does.

A flat table is ``[actors.NAME]`` that contains only plain texts, lists of plain texts, numbers and booleans, as in

    [actors.lazarus]
    aliases = ["Lazarus Group", "=DAI"]   # a comment
    severity = "critical"

A regular expression finds these tables and blanks them out; tomllib parses the rest of the text. Of adjacent flat
tables, the first keeps its header in the rest. A syntax error around them, such as an unclosed list, then fails there
as it would in the whole text. If a line of a multi-line string could look like a header, tomllib parses the whole text.
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
_SPACE = r"(?:[ \t\n]++|#[^\x00-\x08\x0a-\x1f\x7f:\"]*+\n)*+"  # and comments, which imported lists have on each line
_COMMENT = r"(?:#[^\x00-\x08\x0a-\x1f\x7f:]*+)?+"  # with a colon it may contain an address, and thus a secret
_END = rf"[ \t]*+{_COMMENT}(?:\n|\Z)"
_TEXTS = re.compile(r'"([^"]*)"')


class LongKeyError(ValueError):
    """Raised for a dotted key (``a.b.c``) with more than ``MAX_KEY_PARTS`` parts.

    Args:
        row: The row of the key, counted from 0.
        column: The column of the key, counted from 0.
    """

    def __init__(self, row: int, column: int) -> None:
        super().__init__(f"a key has more than {MAX_KEY_PARTS} parts")
        self.row = row
        self.column = column


@dataclass(frozen=True, slots=True)
class FlatTables:
    """The flat tables (``[actors.NAME]`` with only plain values) of a TOML text, and the rest of the text for a parser.

    In *rest*, empty lines replace the flat tables, so that row numbers stay the same.
    """

    text: str
    rest: str
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)  # by name; with the header


def parse_toml(text: str) -> tuple[dict[str, Any], FlatTables]:
    """Return the tables of a TOML text, exactly as ``tomllib.loads`` does, and the positions of its flat tables.

    A flat table is ``[actors.NAME]`` with only plain values; a regular expression reads it faster than a TOML parser.

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
            table = {}  # parse the whole text below, to report the error at its place
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
    """Return all actors by name in the order of the text.

    In *actors*, only the first of several actor tables that follow each other has an entry. *runs* lists all of their
    names.
    """
    run_of = {names[0]: names for names in runs}
    found: dict[str, Any] = {}
    for name, value in actors.items():
        if name in run_of:
            found.update((member, values[member]) for member in run_of[name])
        else:
            found[name] = value
    return found


def _read_flat_tables(text: str) -> tuple[FlatTables, dict[str, dict[str, Any]], list[list[str]]]:
    """Return the flat tables in *text* (``[actors.NAME]`` with only plain values) with their values by name.

    Also return their names in runs: each run is a list of tables that follow each other directly.
    """
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
    """Return the keys and values in *body*, the lines of a table that follow its header; None if a key occurs twice."""
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
    """Return two regular expressions: for ``[actors.NAME]`` with only plain values, and for one key with its value."""
    keys = "|".join(sorted(known_keys((SECTION, 0)), key=len, reverse=True))
    texts = rf"\[{_SPACE}(?:{_TEXT}{_SPACE}(?:,{_SPACE}|(?=\])))*+\]"
    pair = rf"[ \t]*+({keys})[ \t]*+=[ \t]*+(?:({_TEXT})|({texts})|(true|false|0|[1-9][0-9]{{0,8}})){_END}"
    plain = re.sub(r"\((?!\?)", "(?:", pair)
    empty = rf"[ \t]*+{_COMMENT}\n"
    header = rf"^\[{SECTION}\.([A-Za-z0-9_-]++)\][ \t]*+{_COMMENT}\n"
    table = rf"{header}((?:{plain}|{empty})*+)(?=\[|\Z)"
    return re.compile(table, re.MULTILINE), re.compile(rf"^{pair}", re.MULTILINE)
