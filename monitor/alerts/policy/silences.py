"""Whether a silence keeps a hit from a destination. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from monitor.model import Rule, Silence


def silenced(
    silences: Iterable[Silence],
    *,
    rules: Sequence[str],
    actors: Sequence[str],
    known: Mapping[str, Rule],
    now: datetime,
) -> Silence | None:
    """Return the silence that keeps a hit from a destination; None if one of the rules is not silenced.

    A rule is silenced by a silence of its own, or if every actor is silenced that the hit mentions and the rule names:
    a hit that mentions another actor as well is still sent.

    Args:
        silences: Silences in any order; those that have ended do not count.
        rules: Ids of the matching rules that name the destination.
        actors: Ids of the actors that the hit mentions.
        known: The rules in force, by id.
        now: The moment of the decision.
    """
    by_subject = {(s.subject, s.name): s for s in silences if s.created_at <= now < s.until}
    found = [_of_rule(by_subject, known.get(rule), rule, actors) for rule in rules]
    return found[0] if found and all(found) else None


def _of_rule(
    silences: Mapping[tuple[str, str], Silence], rule: Rule | None, name: str, actors: Sequence[str]
) -> Silence | None:
    if own := silences.get(("rule", name)):
        return own
    named = [actor for actor in actors if rule and actor in rule.actors]
    of_actors = [silences.get(("actor", actor)) for actor in named]
    return of_actors[0] if of_actors and all(of_actors) else None
