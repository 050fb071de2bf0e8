"""The reasons not to notify a destination about a hit at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from monitor.alerts.policy.case import Case
from monitor.alerts.policy.entry_age import too_old
from monitor.config import AlertSettings
from monitor.model import Destination, Reason, Rule, Severity, Silence
from monitor.model.reason import AboveMaxSeverity, Backlog, BelowMinSeverity, Silenced, TriagedAsNoise


def suppression(case: Case, settings: AlertSettings) -> Reason | None:
    """Return why the destination is not notified about a hit; None if it is, now or later.

    If several reasons apply, the first counts: backlog, age, severity, triage as noise, silence.
    """
    destination = case.destination
    if case.baseline and settings.first_run == "record":
        return Backlog()
    if reason := too_old(case, settings):
        return reason
    if limit := severity_limit(destination, case.severity):
        return limit
    if case.noise and case.severity <= case.noise.severity:
        return TriagedAsNoise(case.noise.hit, case.noise.author)
    if silence := case.silence:
        return Silenced(silence.subject, silence.name, silence.author, silence.until, silence.why)
    return None


def severity_limit(destination: Destination, severity: Severity) -> BelowMinSeverity | AboveMaxSeverity | None:
    """Return the reason if a hit of that severity is below or above the range that *destination* accepts, else None."""
    if severity < destination.min_severity:
        return BelowMinSeverity(destination.name, severity, destination.min_severity)
    if destination.max_severity is not None and severity > destination.max_severity:
        return AboveMaxSeverity(destination.name, severity, destination.max_severity)
    return None


def silenced(
    silences: Iterable[Silence],
    *,
    rules: Sequence[str],
    actors: Sequence[str],
    known: Mapping[str, Rule],
    now: datetime,
) -> Silence | None:
    """Return the silence that suppresses a hit for a destination; None if at least one matching rule is not silenced.

    A rule is silenced by a silence of the rule, or if all actors that the rule names and the hit mentions are silenced.
    If the hit also mentions an actor that is not silenced, it is still sent.

    Args:
        silences: All silences, in any order; those that have ended do not count.
        rules: The ids of the matching rules that notify the destination.
        actors: The ids of the actors that the hit mentions.
        known: The rules of the active configuration, by id.
        now: The current time.
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
