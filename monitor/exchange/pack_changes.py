"""Compute what an update adds to a pack and removes from it, for the report of ``monitor import --update``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.config.document.flat_tables import parse_toml

KINDS = ("feeds", "actors", "aliases", "addresses")


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """A feed, an actor, an alias or an address of a pack."""

    owner: str  # key of the feed or id of the actor
    value: str  # URL of the feed, name of the actor, the alias or the address
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """The added and removed items of one kind, such as aliases.

    Aliases and addresses of actors that are themselves added or removed are not listed.
    """

    kind: str  # one of KINDS
    added: tuple[Item, ...]
    removed: tuple[Item, ...]


Contents = Mapping[str, frozenset[Item]]  # by kind


def contents(text: str) -> Contents:
    """Return the feeds, actors, aliases and addresses in the TOML *text* of a pack; none if it is not valid TOML."""
    try:
        tables, _ = parse_toml(text)
    except (ValueError, RecursionError):
        return dict.fromkeys(KINDS, frozenset())
    found: dict[str, set[Item]] = {kind: set() for kind in KINDS}
    for key, feed in _tables(tables, "feeds"):
        found["feeds"].add(Item(key, str(feed.get("url", ""))))
    for key, actor in _tables(tables, "actors"):
        found["actors"].add(Item(key, str(actor.get("name", key))))
        found["aliases"].update(Item(key, alias) for alias in _texts(actor.get("aliases")))
        found["aliases"].update(Item(key, alias, weak=True) for alias in _texts(actor.get("weak")))
        found["addresses"].update(Item(key, address) for address in _texts(actor.get("addresses")))
    return {kind: frozenset(items) for kind, items in found.items()}


def changes(before: Contents, after: Contents) -> list[Change]:
    """Return for each kind of item what was added to the pack and removed from it."""
    owners = [{item.owner for kind in ("actors", "feeds") for item in side[kind]} for side in (before, after)]
    return [
        Change(kind, _beyond(after, before, kind, owners[0]), _beyond(before, after, kind, owners[1])) for kind in KINDS
    ]


def _beyond(one: Contents, other: Contents, kind: str, known: set[str]) -> tuple[Item, ...]:
    """Return the items of one kind that *one* contains and *other* does not.

    Args:
        one: The contents of a pack.
        other: The contents of the pack to compare with.
        kind: The kind of items.
        known: The actors and feeds of *other*; aliases and addresses of other actors are left out.
    """
    items = one[kind] - other[kind]
    whole = kind in ("actors", "feeds")
    return tuple(sorted(item for item in items if whole or item.owner in known))


def _tables(tables: Mapping[str, Any], name: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    found = tables.get(name)
    return (
        [(key, table) for key, table in found.items() if isinstance(table, Mapping)]
        if isinstance(found, Mapping)
        else []
    )


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
