"""What a decision about one hit and one destination depends on, and what it results in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model import (
    Actor,
    Annotation,
    Decision,
    DeliveryKind,
    Destination,
    Group,
    NotifiedStory,
    Severity,
    Silence,
    StoryNoise,
)
from monitor.model.delivery import NO_GROUP


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision about one hit and one destination depends on."""

    destination: Destination
    severity: Severity  # of the hit
    rules: tuple[str, ...]  # ids of the matching rules that name the destination
    hit: int
    story: int
    published_at: datetime | None  # else of the update; None (unknown) and a future moment count as just published
    first_seen_at: datetime  # the age is computed at this moment, so that an outage does not make a fresh entry too old
    outlets: int = 1  # that report the story, as their feeds' weights count them
    weighted: bool = False  # one of them counts as several
    baseline: bool = False  # the entry comes from the first successful poll of its feed
    edited: bool = False  # an earlier text of the article was a hit
    actors: tuple[Actor, ...] = ()  # that the entry names and that are not silenced
    outlet: str = ""  # of an entry that is no hit for the destination; empty: it is one
    dated_by_update: bool = False  # the feed gives no publication date, and published_at is that of the update
    unread_since: datetime | None = None  # when its feed was last read before this poll; None: never
    reread: timedelta = timedelta()  # seconds within which every feed is polled once more
    silence: Silence | None = None
    noise: StoryNoise | None = None  # None: the last triage in the story is not "noise"
    notified: NotifiedStory | None = None  # None: the destination was not notified about the story
    planned: tuple[datetime, ...] = ()  # when messages to the destination were sent in the last hour, or are due
    summary_due: datetime | None = None  # of an open summary; None: there is none


@dataclass(frozen=True, slots=True)
class Plan:
    """A decision and, unless it is SUPPRESS, the delivery that it opens or joins."""

    decision: Decision
    kind: DeliveryKind = DeliveryKind.ALERT
    group: Group = NO_GROUP
    annotation: Annotation = field(default_factory=Annotation)
    absorbs_waiting: bool = False  # alerts for the destination that are due until then are combined into it
    postpones: bool = False  # whether the joined delivery is postponed to the due time of the decision
