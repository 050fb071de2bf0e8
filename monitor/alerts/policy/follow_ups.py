"""Find the news in a story that justifies a follow-up to a destination already notified about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.model import Actor, NotifiedStory, Severity
from monitor.model.reason import Corroborated, NewActor, SeverityRose


def severity_rise(notified: NotifiedStory, severity: Severity) -> SeverityRose | None:
    """Return a reason for a follow-up if *severity* exceeds that of the story's last notification, else None."""
    return SeverityRose(notified.severity, severity) if severity > notified.severity else None


def corroboration(
    notified: NotifiedStory, outlets: int, thresholds: Sequence[int], *, weighted: bool = False
) -> Corroborated | None:
    """Return a reason for a follow-up if the number of outlets reporting the story reaches a threshold, else None.

    Args:
        notified: The last notification about the story; a threshold that was reached then does not count again.
        outlets: The number of outlets that report the story now, each counted with the weight of its feed.
        thresholds: The numbers of outlets that cause a follow-up, ascending.
        weighted: Whether an outlet has a weight above 1.
    """
    if not any(notified.outlets < threshold <= outlets for threshold in thresholds):
        return None
    return Corroborated(outlets, weighted)


def new_actors(notified: NotifiedStory, actors: Iterable[Actor], *, outlet: str = "") -> tuple[NewActor, ...]:
    """Return a reason for each actor that the destination has not been notified of in this story, each once.

    A specific actor is new even after a more general one ("North Korean hackers", then "Lazarus Group"), but a general
    actor after a specific one is not.

    Args:
        notified: The notifications about the story so far.
        actors: The actors that the entry names.
        outlet: The name of the outlet, if the message does not contain the entry itself; else empty.
    """
    unknown = [actor for actor in actors if actor.id not in notified.actors]
    named = notified.actors.union(actor.id for actor in unknown)
    return tuple(NewActor(actor.id, actor.name, outlet) for actor in unknown if actor.yields_to.isdisjoint(named))
