"""``monitor export``: export hits in formats that other programs read, such as STIX, MISP or Atom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor.cli.export_case import case
from monitor.cli.hit_filters import hit_filter_options, hit_query, warn_of_misspelling
from monitor.cli.options import config_option, load_active_config
from monitor.cli.output import dump, echo
from monitor.cli.parameters import NUMBER

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.exchange.exports.sharing import ExportContext
    from monitor.store import Reader
    from monitor.store.hit_export import ExportedHit
    from monitor.store.hit_list import HitQuery

_TEXTS = ("title", "link", "outlet", "summary", "content")  # of feeds, which may repeat a secret

F = TypeVar("F", bound=Callable[..., Any])

_output_option = click.option(
    "-o",
    "output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The file to write; it is replaced. Default: stdout.",
)


def _hits_options(command: F) -> F:
    """Add to *command* the options that all exports of hits have in common."""
    limit = click.option("--limit", type=NUMBER, help="Export at most this many, the newest. Default: all.")
    return config_option(hit_filter_options(limit(_output_option(command))))


@click.group(name="export")
def command() -> None:
    """Export hits in formats that other programs read."""


@command.command(name="ndjson")
@_hits_options
def ndjson(config_path: Path | None, limit: int | None, output: Path | None, **filters: Any) -> None:
    """Export hits as NDJSON, one object per line, as monitor hits --ndjson prints them.

    monitor match and monitor backtest read this format.
    """
    from monitor.store.hit_list import HIT_FIELDS, TEXT_FIELDS

    config = load_active_config(config_path)
    rows = _hit_rows(config, filters, limit, with_texts=True)
    fields = (*HIT_FIELDS, *TEXT_FIELDS)
    _write(config, output, (dump({name: row[name] for name in fields}) + "\n" for row in rows))


@command.command(name="csv")
@_hits_options
def csv(config_path: Path | None, limit: int | None, output: Path | None, **filters: Any) -> None:
    """Export hits as CSV, with the columns of monitor hits --csv. No spreadsheet takes a cell for a formula."""
    from monitor.csv_text import csv_lines
    from monitor.store.hit_list import HIT_FIELDS

    config = load_active_config(config_path)
    _write(config, output, csv_lines(_hit_rows(config, filters, limit), HIT_FIELDS))


@command.command(name="atom")
@_hits_options
def atom(config_path: Path | None, limit: int | None, output: Path | None, **filters: Any) -> None:
    """Export hits as an Atom feed. If [web] base_url is set, its entries link to the web page."""
    from monitor import clock
    from monitor.exchange.exports.atom import atom_feed

    config = load_active_config(config_path)
    base_url = config.web.base_url if config.web else ""
    rows = _hit_rows(config, filters, limit, with_texts=True)
    _write(config, output, atom_feed(rows, base_url, clock.now().isoformat()))


_tlp_option = click.option(
    "--tlp",
    type=click.Choice(["clear", "green", "amber", "amber+strict", "red"]),
    help="Mark the export with a level of the Traffic Light Protocol. Default: no mark.",
)


@command.command(name="stix")
@click.option(
    "--per",
    type=click.Choice(["story", "hit"]),
    default="story",
    show_default=True,
    help="One report for each story with all its hits, or one for each hit.",
)
@click.option(
    "--actors-as",
    type=click.Choice(["threat-actor", "intrusion-set"]),
    default="threat-actor",
    show_default=True,
    help="The STIX type of actors.",
)
@_tlp_option
@_hits_options
def stix(
    config_path: Path | None, per: str, actors_as: str, limit: int | None, output: Path | None, **filters: Any
) -> None:
    """Export hits as a STIX 2.1 bundle.

    A hit has the same identifier in every export, so that a platform that imports it again updates it.
    """
    from monitor.exchange.exports.stix import StixExport, StixOptions, bundle_text
    from monitor.store.hit_export import indicators_first_seen

    tlp = filters.pop("tlp")
    config = load_active_config(config_path)
    with closing(_reader(config)) as db:
        export = StixExport(
            _context(config, db, tlp), indicators_first_seen(db), StixOptions(per == "story", actors_as)
        )
        hits = _full_hits(config, db, hit_query(filters, limit=limit), whole_stories=per == "story")
        _write(config, output, bundle_text(export.objects(hits)))


@command.command(name="misp")
@click.option(
    "--per",
    type=click.Choice(["story", "run"]),
    default="story",
    show_default=True,
    help="One event for each story with all its hits, or one for all hits of this export.",
)
@_tlp_option
@_hits_options
def misp(config_path: Path | None, per: str, limit: int | None, output: Path | None, **filters: Any) -> None:
    """Export hits as MISP events.

    An event has the same identifier in every export, so that MISP updates an event that it has already.
    """
    from monitor import clock
    from monitor.exchange.exports.misp import MispExport

    tlp = filters.pop("tlp")
    config = load_active_config(config_path)
    with closing(_reader(config)) as db:
        export = MispExport(_context(config, db, tlp))
        hits = _full_hits(config, db, hit_query(filters, limit=limit), whole_stories=per == "story")
        name = ", ".join(f"{key} {value}" for key, value in (filters | {"limit": limit}).items() if value) or "all hits"
        chunks = export.story_events(hits) if per == "story" else export.run_event(hits, name, clock.now())
        _write(config, output, chunks)


def _reader(config: Config) -> Reader:
    from monitor.store import open_reader

    return open_reader(config.storage.path)


def _context(config: Config, db: Reader, tlp: str | None) -> ExportContext:
    from monitor import clock
    from monitor.exchange.exports.sharing import ExportContext, Tlp
    from monitor.store.hit_export import database_origin

    base_url = config.web.base_url if config.web else ""
    return ExportContext(database_origin(db, clock.now()), config.actors, base_url, Tlp(tlp) if tlp else None)


def _full_hits(config: Config, db: Reader, query: HitQuery, *, whole_stories: bool) -> Iterator[ExportedHit]:
    """Yield the hits that *query* selects, with the secrets of the configuration redacted.

    Args:
        config: The configuration; its secrets are redacted.
        db: A reader of the database.
        query: Which hits to read.
        whole_stories: Whether to yield also the other hits of the same stories, story by story.
    """
    from monitor.exchange.exports.sharing import without_secrets
    from monitor.redaction import Redactor
    from monitor.store.hit_export import exported_hits, whole_story_ids
    from monitor.store.hit_list import hit_ids

    hide = Redactor(config.secrets).redact
    ids = whole_story_ids(db, query) if whole_stories else hit_ids(db, query)
    if not ids:
        warn_of_misspelling({"actor": query.actor, "feed": query.feed, "rule": query.rule})
    return (without_secrets(hit, hide) for hit in exported_hits(db, ids))


def _hit_rows(
    config: Config, filters: dict[str, Any], limit: int | None, *, with_texts: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield the hits that the options select, the newest first, with the secrets of the configuration redacted.

    Args:
        config: The configuration, which names the database.
        filters: The values of the options added by ``hit_filter_options``.
        limit: The maximum number of hits; None yields all.
        with_texts: Whether to include summary and content of the entries.
    """
    from monitor.redaction import Redactor
    from monitor.store.hit_list import hit_batches, hit_ids

    hide = Redactor(config.secrets).redact
    with closing(_reader(config)) as db:
        ids = hit_ids(db, hit_query(filters, limit=limit))
        if not ids:
            warn_of_misspelling(filters)
        for row in hit_batches(db, ids, with_texts=with_texts):
            yield row | {name: hide(row[name]) for name in _TEXTS if name in row}


def _write(config: Config, output: Path | None, chunks: Iterable[str]) -> None:
    """Write an export to the file *output*; None means stdout."""
    from monitor.exchange.exports.output_file import write_output

    if output is not None and str(output) != "-":
        write_output(output, chunks, never=(config.path, config.storage.path))
        return
    for chunk in chunks:
        click.echo(chunk, nl=False)


@command.command(name="opml")
@config_option
@_output_option
def opml(config_path: Path | None, output: Path | None) -> None:
    """Export the configured feeds as OPML, with their keys, titles and tags; secrets are left out."""
    from monitor import clock
    from monitor.exchange.exports.opml import feeds_as_opml
    from monitor.redaction import Redactor

    config = load_active_config(config_path)
    export = feeds_as_opml(config.feeds.values(), Redactor(config.secrets).redact, clock.now())
    _write(config, output, [export.text])
    for line in export.omissions:
        echo(line, err=True)


command.add_command(case)
