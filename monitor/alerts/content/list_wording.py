"""Words for the published lists that the actors of an entry come from. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model import Judgement, ListedActor


def list_words(listed: ListedActor) -> str:
    """Return what is known of a listed actor: ``address on the OFAC SDN list of 2026-11-25``.

    A match of a name on a sanctions list is never called an identification.
    """
    edition = f"on the {listed.title} of {listed.date:%Y-%m-%d}"
    if listed.by_address and listed.by_name:
        caution = "; the name match alone is no identification" if listed.sanctions else ""
        return f"name and address {edition}{caution}"
    if listed.by_address:
        return f"address {edition}"
    return f"{edition}; a name match is no identification" if listed.sanctions else edition


def list_fields(listed: ListedActor) -> dict[str, str | bool]:
    """Return *listed* with the keys that ``match``, ``show``, the API and ``json://`` destinations give it."""
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


def list_lines(judgement: Judgement, names: Iterable[tuple[str, str]] = ()) -> list[str]:
    """Return a line for each actor of *judgement* that is on a published list: ``Tin Ferry: address on the ...``.

    Args:
        judgement: The judgement of an entry.
        names: The id and the display name of actors; an actor without one is called by its id.
    """
    display = dict(names)
    return [f"{display.get(listed.actor, listed.actor)}: {list_words(listed)}" for listed in judgement.lists]
