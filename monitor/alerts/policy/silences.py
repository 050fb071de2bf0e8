"""Whether somebody asked not to hear of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo

from monitor.alerts.content.time_words import moment_words
from monitor.model import Rule, Silence


def silenced(
    silences: Iterable[Silence],
    *,
    rules: Sequence[str],
    actors: Sequence[str],
    known: Mapping[str, Rule],
    now: datetime,
) -> Silence | None:
    """Return the silence that keeps a hit from a destination; None when a rule remains that is not silenced.

    A rule is silenced by its own silence, or when all the actors are silenced that the hit mentions and the rule asks
    for: a hit that names another actor as well is still told.

    Args:
        silences: All there are; those that are over do not count.
        rules: Ids of the rules that matched and name the destination.
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
    asked_for = [actor for actor in actors if rule and actor in rule.actors]
    of_actors = [silences.get(("actor", actor)) for actor in asked_for]
    return of_actors[0] if of_actors and all(of_actors) else None


def silence_words(silence: Silence, *, zone: tzinfo, now: datetime) -> str:
    """Return who silenced what until when, and why: ``actor lazarus is silenced by ana until ...: known campaign``."""
    until = moment_words(silence.until, zone=zone, now=now)
    return f"{silence.subject} {silence.name} is silenced by {silence.author} until {until}: {silence.why}"
