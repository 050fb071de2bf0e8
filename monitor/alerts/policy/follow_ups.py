"""The events in a story that cause a follow-up to a destination already notified about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.model import Actor, NotifiedStory, Severity
from monitor.model.reason import Corroborated, NewActor, SeverityRose


def severity_rise(notified: NotifiedStory, severity: Severity) -> SeverityRose | None:
    """Return the reason if *severity* exceeds that of the last notification; None if it does not."""
    return SeverityRose(notified.severity, severity) if severity > notified.severity else None


def corroboration(
    notified: NotifiedStory, outlets: int, thresholds: Sequence[int], *, weighted: bool = False
) -> Corroborated | None:
    """Return the reason if the number of outlets reaches a threshold; None if it does not.

    Args:
        notified: What the destination was notified about the story; thresholds reached then do not count again.
        outlets: How many outlets report it now, as their feeds' weights count them.
        thresholds: Numbers of outlets that cause a follow-up, ascending.
        weighted: True if one of the outlets counts as several.
    """
    if not any(notified.outlets < threshold <= outlets for threshold in thresholds):
        return None
    return Corroborated(outlets, weighted)


def new_actors(notified: NotifiedStory, actors: Iterable[Actor], *, outlet: str = "") -> tuple[NewActor, ...]:
    """Return a reason for each actor that the destination was not notified of, once for each actor and story.

    A specific actor is new after a general actor that yields to it ("now attributed to Lazarus"); a general actor
    after a specific one is not.

    Args:
        notified: What the destination was notified about the story.
        actors: The actors that the entry names.
        outlet: The outlet of the entry; empty if the message contains the entry itself.
    """
    unknown = [actor for actor in actors if actor.id not in notified.actors]
    named = notified.actors.union(actor.id for actor in unknown)
    return tuple(NewActor(actor.id, actor.name, outlet) for actor in unknown if actor.yields_to.isdisjoint(named))
