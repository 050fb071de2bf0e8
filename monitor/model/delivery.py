"""Decisions about hits, and the deliveries to each destination."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from monitor.model.hit import Hit
from monitor.model.reason import Reason, merge_reasons
from monitor.model.severity import Severity


class Verdict(StrEnum):
    """What is decided for one hit and one destination."""

    SEND = "send"  # now
    JOIN = "join"  # with a delivery that is still open
    HOLD = "hold"  # until a moment
    SUPPRESS = "suppress"


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about one hit and one destination; the only record of a suppressed notification."""

    destination: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    due_at: datetime | None = None  # None with SUPPRESS


class DeliveryKind(StrEnum):
    """What a delivery is for."""

    ALERT = "alert"
    FOLLOW_UP = "follow-up"
    SUMMARY = "summary"
    DIGEST = "digest"
    ESCALATION = "escalation"
    CORRECTION = "correction"  # an edit of the article removed an actor, or added it again
    HEALTH = "health"
    HEARTBEAT = "heartbeat"
    CANARY = "canary"


class GroupBy(StrEnum):
    """What the hits of one delivery have in common."""

    STORY = "story"
    HIT = "hit"  # each hit has a delivery of its own
    DIGEST = "digest"  # all that waits for the destination's next digest
    MISSED = "missed"  # all that was published while feeds were not read
    SUMMARY = "summary"  # all that exceeds a limit
    OUTAGE = "outage"  # all that waited while the destination could not be reached
    NOTHING = "nothing"  # nothing joins it


@dataclass(frozen=True, slots=True)
class Group:
    """The group of hits that share a delivery; Alertmanager calls this group_by."""

    by: GroupBy
    id: int = 0  # the id of the story or the hit; 0: the group needs no id


def story_group(story: int) -> Group:
    """Return the group of all hits of a story."""
    return Group(GroupBy.STORY, story)


def hit_group(hit: int) -> Group:
    """Return the group of one hit alone."""
    return Group(GroupBy.HIT, hit)


NO_GROUP = Group(GroupBy.NOTHING)


class DeliveryState(StrEnum):
    """Where a delivery stands in the outbox."""

    OPEN = "open"  # hits may still join
    PENDING = "pending"  # was tried, will be tried again
    IN_FLIGHT = "in flight"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message for one destination, of one or many hits: a row of the outbox."""

    id: int
    destination: str
    kind: DeliveryKind
    group: Group
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime
    first_attempt_at: datetime | None = None
    sent_at: datetime | None = None
    possible_repeat: bool = False  # an attempt before this one may have been accepted
    late: bool = False  # its due time was missed because the daemon was down
    cause: str = ""  # of the last failure; empty: none, or it was sent
    end_reason: Reason | None = None  # why it is dead or dropped; None: it is neither


@dataclass(frozen=True, slots=True)
class NotifiedStory:
    """The notification state of a destination and a story, including a delivery that is still open."""

    hit: int  # the first that it was notified of
    severity: Severity  # the highest that it was notified of
    outlets: int  # how many reported it at the last notification, as their feeds' weights count them
    kind: DeliveryKind = DeliveryKind.ALERT  # of the last delivery about it, as are the rest
    group: Group = NO_GROUP
    due_at: datetime | None = None  # None if that delivery is not open any more
    is_open: bool = False  # hits may still join it
    actors: frozenset[str] = frozenset()  # ids of the tracked actors that it was notified of


@dataclass(frozen=True, slots=True)
class Silence:
    """An actor or a rule that an operator muted for a time."""

    id: int
    subject: str  # "actor" or "rule"
    name: str  # its id
    author: str
    why: str
    created_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class StoryNoise:
    """That an operator triaged a story as noise: it causes no follow-ups and escalations until its severity rises."""

    hit: int  # the hit that was triaged
    author: str
    severity: Severity  # the highest severity of the story's hits until then


@dataclass(frozen=True, slots=True)
class HeadlineAmount:
    """A sum of money in the headline of an outlet's report."""

    outlet: str
    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class StoryOutlets:
    """The outlets that report the story of a hit."""

    story: int
    outlets: tuple[str, ...]  # each once, in the order in which they reported it; the hit's own is among them
    follows_title: str = ""  # the headline of the story that this one follows; empty: it follows none
    amounts: tuple[HeadlineAmount, ...] = ()  # distinguish the reports of an earlier, smaller event


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a delivery says in addition to its hits, or in place of them.

    It may quote a feed: neutralise it like any other text.
    """

    title: str = ""  # the title of a message without hits
    reasons: tuple[Reason, ...] = ()  # what caused a follow-up, an escalation, a summary or a digest
    lines: tuple[str, ...] = ()  # one fact each

    def merged_with(self, later: Annotation) -> Annotation:
        """Return one annotation with the contents of this one and of *later*."""
        lines = tuple(dict.fromkeys([*self.lines, *later.lines]))
        return Annotation(self.title or later.title, merge_reasons(self.reasons, later.reasons), lines)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to be opened, or joined if one of its destination, kind and group is open."""

    destination: str
    kind: DeliveryKind
    group: Group
    due_at: datetime
    hits: tuple[int, ...] = ()  # numbers
    annotation: Annotation = Annotation()
    late: bool = False  # its due time was missed


@dataclass(frozen=True, slots=True)
class Message:
    """The content of a delivery, before it is rendered for its destination."""

    delivery: Delivery
    hits: tuple[Hit, ...] = ()  # oldest first; empty: the annotation is all there is
    story_outlets: tuple[StoryOutlets, ...] = ()  # of the stories of the hits, each story once
    annotation: Annotation = Annotation()


@dataclass(frozen=True, slots=True)
class Notification:
    """A delivery as rendered, at the moment it is sent."""

    title: str
    body: str  # plain text
    html: str = ""  # what is sent in place of the body where HTML is shown; empty: the body is
    document: Mapping[str, object] = field(default_factory=dict)  # the message in the service's own form; JSON
    headers: tuple[tuple[str, str], ...] = ()  # of a mail, name and value
