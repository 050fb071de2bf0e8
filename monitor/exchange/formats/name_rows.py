"""Turn the rows of a CSV list of names into actors."""

from __future__ import annotations

import re

from monitor.exchange.formats.csv_table import Row, Table
from monitor.exchange.formats.name_columns import Columns, kind_of
from monitor.exchange.listed import ListedActor, Notice
from monitor.exchange.names import NameKind, is_empty, read_name, read_person
from monitor.matching import folded_words

MAX_CELL = 1_000  # characters; a longer cell is text, or its quote is not closed

_LIST = re.compile(r"[;|\n；]")
_BULLET = re.compile(r"^\s*(?:[-•*]|\(?\w{1,2}[.)])\s+(?=\S)")


def read_rows(
    table: Table, columns: Columns, kind: NameKind = NameKind.UNKNOWN
) -> tuple[list[ListedActor], list[Notice]]:
    """Return an actor for each row of *table*, and notices about rows without a name.

    Args:
        table: The CSV file.
        columns: The columns that hold names.
        kind: The kind of name to assume if the row does not state it.
    """
    rows: list[ListedActor] = []
    notices: list[Notice] = []
    width = len(columns.header)
    for row in table.rows[1 if columns.header else 0 :]:
        if width and len(row.cells) > width and any(row.cells[width:]):
            notices.append(
                Notice(
                    row.line,
                    f"has {len(row.cells)} cells where the header has {width}; quote a cell that contains a comma",
                )
            )
        listed = _row(row, columns, kind)
        if listed is None:
            notices.append(Notice(row.line, "has no name; left out"))
        elif len(listed.name.written) > MAX_CELL:
            notices.append(
                Notice(row.line, "the name is longer than 1,000 characters; left out; is a quote not closed?")
            )
        else:
            rows.append(listed)
    return rows, notices


def _row(row: Row, columns: Columns, kind: NameKind) -> ListedActor | None:
    def cell(number: int | None) -> str:
        text = row.cells[number] if number is not None and number < len(row.cells) else ""
        return "" if is_empty(text) else text

    stated = kind_of(cell(columns.type)) if columns.type is not None else NameKind.UNKNOWN
    kind = kind if stated is NameKind.UNKNOWN else stated
    last, given = cell(columns.last), " ".join(filter(None, map(cell, columns.given)))
    if last and given:
        name = read_person(last, given)
    elif given and not last and columns.name is None:
        name = read_name(given, NameKind.PERSON)
    elif written := cell(columns.name) or last or given:
        name = read_name(written, kind)
    else:
        return None
    if not folded_words(name.name):
        return None
    aliases = (alias for number in columns.aliases for alias in split_aliases(cell(number)))
    return ListedActor(row.line, name, tuple(read_name(alias, _kind_of_alias(alias, name.kind)) for alias in aliases))


def split_aliases(cell: str) -> list[str]:
    """Return the aliases in *cell*, which ``;``, ``|`` or line breaks separate, or several commas.

    A single comma belongs to a name such as "AGHDA, Ali Alexey".
    """
    parts = _LIST.split(cell)
    if len(parts) == 1 and cell.count(",") > 1:
        parts = cell.split(",")
    cleaned = (_BULLET.sub("", part).strip() for part in parts)
    return [part for part in cleaned if not is_empty(part) and len(part) <= MAX_CELL and folded_words(part)]


def _kind_of_alias(alias: str, kind: NameKind) -> NameKind:
    """Return the kind to assume for an alias of a name of the given *kind*.

    An alias counts as the name of a person only if it has a comma: in "Abu Ali", the last word is not a last name.
    """
    return kind if "," in alias or kind is NameKind.ORGANISATION else NameKind.UNKNOWN
