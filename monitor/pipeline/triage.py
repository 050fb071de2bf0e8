"""Store an operator's triage of a hit, and end the follow-ups of a story that was triaged as noise."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.reason import TriagedAsNoise
from monitor.store import Writer, deliveries, timers, triage_and_silences
from monitor.store.triage_and_silences import TriageRecord

NOISE = "noise"


@dataclass(frozen=True, slots=True)
class EndedFollowUps:
    """How many deliveries and timers of a story were cancelled because an operator triaged a hit of it as noise."""

    deliveries: int  # follow-ups and escalations that were not sent yet
    escalations: int  # timers of escalations that were not due yet


def triage_hit(db: Writer, hit_id: int, record: TriageRecord) -> EndedFollowUps | None:
    """Store an operator's triage of a hit; if it is "noise", also cancel the follow-ups and escalations of its story.

    Args:
        db: The writing connection, in a transaction.
        hit_id: The number of the hit.
        record: The triage.

    Returns:
        What was cancelled; None if the triage is not "noise".

    Raises:
        LookupError: There is no hit with that number.
    """
    if not triage_and_silences.triage(db, hit_id, record):
        raise LookupError(f"no hit {hit_id}")
    if record.triage != NOISE:
        return None
    story = triage_and_silences.story_of_hit(db, hit_id)
    dropped = deliveries.drop_follow_ups(db, story, TriagedAsNoise(hit_id, record.author))
    return EndedFollowUps(dropped, timers.cancel_escalations(db, story))
