"""Turn the rows of a list of names into actors of the watchlist, and report what a person should look at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.exchange.csv_table import Row, Table
from monitor.exchange.name_columns import Columns, kind_of
from monitor.exchange.names import (
    ListedName,
    NameKind,
    Spellings,
    Strictness,
    identity,
    is_empty,
    plain_spelling,
    read_name,
    read_person,
    spellings,
)
from monitor.matching import folded_words
from monitor.model import Actor

MAX_ID = 60  # characters
MAX_CELL = 1_000  # characters; a longer cell is text, or its quote is not closed

_LIST = re.compile(r"[;|\n；]")
_BULLET = re.compile(r"^\s*(?:[-•*]|\(?\w{1,2}[.)])\s+(?=\S)")
_USES = {
    Strictness.EXACT: "matched only with the capitals of a name",
    Strictness.WEAK: "made weak: it counts only near a context word",
}


@dataclass(frozen=True, slots=True)
class ImportedActor:
    """An actor made of one row of a list, or of several rows with the same name."""

    id: str
    name: str
    spellings: Spellings
    written: tuple[tuple[int, str], ...]  # line and name as in the list


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to look at, and the line of the list that it is about."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ListedActor:
    """The names of one row."""

    line: int
    name: ListedName
    aliases: tuple[ListedName, ...] = ()

    def spelled(self) -> tuple[str, ...]:
        """Return every spelling, the most certain first."""
        names = (self.name, *self.aliases)
        parts = [name.full for name in names] + [name.short for name in names] + [name.others for name in names]
        return tuple(dict.fromkeys(spelling for part in parts for spelling in part))


@dataclass(frozen=True, slots=True)
class NameList:
    """The actors of a list and the notices about it, in the order of lines."""

    actors: tuple[ImportedActor, ...]
    notices: tuple[Notice, ...]
    rows: int


def read_rows(
    table: Table, columns: Columns, kind: NameKind = NameKind.UNKNOWN
) -> tuple[list[ListedActor], list[Notice]]:
    """Return the names of each row of *table*, and notices about rows that hold none.

    Args:
        table: The file.
        columns: Which of its columns hold names.
        kind: What the names belong to, where the list does not say.
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


def build_actors(
    rows: Sequence[ListedActor], notices: Iterable[Notice], *, taken: frozenset[str] = frozenset()
) -> NameList:
    """Return one actor per name of *rows*; rows with the same name, in any order of its parts, are one actor.

    Args:
        rows: The names.
        notices: Those about rows without a name.
        taken: Ids that other actors of the configuration have.
    """
    by_name: dict[tuple[str, ...], list[ListedActor]] = {}
    found = [*notices]
    for row in rows:
        same = by_name.setdefault(identity(row.name.name), [])
        if same:
            text = f'"{row.name.written}" is the same name as in line {same[0].line}; both are one actor'
            found.append(Notice(row.line, text))
        same.append(row)
    ids = set(taken)
    actors = []
    for same in by_name.values():
        actor, doubts = _actor(same, _id(same[0], ids))
        ids.add(actor.id)
        actors.append(actor)
        found += doubts
    found += _shared(actors)
    return NameList(tuple(actors), tuple(sorted(found, key=lambda n: n.line)), len(rows))


def build_one_actor(rows: Sequence[ListedActor], notices: Iterable[Notice], *, actor_id: str) -> NameList:
    """Return a list of one actor that has the names of all *rows* as its spellings.

    Args:
        rows: The names.
        notices: Those about rows without a name.
        actor_id: Its id and name.
    """
    actor, doubts = _actor(rows, actor_id)
    found = sorted((*notices, *doubts), key=lambda n: n.line)
    return NameList((replace(actor, name=actor_id),), tuple(found), len(rows))


def names_of_others(imported: Iterable[ImportedActor], others: Iterable[Actor]) -> Iterator[Notice]:
    """Yield a notice for each spelling of the *imported* actors that one of the *others* has."""
    known = {
        folded_words(spelling.lstrip("=")): actor.id for actor in others for spelling in (*actor.aliases, *actor.weak)
    }
    for actor in imported:
        shared: dict[str, list[str]] = {}
        for spelling in (*actor.spellings.aliases, *actor.spellings.weak):
            if other := known.get(folded_words(spelling)):
                shared.setdefault(other, []).append(spelling.lstrip("="))
        for other, names in shared.items():
            yield _shared_notice(actor, names, f"[actors.{other}] of your configuration")


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
    """Return the aliases in *cell*, separated by ``;``, ``|`` or line ends, or by commas if there are several.

    A single comma is that of "AGHDA, Ali Alexey".
    """
    parts = _LIST.split(cell)
    if len(parts) == 1 and cell.count(",") > 1:
        parts = cell.split(",")
    cleaned = (_BULLET.sub("", part).strip() for part in parts)
    return [part for part in cleaned if not is_empty(part) and len(part) <= MAX_CELL and folded_words(part)]


def _kind_of_alias(alias: str, kind: NameKind) -> NameKind:
    """Return PERSON only for an alias in parts: of "Abu Ali", the last word is no last name."""
    return kind if "," in alias or kind is NameKind.ORGANISATION else NameKind.UNKNOWN


def _actor(rows: Sequence[ListedActor], actor_id: str) -> tuple[ImportedActor, list[Notice]]:
    found = spellings(tuple(spelling for row in rows for spelling in row.spelled()))
    first_line = {plain_spelling(spelling): row.line for row in reversed(rows) for spelling in row.spelled()}
    by_reason: dict[tuple[int, Strictness, str], list[str]] = {}
    for name, use, why in found.doubts:
        by_reason.setdefault((first_line.get(name, rows[0].line), use, why), []).append(name)
    notices = [
        Notice(line, f"{_quoted(names)} {'is' if len(names) == 1 else 'are'} {why}; {_USES[use]}")
        for (line, use, why), names in by_reason.items()
    ]
    written = tuple((row.line, row.name.written) for row in rows)
    return ImportedActor(actor_id, rows[0].name.name, found, written), notices


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _shared(actors: Iterable[ImportedActor]) -> Iterator[Notice]:
    first: dict[tuple[str, ...], ImportedActor] = {}
    for actor in actors:
        shared: dict[int, list[str]] = {}
        for spelling in (*actor.spellings.aliases, *actor.spellings.weak):
            other = first.setdefault(folded_words(spelling), actor)
            if other is not actor:
                shared.setdefault(other.written[0][0], []).append(spelling.lstrip("="))
        for line, names in shared.items():
            yield _shared_notice(actor, names, f"line {line}")


def _shared_notice(actor: ImportedActor, names: list[str], owner: str) -> Notice:
    what = "is also a spelling" if len(names) == 1 else "are also spellings"
    text = f"{_quoted(names[:3])}{' ...' if len(names) > 3 else ''} {what} of {owner}; the text then mentions both"
    return Notice(actor.written[0][0], text)


def _id(row: ListedActor, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", row.name.name.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_ID].rstrip("-")
    slug = slug if any(map(str.isalpha, slug)) else f"line-{row.line}"
    number, unique = 1, slug
    while unique in taken:
        number += 1
        unique = f"{slug}-{number}"
    return unique
