"""Triage of a hit by an operator, and what it ends."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.reason import TriagedAsNoise
from monitor.store import Writer, deliveries, timers, triage_and_silences
from monitor.store.triage_and_silences import TriageRecord

NOISE = "noise"


@dataclass(frozen=True, slots=True)
class EndedFollowUps:
    """What the triage of a hit as noise ended in its story."""

    deliveries: int  # follow-ups and escalations that were not sent yet
    escalations: int  # that were not due yet


def triage_hit(db: Writer, hit_id: int, record: TriageRecord) -> EndedFollowUps | None:
    """Store the triage of a hit; noise also ends the follow-ups and escalations of its story.

    Args:
        db: The writing connection, in a transaction.
        hit_id: The number of the hit.
        record: The triage.

    Returns:
        What was ended; None if the triage is not "noise".

    Raises:
        LookupError: There is no such hit.
    """
    if not triage_and_silences.triage(db, hit_id, record):
        raise LookupError(f"no hit {hit_id}")
    if record.triage != NOISE:
        return None
    story = triage_and_silences.story_of_hit(db, hit_id)
    dropped = deliveries.drop_follow_ups(db, story, TriagedAsNoise(hit_id, record.author))
    return EndedFollowUps(dropped, timers.cancel_escalations(db, story))
