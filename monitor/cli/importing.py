"""``monitor import``: turn published lists into packs, files of actors or feeds that a configuration includes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.import_options import (
    ACTOR_OPTIONS,
    FEED_OPTIONS,
    FILES,
    MITRE_OPTIONS,
    NAMES_OPTIONS,
    OFAC_OPTIONS,
    OPENSANCTIONS_OPTIONS,
    ImportRequest,
    import_request,
    options_of,
)
from monitor.cli.import_pack import (
    NAMES_CONTEXT,
    SANCTIONS_BESIDE_CONTEXT,
    SANCTIONS_CONTEXT,
    Defaults,
    import_actors,
    other_feeds,
)
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.exchange.formats.csv_table import Table as CsvTable
    from monitor.exchange.formats.name_columns import Columns
    from monitor.exchange.listed import ActorList, ListSource
    from monitor.exchange.name_list import NameList

MAX_CSV_BYTES = 64_000_000
SANCTIONS = Defaults(SANCTIONS_CONTEXT, SANCTIONS_BESIDE_CONTEXT, 3, fuzzy=None)


@click.group(name="import")
def command() -> None:
    """Turn a published list into a pack, a file of actors or feeds. Your own files are never edited."""


@command.command(name="names")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@options_of(ACTOR_OPTIONS, NAMES_OPTIONS)
def names(file: Path, **given: Any) -> None:
    """Write a pack with the names in FILE.csv.

    The name "AGHDA, Ali Alexey" is matched in both orders, with and without the middle name, and "Acme LLC" also
    without its legal form. A short name or an ordinary word becomes an exact or weak alias, and is reported with its
    line.
    """
    _import_names(import_request("names", file, given))


@command.command(name="csv")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@options_of(ACTOR_OPTIONS, NAMES_OPTIONS)
def csv(file: Path, **given: Any) -> None:
    """Write a pack with the names in FILE.csv; the same as monitor import names."""
    _import_names(import_request("names", file, given))


@command.command(name="opml")
@click.argument("file", metavar="FILE.opml", type=click.Path(path_type=Path))
@options_of(FEED_OPTIONS)
def opml(file: Path, **given: Any) -> None:
    """Write a pack with the feeds of FILE.opml, as a feed reader or another monitor exports them.

    Folders and categories become tags. A feed with a login or token in its address, and what is no feed, is left out
    and reported.
    """
    from monitor.cli.import_pack import loaded_config, write_and_report
    from monitor.exchange.feed_pack import feed_lines, keyed
    from monitor.exchange.formats.opml_file import read_opml

    request = import_request("opml", file, given)
    target = request.target
    listed = read_opml(file)
    if not listed.feeds:
        raise UsageError(f"{file}: lists no feed that can be imported")
    config = loaded_config(target.config_path)
    known = {} if target.existing is None else target.existing.feed_keys()
    feeds = keyed(listed.feeds, other_feeds(config, target.output), known)
    remarks = [f"Feeds of {listed.title or file.name}."]
    write_and_report(request, remarks, [*feed_lines(feeds, request.options["tags"])], listed.notices, config)


@command.command(name="misp-galaxy")
@click.argument("file", metavar="FILE.json", type=click.Path(path_type=Path))
@options_of(ACTOR_OPTIONS)
def misp_galaxy(file: Path, **given: Any) -> None:
    """Write a pack with the threat groups or malware in FILE.json, a cluster of the MISP galaxy.

    Names that are just an id (G0032) are left out. A short name or an ordinary word counts only next to a word such as
    "ransomware" or "gang", the name of a malware only near one. Each of these is reported.
    """
    from monitor.exchange.formats.misp_galaxy import read_misp_galaxy

    _import_groups(import_request("misp-galaxy", file, given), lambda request: read_misp_galaxy(request.file))


@command.command(name="mitre")
@click.argument("file", metavar="FILE.json", type=click.Path(path_type=Path))
@options_of(ACTOR_OPTIONS, MITRE_OPTIONS)
def mitre(file: Path, **given: Any) -> None:
    """Write a pack with the groups of a STIX 2 bundle, such as enterprise-attack.json of MITRE ATT&CK.

    Revoked and deprecated groups and bare ids (G0032) are left out.
    """

    def read(request: ImportRequest) -> ActorList:
        from monitor.exchange.formats.stix_bundle import read_stix_bundle

        return read_stix_bundle(request.file, request.options["include"])

    _import_groups(import_request("mitre", file, given), read)


@command.command(name="opensanctions")
@click.argument("file", metavar="FILE.json", type=click.Path(path_type=Path))
@options_of(ACTOR_OPTIONS, OPENSANCTIONS_OPTIONS)
def opensanctions(file: Path, **given: Any) -> None:
    """Write a pack with the entities of a dataset of OpenSanctions (entities.ftm.json), and their wallets.

    Weak aliases and the names of ships count only near words such as "sanction*". A name match is no identification.
    """

    def read(request: ImportRequest) -> ActorList:
        from monitor.exchange.formats.opensanctions import read_opensanctions

        return read_opensanctions(request.file, request.options["topics"])

    _import_list(import_request("opensanctions", file, given), read, SANCTIONS)


@command.command(name="ofac")
@click.argument("file", metavar="SDN.CSV|SDN.XML", type=click.Path(path_type=Path))
@options_of(ACTOR_OPTIONS, OFAC_OPTIONS)
def ofac(file: Path, **given: Any) -> None:
    """Write a pack with the sanctioned parties of OFAC's SDN list, and their blockchain addresses.

    Reads SDN.CSV with its further files, SDN.XML, SDN_ADVANCED.XML and SDN_ENHANCED.XML. A weak a.k.a. and the name of
    a ship count only near words such as "sanction*". A name match is no identification.
    """
    _import_list(import_request("ofac", file, given), _read_ofac, SANCTIONS)


def _read_ofac(request: ImportRequest) -> ActorList:
    from monitor.exchange.formats.ofac_csv import OfacFiles, read_ofac_csv
    from monitor.exchange.formats.source_file import opened

    options, file = request.options, request.file
    with opened(file) as source:
        is_xml = source.read(200).lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<")
    if not is_xml:
        files = OfacFiles(file, options["alt"], options["addresses_file"], options["comments"])
        return read_ofac_csv(files, options["types"])
    if given := [name for name in FILES if options[name]]:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise UsageError(f"{names} belongs to SDN.CSV; {file} is XML, which contains everything")
    from monitor.exchange.formats.ofac_xml import read_ofac_xml

    return read_ofac_xml(file, options["types"])


def _import_groups(request: ImportRequest, read: Callable[[ImportRequest], ActorList]) -> None:
    from monitor.exchange.group_strictness import BESIDE_CONTEXT, GROUP_CONTEXT

    _import_list(request, read, Defaults(GROUP_CONTEXT, BESIDE_CONTEXT, 1, fuzzy=False))


def _import_list(request: ImportRequest, read: Callable[[ImportRequest], ActorList], defaults: Defaults) -> None:
    """Import a list in which each record has an identifier, by which an update recognises it."""

    def build(taken: frozenset[str], known_ids: Mapping[str, str]) -> tuple[ListSource, NameList]:
        from monitor.exchange.name_list import build_actors

        listed = read(request)
        if not listed.actors:
            raise UsageError(f"{request.file}: lists no actor")
        prefix = listed.source.prefix
        imported = build_actors(
            listed.actors, listed.notices, taken=taken, known_ids=known_ids, prefix=prefix, merge=False
        )
        return listed.source, imported

    import_actors(request, build, defaults)


def _import_names(request: ImportRequest) -> None:
    options = request.options
    if options["actor_per_row"] and options["one_actor"]:
        raise UsageError("--actor-per-row and --one-actor exclude each other; give one of them")
    if options["one_actor"]:
        _require_id(options["one_actor"])
    raw = _read_file(request.file)

    def build(taken: frozenset[str], known_ids: Mapping[str, str]) -> tuple[ListSource, NameList]:
        from monitor.exchange.formats.csv_table import read_table
        from monitor.exchange.listed import ListSource

        del known_ids  # lines of a spreadsheet move
        try:
            table = read_table(raw, encoding=options["encoding"], delimiter=options["delimiter"])
            columns = _columns(table, options)
            imported = _names(table, columns, options, taken)
        except UsageError as error:
            raise UsageError(f"{request.file}: {error}") from error
        click.echo(f"{request.file}: {table.describe()}; {columns.describe()}", err=True)
        source = ListSource(id=_list_id(request), title=f"Names of {request.file.name}", sanctions=options["sanctions"])
        return source, imported

    import_actors(request, build, Defaults(NAMES_CONTEXT))


def _list_id(request: ImportRequest) -> str:
    """Return the id of the list in ``[lists]``, which is the file name of the pack without its suffix."""
    import re

    stem = request.target.output.stem if request.target.output else ""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or "names"


def _require_id(name: str) -> None:
    from monitor.config.schema.values import InvalidValue, parse_id

    try:
        parse_id(name)
    except InvalidValue as error:
        raise UsageError(f"--one-actor: {error.message}; use letters, digits, dot, dash and underscore") from error


def _read_file(file: Path) -> bytes:
    from monitor.exchange.formats.source_file import opened

    with opened(file, MAX_CSV_BYTES) as source:
        return source.read()


def _columns(table: CsvTable, options: Mapping[str, Any]) -> Columns:
    from monitor.exchange.formats.name_columns import WantedColumns, choose_columns

    return choose_columns(
        table,
        WantedColumns(
            name=options["name_column"],
            aliases=options["alias_columns"],
            last=options["last_name_column"],
            given=options["first_name_columns"],
            type=options["type_column"],
        ),
    )


def _names(table: CsvTable, columns: Columns, options: Mapping[str, Any], taken: frozenset[str]) -> NameList:
    from monitor.exchange.formats.name_rows import read_rows
    from monitor.exchange.name_list import build_actors, build_one_actor
    from monitor.exchange.names import NameKind

    kind = options["kind"] or "auto"
    rows, notices = read_rows(table, columns, NameKind.UNKNOWN if kind == "auto" else NameKind(kind))
    if not rows:
        raise UsageError("no row has a name; choose the column, as in --name-column 2")
    if options["one_actor"]:
        return build_one_actor(rows, notices, actor_id=options["one_actor"])
    return build_actors(rows, notices, taken=taken)
