"""Choose the columns of a table that hold names.

The options of the user decide, else the header, else the contents of the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.errors import UsageError
from monitor.exchange.formats.csv_table import Row, Table
from monitor.exchange.names import NameKind, is_empty

MIN_FITTING = 0.9  # share of the rows
MAX_NAME = 80  # characters, on average, of a column that may hold names

_NAME = (
    "name",
    "full name",
    "whole name",
    "primary name",
    "entity name",
    "sdn name",
    "caption",
    "name of individual or entity",
)
_PARTIES = ("party", "person", "entity", "subject", "individual", "company", "organisation", "organization")
_NAME_WORDS = frozenset(("name", "names", "nom", "nombre", *_PARTIES))
_ALIAS = re.compile(r"\b(?:alias(?:es)?|a\.?k\.?a\.?|also known as|other names?|alt(?:ernative|ernate)? names?|alt)\b")
_LAST = ("last name", "lastname", "surname", "family name", "last", "name 6")
_GIVEN = (
    "first name", "firstname", "given name", "given names", "forename", "forenames", "first", "name 1", "middle name",
    "middle names", "middlename", "middle", "name 2", "second name", "name 3", "third name", "name 4", "fourth name",
    "name 5",
)  # fmt: skip
_TYPE = ("type", "sdn type", "entity type", "party type", "schema", "category", "kind", "subject type", "group type")
_PERSONS = frozenset(("individual", "person", "natural person", "people", "p", "individuals"))
_ORGANISATIONS = frozenset(
    ("entity", "organisation", "organization", "company", "enterprise", "legal entity", "legalentity", "business", "e")
)
_OTHER_KINDS = frozenset(("vessel", "aircraft", "ship", "-0-", "thing", "cryptowallet", ""))


@dataclass(frozen=True, slots=True)
class WantedColumns:
    """The columns that the user named in options, by heading or by number from 1; empty fields are detected."""

    name: str = ""
    aliases: tuple[str, ...] = ()
    last: str = ""
    given: tuple[str, ...] = ()
    type: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The positions of the chosen columns, counted from 0, and the header of the table."""

    header: tuple[str, ...]  # empty: there is none
    name: int | None
    aliases: tuple[int, ...] = ()
    last: int | None = None
    given: tuple[int, ...] = ()
    type: int | None = None

    def describe(self) -> str:
        """Return the chosen columns for a message: ``names in "Name"; aliases in "AKA"``."""
        parts = [("names", [self.name]), ("last names", [self.last]), ("given names", self.given)]
        parts += [("aliases", self.aliases), ("types", [self.type])]
        found = ((label, [self._title(n) for n in numbers if n is not None]) for label, numbers in parts)
        return "; ".join(f"{label} in {', '.join(titles)}" for label, titles in found if titles)

    def _title(self, number: int) -> str:
        if number < len(self.header):
            return f'"{self.header[number]}"'
        return f"column {number + 1}"


def choose_columns(table: Table, wanted: WantedColumns) -> Columns:
    """Return the columns of *table* that hold names, aliases and types.

    Raises:
        UsageError: A column that the user named does not exist, or no column holds names.
    """
    first = table.rows[0].cells if table.rows else ()
    header = first if _is_header(first, wanted) else ()
    titles = [_title(cell) for cell in header]
    width = max((len(row.cells) for row in table.rows), default=0)

    def position(column: str) -> int:
        if _title(column) in titles:
            return titles.index(_title(column))
        if column.isdecimal() and 1 <= int(column) <= width:
            return int(column) - 1
        known = ", ".join(f'"{title}"' for title in header) or f"numbers from 1 to {width}"
        raise UsageError(f'there is no column "{column}"; there are: {known}')

    last = position(wanted.last) if wanted.last else _first(titles, _LAST)
    given = tuple(map(position, wanted.given)) or tuple(titles.index(t) for t in _GIVEN if t in titles)
    if not (header or wanted.name or last or given) and _are_last_and_given(table.rows):
        last, given = 0, (1,)
    aliases = tuple(map(position, wanted.aliases)) or tuple(n for n, t in enumerate(titles) if _ALIAS.search(t))
    taken = {*given, *aliases} | ({last} if last is not None else set())
    body = table.rows[1:] if header else table.rows
    if wanted.type:
        kind: int | None = position(wanted.type)
    else:
        kind = next((n for n in range(width) if n not in taken and _holds_kinds(body, n, titles)), None)
    if wanted.name:
        name: int | None = position(wanted.name)
    else:
        free = [n for n in range(width) if n not in taken and n != kind]
        name = _guess_name(titles, body, free)
        if given and (last is not None or len(given) > 1) and not any(t in _NAME for t in titles):
            name = None  # its parts are the name
    if name is None and not (given and (last is not None or len(given) > 1)):
        raise UsageError("no column holds names; name it, as in --name-column 2")
    return Columns(header, name, aliases, last, given, kind)


def kind_of(cell: str) -> NameKind:
    """Return the kind of name (person, organisation or unknown) that a cell of a type column states."""
    word = cell.strip().casefold()
    if word in _PERSONS:
        return NameKind.PERSON
    return NameKind.ORGANISATION if word in _ORGANISATIONS else NameKind.UNKNOWN


def _title(cell: str) -> str:
    """Return a heading in normal form for comparison: words in lower case, without punctuation."""
    return " ".join(re.sub(r"[^\w.]+|_", " ", cell.casefold()).split())


def _is_header(cells: Sequence[str], wanted: WantedColumns) -> bool:
    named = [wanted.name, wanted.last, wanted.type, *wanted.aliases, *wanted.given]
    titles = [_title(cell) for cell in cells]
    if any(_title(column) in titles for column in named if column and not column.isdecimal()):
        return True
    known = {*_NAME, *_LAST, *_GIVEN, *_TYPE}
    return any(
        title in known
        or _ALIAS.search(title)
        or (len(title.split()) <= 3 and not _NAME_WORDS.isdisjoint(title.split()))
        for title in titles
    ) and not any(cell.isdecimal() for cell in cells)


def _first(titles: Sequence[str], known: Iterable[str]) -> int | None:
    return next((titles.index(title) for title in known if title in titles), None)


def _guess_name(titles: Sequence[str], body: Sequence[Row], free: Sequence[int]) -> int | None:
    words = {number: set(titles[number].split()) for number in free if number < len(titles)}
    for number in free:
        if number in words and titles[number] in _NAME:
            return number
    for known in ({"name", "names"}, _NAME_WORDS):
        for number, found in words.items():
            if found & known:
                return number
    sizes = {number: size for number in free if (size := _distinct_names(body, number))}
    return max(sizes, key=lambda number: sizes[number], default=None)


def _distinct_names(body: Sequence[Row], number: int) -> int:
    """Return the number of different names in a column; 0 if the column holds numbers or sentences."""
    cells = [cell for cell in _column(body, number) if not is_empty(cell) and sum(map(str.isalpha, cell)) > 1]
    if not cells or sum(map(len, cells)) > MAX_NAME * len(cells):
        return 0
    return len(set(cells))


def _holds_kinds(body: Sequence[Row], number: int, titles: Sequence[str]) -> bool:
    cells = {cell.strip().casefold() for cell in _column(body, number)}
    known = _PERSONS | _ORGANISATIONS
    titled = number < len(titles) and titles[number] in _TYPE
    return bool(cells & known) and (titled or cells <= known | _OTHER_KINDS)


def _are_last_and_given(rows: Sequence[Row]) -> bool:
    """Return whether nearly all rows consist of a last name in capitals and given names: ``AGHDA,Ali``."""
    pairs = [row.cells for row in rows if len(row.cells) == 2]
    fitting = [last for last, given in pairs if last.isupper() and given and not given.isupper() and given[0].isupper()]
    return bool(rows) and len(fitting) >= MIN_FITTING * len(rows)


def _column(body: Sequence[Row], number: int) -> Iterator[str]:
    return (row.cells[number] for row in body if number < len(row.cells))
