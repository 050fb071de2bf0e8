"""Input and output of a notification decision: ``Case`` (one hit for one destination) and ``Plan``."""

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
    """All facts about one hit and one destination from which ``decide`` decides whether to notify."""

    destination: Destination
    severity: Severity  # the severity of the hit
    rules: tuple[str, ...]  # ids of the matching rules that notify the destination
    hit: int
    story: int
    published_at: datetime | None  # else when it was updated; None and a future time count as just published
    first_seen_at: datetime  # the age is computed at this moment, so that an outage does not make a fresh entry too old
    outlets: int = 1  # how many report the story, each counted with the weight of its feed
    weighted: bool = False  # whether one of these outlets has a weight above 1
    baseline: bool = False  # the entry comes from the first successful poll of its feed
    edited: bool = False  # an earlier text of the article was a hit
    actors: tuple[Actor, ...] = ()  # the actors that the entry names, without silenced ones
    outlet: str = ""  # the outlet of an entry that is no hit for the destination; empty if it is a hit
    dated_by_update: bool = False  # the feed gives no publication date, and published_at is that of the update
    unread_since: datetime | None = None  # when its feed was last read before this poll; None: never
    reread: timedelta = timedelta()  # how long it takes until every feed has been polled once more
    silence: Silence | None = None
    noise: StoryNoise | None = None  # None: the last triage in the story is not "noise"
    notified: NotifiedStory | None = None  # None: the destination was not notified about the story
    planned: tuple[datetime, ...] = ()  # when messages to the destination were sent in the last hour, or are due
    summary_due: datetime | None = None  # when the pending summary is due; None if none is pending


@dataclass(frozen=True, slots=True)
class Plan:
    """The decision for one hit and one destination, and the delivery that the hit goes into.

    If the decision is SUPPRESS, there is no delivery, and the other fields do not count.
    """

    decision: Decision
    kind: DeliveryKind = DeliveryKind.ALERT
    group: Group = NO_GROUP
    annotation: Annotation = field(default_factory=Annotation)
    absorbs_waiting: bool = (
        False  # whether alerts for the destination that are due earlier are combined into this delivery
    )
    postpones: bool = False  # whether the joined delivery is postponed to the due time of the decision
