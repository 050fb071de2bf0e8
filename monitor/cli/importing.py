"""``monitor import``: turn a list of names in another format into a pack, a file of actors for the watchlist."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.import_options import READ_OPTIONS, WRITE_OPTIONS, ReadOptions, WriteOptions, options_of
from monitor.cli.options import active_database, config_option
from monitor.cli.output import Table, echo, printable, progress, write_rows
from monitor.cli.parameters import SINCE
from monitor.errors import UsageError
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.exchange.csv_table import Table as CsvTable
    from monitor.exchange.name_columns import Columns
    from monitor.exchange.name_list import NameList, Notice
    from monitor.model import Actor, SeenText

CONTEXT = (
    "sanction*",
    "OFAC",
    "designat*",
    "launder*",
    "indict*",
    "charged",
    "arrest*",
    "wallet*",
    "crypto*",
    "fraud*",
)
PREVIEW = Table(
    ("actor", "spelling", "entries", "example"), empty="no name occurs in the stored entries", wide=("example",)
)
STDOUT = Path("-")
MAX_SIZE = 64_000_000  # bytes of a list


@click.group(name="import")
def command() -> None:
    """Turn a list of names into a pack, a file of actors. Your own files are never edited."""


@command.command(name="names")
@config_option
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "output",
    metavar="PACK",
    type=click.Path(path_type=Path),
    help='The file to write, such as names.toml; "-" writes to stdout.',
)
@click.option("--force", is_flag=True, help="Replace PACK if it exists and was written by an import.")
@click.option(
    "--preview", is_flag=True, help="Count how many stored entries each name matches. Without -o, nothing is written."
)
@click.option("--since", type=SINCE, help="With --preview: only entries seen since TIME, such as 30d.")
@options_of(READ_OPTIONS)
@options_of(WRITE_OPTIONS)
def names(
    config_path: Path | None,
    file: Path,
    output: Path | None,
    force: bool,
    preview: bool,
    since: datetime | None,
    **options: Any,
) -> None:
    """Write a pack with the names in FILE.csv.

    The name "AGHDA, Ali Alexey" is matched in both orders, with and without the middle name, and "Acme LLC" also
    without its legal form. A short name or an ordinary word becomes an exact or weak alias, and is reported with its
    line.
    """
    from monitor.exchange.csv_table import read_table
    from monitor.exchange.name_list import names_of_others

    if output is None and not preview:
        raise UsageError("name the file to write, as in -o names.toml, or give --preview to see what would match")
    if options.pop("actor_per_row") and options["one_actor"]:
        raise UsageError("--actor-per-row and --one-actor exclude each other; give one of them")
    if options["one_actor"]:
        _require_id(options["one_actor"])
    read = ReadOptions(**{key: options.pop(key) for key in ReadOptions.__dataclass_fields__})
    write = WriteOptions(**options)
    raw, config = _read_file(file), _loaded_config(config_path)
    others = _other_actors(config, output)
    try:
        table = read_table(raw, encoding=read.encoding, delimiter=read.delimiter)
        columns = _columns(table, read)
        imported = _names(table, columns, read, frozenset(others), write)
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from error
    click.echo(f"{file}: {table.describe()}; {columns.describe()}", err=True)
    if output:
        _write(output, _pack_text(file, raw, imported, write, output), replace=force)
    _report(file, (*imported.notices, *names_of_others(imported.actors, others.values())))
    if preview:
        _preview(imported, write, config_path, since)
    if output and output != STDOUT:
        _say_what_is_next(output, imported, config)


def _require_id(name: str) -> None:
    from monitor.config.schema.values import InvalidValue, parse_id

    try:
        parse_id(name)
    except InvalidValue as error:
        raise UsageError(f"--one-actor: {error.message}; use letters, digits, dot, dash and underscore") from error


def _read_file(file: Path) -> bytes:
    from monitor.config.regular_file import describe_os_error, read_regular_file

    try:
        return read_regular_file(file, MAX_SIZE)[0]
    except OSError as error:
        raise UsageError(f"{file}: {describe_os_error(error)}") from error


def _loaded_config(path: Path | None) -> Config | None:
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


def _columns(table: CsvTable, read: ReadOptions) -> Columns:
    from monitor.exchange.name_columns import WantedColumns, choose_columns

    return choose_columns(
        table,
        WantedColumns(
            name=read.name_column,
            aliases=read.alias_columns,
            last=read.last_name_column,
            given=read.first_name_columns,
            type=read.type_column,
        ),
    )


def _names(
    table: CsvTable, columns: Columns, read: ReadOptions, taken: frozenset[str], write: WriteOptions
) -> NameList:
    from monitor.exchange.name_list import build_actors, build_one_actor, read_rows
    from monitor.exchange.names import NameKind

    rows, notices = read_rows(table, columns, NameKind.UNKNOWN if read.kind == "auto" else NameKind(read.kind))
    if not rows:
        raise UsageError("no row has a name; choose the column, as in --name-column 2")
    if write.one_actor:
        return build_one_actor(rows, notices, actor_id=write.one_actor)
    return build_actors(rows, notices, taken=taken)


def _report(file: Path, notices: Iterable[Notice]) -> None:
    for notice in notices:
        echo(printable(f"{file}:{notice.line}: warning: {notice.text}"), err=True)


def _pack_text(file: Path, raw: bytes, imported: NameList, write: WriteOptions, output: Path) -> str:
    """Return the TOML text of the pack with the imported names."""
    import hashlib

    from monitor import clock
    from monitor.exchange.pack_file import ActorSettings, pack_text

    header = [
        f"Names of {file.name}, imported on {clock.now():%Y-%m-%d}. A name match is no identification.",
        f"SHA-256 of the list: {hashlib.sha256(raw).hexdigest()}",
    ]
    if write.source:
        header.insert(1, f"Source: {write.source}")
    settings = ActorSettings(
        tags=write.tags or (re.sub(r"[^A-Za-z0-9._-]+", "-", output.stem).strip("-") or "imported",),
        severity=write.severity or "",
        context=write.context or CONTEXT,
        fuzzy=write.fuzzy != "off",
    )
    return pack_text(header, imported.actors, settings)


def _write(output: Path, text: str, *, replace: bool) -> None:
    from monitor.exchange.pack_file import write_pack

    if output == STDOUT:
        click.echo(text, nl=False)
        return
    write_pack(output, text, replace=replace)
    click.echo(output)


def _preview(imported: NameList, write: WriteOptions, config_path: Path | None, since: datetime | None) -> None:
    """Print how many stored entries each imported spelling matches; spellings without a match are only counted."""
    from monitor.backtest.spelling_counts import count_spellings
    from monitor.model import Actor
    from monitor.store import open_reader
    from monitor.store.stored_texts import count_texts, stored_texts

    actors = [
        Actor(
            id=one.id,
            name=one.name,
            aliases=one.spellings.aliases,
            weak=one.spellings.weak,
            context=write.context or CONTEXT,
            fuzzy=0 if write.fuzzy == "off" else None,
        )
        for one in imported.actors
    ]
    db = open_reader(active_database(config_path))
    try:
        total = count_texts(db, since)
        with progress("searching stored entries", total) as advance:
            texts = _counted_off(stored_texts(db, since), advance)
            counts = count_spellings(texts, actors, most_examples=1)
    finally:
        db.close()
    found = [one for one in counts if one.entries]
    rows = [
        {"actor": one.actor, "spelling": one.spelling, "entries": one.entries, "example": printable(one.examples[0])}
        for one in found
    ]
    write_rows(rows, PREVIEW, None)
    click.echo(
        f"{counted(len(found), 'spelling')} of {len(counts):,} found in {counted(total, 'stored entry')}", err=True
    )


def _counted_off(texts: Iterable[SeenText], advance: Callable[[int], None]) -> Iterator[SeenText]:
    for text in texts:
        advance(1)
        yield text


def _say_what_is_next(output: Path, imported: NameList, config: Config | None) -> None:
    aliases = sum(len(actor.spellings.aliases) for actor in imported.actors)
    weak = sum(len(actor.spellings.weak) for actor in imported.actors)
    counts = f"{counted(len(imported.actors), 'actor')}, {counted(aliases, 'alias', 'aliases')}, {weak:,} weak"
    click.echo(f"{output}: {counts}; {counted(len(imported.notices), 'warning')}", err=True)
    included = config is not None and any(source.resolve() == output.resolve() for source in config.watched.files)
    if not included:
        where = config.path if config else "config.toml"
        click.echo(f'Next: add "{output}" to include in {where}, then run  monitor check', err=True)
