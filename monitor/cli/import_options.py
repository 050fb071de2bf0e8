"""Options of ``monitor import``, and the ImportRequest into which they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor.cli.options import config_option
from monitor.cli.parameters import SINCE
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.exchange.pack_file import ExistingPack

F = TypeVar("F", bound=Callable[..., Any])

STDOUT = Path("-")
FILES = ("alt", "addresses_file", "comments")  # further files of an edition; a pack says which it was made with
NOT_KEPT = frozenset({"list_date", "source", *FILES})  # options that describe one edition of the list


@dataclass(frozen=True, slots=True)
class Target:
    """The options about the output of an import: which pack to write or update, and what to print."""

    config_path: Path | None
    output: Path | None  # the pack; None: nothing is written
    existing: ExistingPack | None  # the pack that is updated; None: a new one is written
    force: bool
    dry_run: bool
    as_json: bool
    preview: bool
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """One call of ``monitor import`` with all of its options."""

    command: str  # the part after "monitor import"
    file: Path
    target: Target
    options: Mapping[str, Any]  # by name; those of an updated pack unless the user gives others

    def chosen(self) -> dict[str, Any]:
        """Return the options to store in the pack, so that a later ``--update`` uses them again."""
        chosen = {key: value for key, value in self.options.items() if value and key not in NOT_KEPT}
        files = [name for name in FILES if self.options.get(name)]
        return chosen | ({"files": files} if files else {})


def import_request(command: str, file: Path, given: dict[str, Any]) -> ImportRequest:
    """Return the import that the user asks for with the arguments and options of a command.

    Args:
        command: The name of the command after "monitor import", such as "names".
        file: The file with the list to import.
        given: All other options of the command, by name.

    Raises:
        UsageError: Two options exclude each other, or the pack to update was edited or made by another command.
    """
    output, update = given.pop("output"), given.pop("update")
    preview = given.pop("preview", False)
    if output and update:
        raise UsageError("--update writes to the pack itself; leave out -o")
    if output is None and update is None and not preview:
        hint = ", or give --preview to see what would match" if "since" in given else ""
        raise UsageError(f"name the file to write, as in -o {command}.toml{hint}")
    existing = _existing(command, update, force=given["force"]) if update else None
    if existing and not given["force"]:
        _require_files(existing, given)
    target = Target(
        config_path=given.pop("config_path"),
        output=output or update,
        existing=existing,
        force=given.pop("force"),
        dry_run=given.pop("dry_run"),
        as_json=given.pop("as_json"),
        preview=preview,
        since=given.pop("since", None),
    )
    if target.as_json and target.output == STDOUT:
        raise UsageError("--json and -o - both write to stdout; name a file for the pack")
    if target.dry_run and existing is None:
        raise UsageError("--dry-run shows what --update would change; without --update, write the pack to a new file")
    return ImportRequest(command, file, target, _with_kept(given, existing))


def _existing(command: str, file: Path, *, force: bool) -> ExistingPack:
    from monitor.exchange.pack_file import read_pack

    pack = read_pack(file)
    if pack.origin.command != command:
        raise UsageError(f"--update: {file} was made by monitor import {pack.origin.command}; use that command")
    if pack.edited and not force:
        raise UsageError(
            f"--update: {file} was edited since it was made, and the update would undo that; put changes into your own "
            "file, as [actors.ID] with extend = true, or give --force"
        )
    return pack


def _require_files(existing: ExistingPack, given: Mapping[str, Any]) -> None:
    """Raise a UsageError if the pack was made with a file that is not given now: its names would be removed."""
    files = existing.origin.options.get("files")
    missing = [f"--{name.replace('_', '-')}" for name in FILES if name in (files or ()) and not given.get(name)]
    if missing:
        raise UsageError(
            f"--update: {existing.file} was made with {' and '.join(missing)}; give the newer file too, or --force to "
            "remove what came from it"
        )


def _with_kept(given: dict[str, Any], existing: ExistingPack | None) -> dict[str, Any]:
    """Return the options *given*; where the user gave none, the value stored in the *existing* pack."""
    kept = existing.origin.options if existing else {}
    return {name: value or _as_given(kept.get(name, value), value) for name, value in given.items()}


def _as_given(kept: Any, value: Any) -> Any:
    """Return *kept*, an option stored in a pack, in the type that click gives it.

    If *kept* has another type than the default *value*, return *value*.
    """
    if isinstance(value, tuple):
        return tuple(map(str, kept)) if isinstance(kept, list) else value
    if isinstance(value, bool):
        return kept is True
    return kept if isinstance(kept, str) else value


TARGET_OPTIONS = (
    config_option,
    click.option(
        "-o",
        "output",
        metavar="PACK",
        type=click.Path(path_type=Path),
        help='The file to write, such as names.toml; "-" writes to stdout.',
    ),
    click.option(
        "--update",
        metavar="PACK",
        type=click.Path(path_type=Path),
        help="Write PACK again from a newer list, with the options it was made with, and show what changes.",
    ),
    click.option("--dry-run", is_flag=True, help="With --update: show what would change, and write nothing."),
    click.option(
        "--force", is_flag=True, help="Replace PACK if it was written by an import, even if it was edited since."
    ),
    click.option("--json", "as_json", is_flag=True, help="Print counts, all warnings and all changes as JSON."),
)
PREVIEW_OPTIONS = (
    click.option(
        "--preview",
        is_flag=True,
        help="Count how many stored entries each name matches. Without -o, nothing is written.",
    ),
    click.option("--since", type=SINCE, help="With --preview: only entries seen since TIME, such as 30d."),
)


class DateOfList(click.ParamType[date]):
    """A date that the user types for ``--list-date``, such as 2026-11-25."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ARG002
        """Return the date that the user typed.

        Raises UsageError if the text is not a date.
        """
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            raise UsageError(f'--list-date: "{value}" is not a date; use the form 2026-11-25') from None


FEED_OPTIONS = (
    *TARGET_OPTIONS,
    click.option(
        "--tag",
        "tags",
        multiple=True,
        help="Tag to add to all feeds, which also get their folders as tags. May be repeated.",
    ),
)
ACTOR_OPTIONS = (
    *TARGET_OPTIONS,
    *PREVIEW_OPTIONS,
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
        help="Context word: a weak name counts only near one. May be repeated. Default: words such as sanction*.",
    ),
    click.option(
        "--fuzzy",
        type=click.Choice(["auto", "off"]),
        help="Whether misspelled names match too: auto, or off. Default: off for threat groups, and for all but long "
        "names of persons in a sanctions list.",
    ),
    click.option("--title", help="Title of the list, for alerts. Default: the title in FILE."),
    click.option(
        "--list-date", type=DateOfList(), help="Date of the list. Default: the list's own, else that of the file."
    ),
)
NAMES_OPTIONS = (
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
        help="Whether the names are of persons or organisations, if the list does not say.",
    ),
    click.option("--actor-per-row", is_flag=True, help="Make one actor from each row (the default)."),
    click.option(
        "--one-actor",
        metavar="ID",
        help="Make one actor with this ID from the whole list; all names become its spellings.",
    ),
    click.option("--sanctions", is_flag=True, help="State in alerts that this is a list of sanctioned parties."),
    click.option("--source", default="", help="Where the list comes from, with its date; written into PACK."),
)


OFAC_OPTIONS = (
    click.option(
        "--alt", metavar="ALT.CSV", type=click.Path(path_type=Path), help="With SDN.CSV: the file of alternative names."
    ),
    click.option(
        "--addresses-file",
        metavar="ADD.CSV",
        type=click.Path(path_type=Path),
        help="With SDN.CSV: the file of postal addresses; their countries become tags.",
    ),
    click.option(
        "--comments",
        metavar="SDN_COMMENTS.CSV",
        type=click.Path(path_type=Path),
        help="With SDN.CSV: the rest of long remarks, which contain blockchain addresses.",
    ),
    click.option(
        "--type",
        "types",
        multiple=True,
        type=click.Choice(["individual", "entity", "vessel", "aircraft"]),
        help="Import only parties of this type. May be repeated. Default: all.",
    ),
)


MITRE_OPTIONS = (
    click.option(
        "--include",
        multiple=True,
        type=click.Choice(["campaign", "malware", "tool"]),
        help="Import objects of this type in addition to groups. May be repeated.",
    ),
)
OPENSANCTIONS_OPTIONS = (
    click.option(
        "--topic",
        "topics",
        multiple=True,
        help='Import only entities with this topic, such as "sanction" or "crime". May be repeated. Default: all.',
    ),
)


def options_of(*groups: Sequence[Callable[[F], F]]) -> Callable[[F], F]:
    """Return a decorator that adds the click options in all of *groups* to a command."""

    def add(function: F) -> F:
        for option in reversed([option for group in groups for option in group]):
            function = option(function)
        return function

    return add
