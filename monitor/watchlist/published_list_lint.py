"""Check what actors take from published lists, such as sanctions lists: the age of the lists, and the addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from monitor.config import Config
from monitor.errors import Problem
from monitor.facts import WatchedAddress, parse_address
from monitor.wording import counted

MAX_SANCTIONS_AGE_DAYS = 30

_Path = tuple[str | int, ...]


def lint_published_lists(config: Config, today: date | None) -> Iterator[Problem]:
    """Yield the problems with published lists and blockchain addresses in *config*.

    An invalid address is an error; all other problems are warnings.

    Args:
        config: The configuration.
        today: The current date, to check the age of the lists; None skips that check.
    """
    if today is not None:
        yield from _lint_ages(config, today)
    owners: dict[str, list[tuple[WatchedAddress, _Path]]] = {}
    for path, written in addresses_of(config):
        try:
            address = parse_address(written)
        except ValueError as error:
            message, _, hint = str(error).rpartition("; ")
            yield Problem("error", config.place(*path), message, hint)
        else:
            owners.setdefault(address.value, []).append((address, path))
    for same in owners.values():
        if len(same) > 1:
            yield from _lint_same(config, same)


def addresses_of(config: Config) -> Iterator[tuple[_Path, str]]:
    """Yield the path in the configuration, and the text, of every blockchain address in *config*."""
    for actor in config.actors.values():
        for number, written in enumerate(actor.addresses):
            yield ("actors", actor.id, "addresses", number), written


def _lint_ages(config: Config, today: date) -> Iterator[Problem]:
    for published in config.lists.values():
        age = (today - published.date).days
        place = config.place("lists", published.id, "date")
        if age < 0:
            message = f"date in [lists.{published.id}] is in the future: {published.date}"
            yield Problem("warning", place, message, "write the date of the edition that was imported")
        elif published.sanctions and age > MAX_SANCTIONS_AGE_DAYS:
            message = f'the sanctions list "{published.title}" is {counted(age, "day")} old'
            yield Problem("warning", place, message, "import a newer edition")


def _lint_same(config: Config, same: list[tuple[WatchedAddress, _Path]]) -> Iterator[Problem]:
    """Warn if an address is listed several times for one actor, and once if several actors have it."""
    first: dict[object, WatchedAddress] = {}
    for address, path in same:
        known = first.setdefault(path[1], address)
        if known is not address:
            message = f'"{address.written}" means the same as "{known.written}" before it'
            yield Problem("warning", config.place(*path), message, "delete one of the two")
    if len(first) > 1:
        address, path = same[1] if same[1][1][1] != same[0][1][1] else same[-1]
        actors = f"{counted(len(first), 'actor')}: {', '.join(map(str, first))}"
        message = f'"{address.written}" is an address of {actors}'
        hint = "each of them is mentioned where it occurs; delete it from all but the intended ones"
        yield Problem("warning", config.place(*path), message, hint)
