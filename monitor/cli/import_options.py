"""The options of ``monitor import names``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Options of ``monitor import`` for reading the list; what is empty or None is guessed from the file."""

    encoding: str | None
    delimiter: str | None
    name_column: str
    alias_columns: tuple[str, ...]
    last_name_column: str
    first_name_columns: tuple[str, ...]
    type_column: str
    kind: str


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """The options of ``monitor import`` about the actors in the pack that it writes."""

    one_actor: str | None
    tags: tuple[str, ...]
    severity: str | None
    context: tuple[str, ...]
    fuzzy: str
    source: str


READ_OPTIONS = (
    click.option(
        "--encoding", help="Encoding of the file. Default: as its byte order mark says, else UTF-8 or Windows-1252."
    ),
    click.option("--delimiter", help='What separates the columns: ",", ";" or "tab". Default: guessed and shown.'),
    click.option(
        "--name-column",
        default="",
        help="Column with the names: its header, or its number (the first is 1). Default: guessed and shown.",
    ),
    click.option(
        "--alias-column",
        "alias_columns",
        multiple=True,
        help="Column with other names of the same actor. May be repeated.",
    ),
    click.option("--last-name-column", default="", help="Column with last names."),
    click.option(
        "--first-name-column", "first_name_columns", multiple=True, help="Column with given names. May be repeated."
    ),
    click.option("--type-column", default="", help='Column that says "individual" or "entity".'),
    click.option(
        "--kind",
        type=click.Choice(["auto", "person", "organisation"]),
        default="auto",
        help="Whether the names are of persons or organisations, if the list does not say.",
    ),
)
WRITE_OPTIONS = (
    click.option("--actor-per-row", is_flag=True, help="Make one actor from each row (the default)."),
    click.option(
        "--one-actor",
        metavar="ID",
        help="Make one actor with this ID from the whole list; all names become its spellings.",
    ),
    click.option(
        "--tag",
        "tags",
        multiple=True,
        help='Tag of the actors, which rules refer to as actors = ["tag:TAG"]. Default: the name of PACK.',
    ),
    click.option(
        "--severity",
        type=click.Choice(["low", "medium", "high", "critical"]),
        help="Severity of the actors.",
    ),
    click.option(
        "--context",
        multiple=True,
        help="Context word: a weak name counts only near one. May be repeated. Default: sanction*, OFAC, ...",
    ),
    click.option(
        "--fuzzy",
        type=click.Choice(["auto", "off"]),
        default="auto",
        help="Whether misspelled names match too: auto, or off.",
    ),
    click.option("--source", default="", help="Where the list comes from, with its date; written into PACK."),
)


def options_of(group: Sequence[Callable[[F], F]]) -> Callable[[F], F]:
    """Return a decorator that adds the click options in *group* to a command."""

    def add(function: F) -> F:
        for option in reversed(group):
            function = option(function)
        return function

    return add
