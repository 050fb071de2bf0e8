"""``monitor packs``: list the packs (files of feeds and actors) shipped with the monitor, or show one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import output_options
from monitor.cli.output import Table, echo, write_rows
from monitor.errors import UsageError
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.config import Config

LIST = Table(("pack", "actors", "aliases", "keywords", "feeds", "about"), empty="no packs are shipped", wide=("about",))
_FIELDS = {"kind": "", "id": "", "name": "", "aliases": [], "refs": []}


@click.command(name="packs")
@click.argument("name", metavar="[NAME]", required=False)
@output_options
def command(name: str | None, form: str | None) -> None:
    """List the packs of feeds and actors that are shipped with the monitor, or show what pack NAME contains.

    To use a pack, write include = ["pack:NAME"] in the configuration.
    """
    from monitor.config.includes import PACKS

    files = {path.stem: path for path in sorted(PACKS.glob("*.toml"))}
    if name is None:
        write_rows([_summary(path) for path in files.values()], LIST, form)
        return
    name = name.removeprefix("pack:")
    if name not in files:
        raise UsageError(f'there is no pack "{name}"; there are: {", ".join(files)}')
    rows = _contents(files[name])
    if form:
        write_rows(rows, Table((), empty=""), form)
        return
    for line in [*_header(files[name]), "", *_lines(rows)]:
        echo(line)


def _summary(path: Path) -> dict[str, Any]:
    rows = _contents(path)
    by_kind = {kind: [row for row in rows if row["kind"] == kind] for kind in ("actor", "keyword", "feed")}
    about = " ".join(_header(path))
    return {
        "pack": path.stem,
        "actors": len(by_kind["actor"]),
        "aliases": sum(len(row["aliases"]) for row in by_kind["actor"]),
        "keywords": len(by_kind["keyword"]),
        "feeds": len(by_kind["feed"]),
        "about": about.partition(". ")[0].rstrip("."),
    }


def _contents(path: Path) -> list[dict[str, Any]]:
    """Return a row for each feed, actor and keyword that the pack defines, without those of packs that it includes."""
    config = _read(path)
    rows: list[dict[str, Any]] = [
        {"kind": "feed", "id": key, "name": feed.outlet, "refs": [feed.url]}
        for key, feed in config.feeds.items()
        if config.place("feeds", key).file == path
    ]
    rows += [
        {
            "kind": "actor",
            "id": key,
            "name": actor.name,
            "aliases": [*actor.aliases, *actor.weak],
            "refs": [*actor.refs],
        }
        for key, actor in config.actors.items()
        if config.place("actors", key).file == path
    ]
    rows += [
        {"kind": "keyword", "id": key, "name": key, "aliases": [*keyword.terms]}
        for key, keyword in config.keywords.items()
        if config.place("keywords", key).file == path
    ]
    return [_FIELDS | row for row in rows]


def _read(path: Path) -> Config:
    from monitor.config import load
    from monitor.errors import ConfigError

    loaded = load(path, environ={})
    if loaded.config is None:
        raise ConfigError(loaded.problems)
    return loaded.config


def _header(path: Path) -> list[str]:
    """Return the lines of the comment at the beginning of a pack, which describe it and name its sources."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").removeprefix(" "))
    return lines


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if row["kind"] == "feed":
            yield f"{row['kind']} {row['id']}: {row['name']}, {row['refs'][0]}"
            continue
        yield f"{row['kind']} {row['id']}: {row['name']}, {counted(len(row['aliases']), 'alias', 'aliases')}"
        yield f"  {', '.join(row['aliases'])}"
        if row["refs"]:
            yield f"  sources: {', '.join(row['refs'])}"
