"""Ignores keywords that are only part of an actor's name, such as "hackers" in "North Korean hackers"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from monitor.matching import SpanIndex
from monitor.model import Actor, MatchKind, Mention


def keywords_in_names(
    keywords: Sequence[Mention], names: Sequence[Mention], actors: Mapping[str, Actor]
) -> dict[Mention, Mention]:
    """Return the mentions of keywords that are part of a name, each with that name.

    In "North Korean hackers met" the word "hackers" only says who met. Of a combination, whose span may contain other
    words, only the terms at its ends are its own.

    Args:
        keywords: Mentions of keywords.
        names: Mentions of actors.
        actors: By id.
    """
    by_field: dict[str, list[Mention]] = defaultdict(list)
    for name in names:
        by_field[name.field].append(name)
    indexes = {field: SpanIndex(found, lambda m: (m.start, m.end)) for field, found in by_field.items()}
    found: dict[Mention, Mention] = {}
    for keyword in keywords:
        index = indexes.get(keyword.field)
        around = index.overlapping(keyword.start, keyword.end) if index else None
        if around and _is_part(keyword, around, actors):
            found[keyword] = around
    return found


def _is_part(keyword: Mention, name: Mention, actors: Mapping[str, Actor]) -> bool:
    if not (name.start <= keyword.start and keyword.end <= name.end):
        return False
    actor = actors.get(name.actor or "")
    may_be_combination = name.kind is MatchKind.ENDING and actor is not None and bool(actor.combine)
    return not may_be_combination or keyword.start == name.start or keyword.end == name.end
