"""Write a suggested change of an actor as TOML to paste into the main configuration file, and say where to paste it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from monitor.config import Config
from monitor.config.document.read_file import parse_source
from monitor.exchange.pack_file import toml_key, toml_list
from monitor.matching import folded_words
from monitor.model import Actor, Scope

_LISTS = ("aliases", "weak", "context", "exclude")


@dataclass(frozen=True, slots=True)
class SuggestedToml:
    """Lines of TOML, and the instruction where to paste them."""

    instruction: str
    lines: tuple[str, ...]


def suggest_actor(config: Config, after: Actor) -> SuggestedToml:
    """Return the TOML that turns the configured actor into *after*.

    Args:
        config: The current configuration.
        after: The changed actor; its id names the actor to change.
    """
    before = config.actors[after.id]
    source, _ = parse_source(config.path, config.files.texts[str(config.path)].encode())
    table = source.table.get("actors", {}).get(after.id)
    if isinstance(table, dict):
        row = source.positions.find(("actors", after.id), key=True).row + 1
        instruction = f"in [actors.{toml_key(after.id)}], line {row}, replace or add"
        return SuggestedToml(instruction, tuple(_keys_of_table(table, before, after)))
    if table is not None:
        row = source.positions.find(("actors", after.id), key=True).row + 1
        whole = (f"[actors.{toml_key(after.id)}]", *_lists(after), *_values(before, after))
        return SuggestedToml(f"delete line {row}, and at the end add", whole)
    return SuggestedToml(
        "at the end, add", (f"[actors.{toml_key(after.id)}]", "extend = true", *_extension(before, after))
    )


def _extension(before: Actor, after: Actor) -> Iterator[str]:
    """Yield the keys of a table with ``extend = true``, which changes an actor that an included file defines."""
    removed = [s for key in _LISTS for s in getattr(before, key) if s not in getattr(after, key)]
    if removed:
        yield from toml_list(dict.fromkeys(removed), "remove")
    for key in _LISTS:
        # a spelling that moves to another list is removed from all of them first
        added = [s for s in getattr(after, key) if s not in getattr(before, key) or s in removed]
        if added:
            yield from toml_list(added, key)
    yield from _values(before, after)


def _keys_of_table(table: dict[str, Any], before: Actor, after: Actor) -> Iterator[str]:
    """Yield the changed keys of an actor that the main file defines as a table, each with its complete new value."""
    elsewhere: list[str] = []
    for key in _LISTS:
        old, new = getattr(before, key), getattr(after, key)
        if old == new:
            continue
        written = table.get(key, [])
        removed = [s for s in old if s not in new]
        elsewhere += [s for s in removed if s not in written]
        kept = [s for s in written if s not in removed]
        yield from toml_list([*kept, *(s for s in new if s not in old)], key)
    if elsewhere:
        yield from toml_list([*table.get("remove", []), *elsewhere], "remove")
    yield from _values(before, after)


def _lists(actor: Actor) -> Iterator[str]:
    """Yield all lists of an actor that the main file defined as a mere list of aliases and that needs a table now."""
    for key in _LISTS:
        if values := getattr(actor, key):
            yield from toml_list(values, key)


def _values(before: Actor, after: Actor) -> Iterator[str]:
    if after.within != before.within and not isinstance(after.within, Scope):
        yield f'within = "{after.within} word{"" if after.within == 1 else "s"}"'
    if after.fuzzy != before.fuzzy and after.fuzzy == 0:
        yield 'fuzzy = "off"'


def new_actor(name: str) -> SuggestedToml:
    """Return the TOML of a new actor whose only alias is *name*."""
    id_ = re.sub(r"[^a-z0-9]+", "-", "-".join(folded_words(name))).strip("-") or "new-actor"
    return SuggestedToml("at the end, add", (f"[actors.{id_}]", *toml_list((name,), "aliases")))
