"""Print the results of ``monitor import``: warnings about names, the changes of an update, and what to do next."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.import_options import STDOUT, ImportRequest
from monitor.cli.options import active_database
from monitor.cli.output import Table, dump, echo, printable, progress, write_rows
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.exchange.listed import Notice
    from monitor.exchange.pack_changes import Change, Contents, Item
    from monitor.model import Actor, SeenText

MAX_SHOWN = 50  # warnings, and changes of a kind; --json prints all
_FIRST_CHANGES = 10
_NOUNS = {"feeds": "feed", "actors": "actor", "aliases": "alias", "addresses": "address"}
_PLURALS = {"aliases": "aliases", "addresses": "addresses"}
_PREVIEW = Table(
    ("actor", "spelling", "entries", "example"), empty="no name occurs in the stored entries", wide=("example",)
)


def report_notices(file: Path, notices: Sequence[Notice]) -> None:
    """Print the first warnings about an imported list to stderr, and how many more there are."""
    for notice in notices[:MAX_SHOWN]:
        where = f"{file}:{notice.record}: " if isinstance(notice.record, int) else f"{file}: "
        record = f"{notice.record}: " if isinstance(notice.record, str) and notice.record else ""
        echo(printable(f"{where}warning: {record}{notice.text}"), err=True)
    more = len(notices) - MAX_SHOWN
    if more > 0:
        click.echo(f"{file}: {counted(more, 'more warning')}; --json prints all", err=True)


def report_changes(found: Iterable[Change]) -> None:
    """Print how many actors, aliases and the like an update adds and removes, and the first of them."""
    changed = False
    for change in found:
        for items, verb, mark in ((change.added, "added", "+"), (change.removed, "removed", "-")):
            if items:
                changed = True
                noun = counted(len(items), _NOUNS[change.kind], _PLURALS.get(change.kind))
                click.echo(f"{noun} {verb}")
                for item in items[:_FIRST_CHANGES]:
                    echo(f"  {mark} {printable(_described(change.kind, item))}")
                if len(items) > _FIRST_CHANGES:
                    click.echo(f"  {mark} ... and {len(items) - _FIRST_CHANGES:,} more; --json prints all")
    if not changed:
        click.echo("no feed, actor, alias or address changes")


def _described(kind: str, item: Item) -> str:
    weak = " (weak)" if item.weak else ""
    if kind in ("actors", "feeds"):
        return f"{item.owner}: {item.value}"
    return f'{item.owner}: "{item.value}"{weak}'


def print_json(
    request: ImportRequest, contents: Contents, notices: Iterable[Notice], found: Sequence[Change] | None
) -> None:
    """Print the results of an import as one JSON object: counts, warnings and changes.

    Args:
        request: The import that the user asked for.
        contents: What the pack contains.
        notices: All warnings about the list.
        found: The changes that an update makes; None for a new pack.
    """
    aliases = contents["aliases"]
    result: dict[str, Any] = {
        "pack": str(request.target.output) if request.target.output else None,
        "written": request.target.output is not None and not request.target.dry_run,
        "counts": {kind: len(items) for kind, items in contents.items()} | {"weak": sum(item.weak for item in aliases)},
        "warnings": [{"record": notice.record, "text": notice.text} for notice in notices],
        "changes": None if found is None else {change.kind: _change(change) for change in found},
    }
    click.echo(dump(result, indent=2))


def _change(change: Change) -> dict[str, Any]:
    return {
        verb: [_row(change.kind, item) for item in items]
        for verb, items in (("added", change.added), ("removed", change.removed))
    }


def _row(kind: str, item: Item) -> dict[str, Any]:
    if kind == "feeds":
        return {"feed": item.owner, "url": item.value}
    if kind == "actors":
        return {"actor": item.owner, "name": item.value}
    if kind == "aliases":
        return {"actor": item.owner, "alias": item.value, "weak": item.weak}
    return {"actor": item.owner, "address": item.value}


def preview(actors: Sequence[Actor], config_path: Path | None, since: datetime | None) -> None:
    """Print how many stored entries each spelling of *actors* matches; spellings without a match are only counted."""
    from monitor.backtest.spelling_counts import count_spellings
    from monitor.store import open_reader
    from monitor.store.stored_texts import count_texts, stored_texts

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
    write_rows(rows, _PREVIEW, None)
    click.echo(
        f"{counted(len(found), 'spelling')} of {len(counts):,} found in {counted(total, 'stored entry')}", err=True
    )


def _counted_off(texts: Iterable[SeenText], advance: Callable[[int], None]) -> Iterator[SeenText]:
    for text in texts:
        advance(1)
        yield text


def say_counts(output: Path, contents: Contents, warnings: int) -> None:
    """Print how many actors, aliases and the like the pack contains, and the number of warnings."""
    parts = [
        counted(len(contents[kind]), noun, _PLURALS.get(kind))
        for kind, noun in _NOUNS.items()
        if contents[kind] and kind != "aliases"
    ]
    if aliases := contents["aliases"]:
        weak = sum(item.weak for item in aliases)
        parts.append(f"{counted(len(aliases) - weak, 'alias', 'aliases')}, {weak:,} weak")
    click.echo(f"{output}: {', '.join(parts) or 'nothing'}; {counted(warnings, 'warning')}", err=True)


def say_what_is_next(output: Path, config: Config | None) -> None:
    """Print how to include the pack in the configuration, unless it is included already."""
    if output != STDOUT and not (config and _is_included(output.resolve(), config)):
        where = config.path if config else "config.toml"
        click.echo(f'Next: add "{output}" to include in {where}, then run  monitor check', err=True)


def _is_included(pack: Path, config: Config) -> bool:
    """Return whether *config* includes the file *pack*, by its name or by a pattern that matches it now."""
    watched = config.watched
    matching = (Path(name) for pattern in watched.patterns for name in glob.glob(pattern, recursive=True))  # noqa: PTH207 - the patterns are absolute
    return any(file.resolve() == pack for file in (*watched.files, *matching))
