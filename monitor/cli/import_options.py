"""The options of ``monitor import``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read the list, as the options say; empty or None: guessed."""

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
    """What the options say about the pack."""

    one_actor: str | None
    tags: tuple[str, ...]
    severity: str | None
    context: tuple[str, ...]
    fuzzy: str
    source: str


READ_OPTIONS = (
    click.option("--encoding", help="Encoding of the file. Default: its byte order mark, else UTF-8 or Windows-1252."),
    click.option("--delimiter", help='What separates the cells: ",", ";" or "tab". Default: guessed and shown.'),
    click.option(
        "--name-column", default="", help="Column of names: header or number from 1. Default: guessed and shown."
    ),
    click.option("--alias-column", "alias_columns", multiple=True, help="Column of other names. May be repeated."),
    click.option("--last-name-column", default="", help="Column of last names."),
    click.option(
        "--first-name-column", "first_name_columns", multiple=True, help="Column of given names. May be repeated."
    ),
    click.option("--type-column", default="", help='Column that says "individual" or "entity".'),
    click.option(
        "--kind",
        type=click.Choice(["auto", "person", "organisation"]),
        default="auto",
        help="Whose names they are, where the list does not say.",
    ),
)
WRITE_OPTIONS = (
    click.option("--actor-per-row", is_flag=True, help="Make an actor of each row (the default)."),
    click.option("--one-actor", metavar="ID", help="Make all names spellings of one actor."),
    click.option(
        "--tag",
        "tags",
        multiple=True,
        help='Tag of the actors, for rules: actors = ["tag:TAG"]. Default: the name of PACK.',
    ),
    click.option(
        "--severity",
        type=click.Choice(["low", "medium", "high", "critical"]),
        help="Severity of the actors.",
    ),
    click.option(
        "--context",
        multiple=True,
        help="Word that confirms a weak name. May be repeated. Default: sanction*, OFAC, ...",
    ),
    click.option("--fuzzy", type=click.Choice(["auto", "off"]), default="auto", help="off: typos do not match."),
    click.option("--source", default="", help="Where the list comes from, with its date; written into PACK."),
)


def options_of(group: Sequence[Callable[[F], F]]) -> Callable[[F], F]:
    """Return a decorator that adds the options of *group* to a command."""

    def add(function: F) -> F:
        for option in reversed(group):
            function = option(function)
        return function

    return add
