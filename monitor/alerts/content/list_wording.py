"""Words about the published lists, such as sanctions lists, on which the actors of a hit are."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model import ListedActor


def list_words(listed: ListedActor) -> str:
    """Return which published list an actor is on, and what matched: ``address on the OFAC SDN list of 2026-11-25``.

    The text never calls a match of a name on a sanctions list an identification.
    """
    edition = f"on the {listed.title} of {listed.date:%Y-%m-%d}"
    if listed.by_address and listed.by_name:
        caution = "; the name match alone is no identification" if listed.sanctions else ""
        return f"name and address {edition}{caution}"
    if listed.by_address:
        return f"address {edition}"
    return f"{edition}; a name match is no identification" if listed.sanctions else edition


def list_fields(listed: ListedActor) -> dict[str, str | bool]:
    """Return a listed actor as the JSON object that ``match``, ``show``, the API and ``json://`` destinations give."""
    return {
        "actor": listed.actor,
        "list": listed.list_id,
        "title": listed.title,
        "date": listed.date.isoformat(),
        "sanctions": listed.sanctions,
        "by_name": listed.by_name,
        "by_address": listed.by_address,
        "words": list_words(listed),
    }


def list_lines(lists: Iterable[ListedActor], names: Iterable[tuple[str, str]] = ()) -> list[str]:
    """Return a line for each actor of a hit that is on a published list: ``Tin Ferry: address on the ...``.

    Args:
        lists: The listed actors in the judgement of the hit.
        names: Pairs of an actor's id and display name; an actor without a display name is called by its id.
    """
    display = dict(names)
    return [f"{display.get(listed.actor, listed.actor)}: {list_words(listed)}" for listed in lists]
