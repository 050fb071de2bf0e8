"""Build the pack that ``monitor import`` writes, write it, and report what it contains."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor import clock
from monitor.cli.import_options import STDOUT, ImportRequest
from monitor.errors import UsageError
from monitor.garbage_collection import paused_garbage_collection

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.exchange.listed import ListSource, Notice
    from monitor.exchange.name_list import NameList
    from monitor.model import Actor

NAMES_CONTEXT = (
    "sanction*", "OFAC", "designat*", "launder*", "indict*", "charged", "arrest*", "wallet*", "crypto*", "fraud*",
)  # fmt: skip
SANCTIONS_CONTEXT = (
    "sanction*", "OFAC", "SDN", "designat*", "blacklist*", "asset freeze*", "launder*", "indict*", "extradit*",
    "oligarch*", "vessel*", "tanker*", "IMO",
)  # fmt: skip
SANCTIONS_BESIDE_CONTEXT = ("sanction*", "OFAC", "SDN", "designat*", "blacklist*")
NO_IDENTIFICATION = "A name match is no identification."

Build = Callable[[frozenset[str], Mapping[str, str]], "tuple[ListSource, NameList]"]


@dataclass(frozen=True, slots=True)
class Defaults:
    """The default options for actors of one list format, such as their context words."""

    context: tuple[str, ...]
    beside_context: tuple[str, ...] = ()  # empty: the same
    beside_within: int | None = None
    fuzzy: bool | None = True


def import_actors(request: ImportRequest, build: Build, defaults: Defaults) -> None:
    """Read a list of actors, write them as a pack, and print what was written.

    Args:
        request: The import that the user asks for.
        build: Reads the list and returns it with its actors. Its arguments are the ids that other actors use, and the
            ids that the records of this list had in the pack to update.
        defaults: The default options for the format of the list.
    """
    from monitor.exchange.actor_pack import ActorSettings, actor_lines
    from monitor.exchange.name_list import names_of_others

    target, options = request.target, request.options
    config = loaded_config(target.config_path)
    others = _other_actors(config, target.output)
    known_ids = target.existing.ids() if target.existing else {}
    with paused_garbage_collection():
        source, imported = build(frozenset(others), known_ids)
    if options["title"]:
        source = replace(source, title=options["title"])
    on, notices = _date(request, source)
    settings = ActorSettings(
        tags=options["tags"] or (_default_tag(target.output, source.id),),
        severity=options["severity"] or "",
        context=options["context"] or defaults.context,
        beside_context=options["context"] or defaults.beside_context or defaults.context,
        beside_within=defaults.beside_within,
        fuzzy=options["fuzzy"] != "off" if options["fuzzy"] else defaults.fuzzy,
    )
    remarks = [f"{source.title}, of {on}. {NO_IDENTIFICATION}"] if source.sanctions else [f"{source.title}, of {on}."]
    if options.get("source"):
        remarks.append(f"Source: {options['source']}")
    notices += [*imported.notices, *names_of_others(imported.actors, others.values())]
    write_and_report(request, remarks, [*actor_lines(source, on, imported.actors, settings)], notices, config)
    if target.preview:
        from monitor.cli.import_report import preview

        preview([settings.complete(actor) for actor in imported.actors], target.config_path, target.since)


def write_and_report(
    request: ImportRequest,
    remarks: Sequence[str],
    lines: Sequence[str],
    notices: Sequence[Notice],
    config: Config | None,
) -> None:
    """Write the pack, and print warnings about the list, the changes of an update, and counts.

    Args:
        request: The import that the user asks for.
        remarks: Comments for the first lines of the pack.
        lines: The TOML lines of the pack.
        notices: Warnings about the list.
        config: The valid parts of the configuration; None if there is none.
    """
    from monitor.cli.import_report import print_json, report_changes, report_notices, say_counts, say_what_is_next
    from monitor.config.regular_file import MAX_BYTES
    from monitor.exchange.pack_changes import changes, contents
    from monitor.exchange.pack_file import PackOrigin, sealed

    target = request.target
    text = sealed(PackOrigin(request.command, request.chosen()), [*remarks, _read_from(request.file)], lines)
    if len(text.encode()) > MAX_BYTES:
        raise UsageError(
            f"{request.file}: the pack would have {len(text.encode()) // 1_000_000} MB, and a file may have "
            f"at most {MAX_BYTES // 1_000_000}; import a part of the list"
        )
    made = contents(text)
    found = changes(contents(target.existing.text), made) if target.existing else None
    if target.output and not target.dry_run:
        _write(request, text)
    if target.as_json:
        print_json(request, made, notices, found)
        return
    report_notices(request.file, notices)
    if found is not None:
        report_changes(found)
    if target.output and target.output != STDOUT:
        say_counts(target.output, made, len(notices))
        say_what_is_next(target.output, config)


def _write(request: ImportRequest, text: str) -> None:
    from monitor.exchange.pack_file import write_pack

    target = request.target
    if target.output is None:
        return
    if target.output == STDOUT:
        click.echo(text, nl=False)
        return
    write_pack(target.output, text, replace=target.force or target.existing is not None)
    if not target.as_json:
        click.echo(target.output)


def loaded_config(path: Path | None) -> Config | None:
    """Return the valid parts of the configuration; None if there is no configuration: the import works without one."""
    from monitor.config import find_config_file, load

    try:
        return load(find_config_file(path, os.environ), environ=os.environ).partial
    except UsageError:
        if path is not None:
            raise
        return None


def _other_actors(config: Config | None, output: Path | None) -> dict[str, Actor]:
    """Return the actors of *config* by id, except those that an earlier import wrote into the file *output*."""
    if config is None:
        return {}
    pack = output.resolve() if output else None
    return {key: actor for key, actor in config.actors.items() if config.place("actors", key).file.resolve() != pack}


def other_feeds(config: Config | None, output: Path | None) -> frozenset[str]:
    """Return the keys of the feeds of *config*, except those that an earlier import wrote into the file *output*."""
    if config is None:
        return frozenset()
    pack = output.resolve() if output else None
    keys = (*config.feeds, *config.disabled_feeds)
    return frozenset(key for key in keys if config.place("feeds", key).file.resolve() != pack)


def _date(request: ImportRequest, source: ListSource) -> tuple[date, list[Notice]]:
    """Return the date of the list; if only the date of the file is known, that date and a notice."""
    from monitor.exchange.listed import Notice

    if known := request.options["list_date"] or source.date:
        return known, []
    try:
        on = datetime.fromtimestamp(request.file.stat().st_mtime, UTC).date()
    except (OSError, ValueError, OverflowError):
        on = clock.now().date()
    return on, [
        Notice("", f"the list names no date, so the date of the file is used: {on}; set another with --list-date")
    ]


def _default_tag(output: Path | None, list_id: str) -> str:
    stem = output.stem if output and output != STDOUT else list_id
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-") or "imported"


def _read_from(file: Path) -> str:
    """Return a line with the name and the SHA-256 hash of the list, which is written into the pack."""
    import hashlib

    with file.open("rb") as opened:
        return f"SHA-256 of {file.name}: {hashlib.file_digest(opened, 'sha256').hexdigest()}"
