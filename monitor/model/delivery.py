"""Decisions about whether to notify a destination of a hit, and the deliveries that carry hits to destinations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from monitor.model.hit import Hit
from monitor.model.reason import Reason, merge_reasons
from monitor.model.severity import Severity


class Verdict(StrEnum):
    """Whether and how a destination is notified of a hit."""

    SEND = "send"  # send at once
    JOIN = "join"  # add to a delivery that is still open
    HOLD = "hold"  # send at a later time
    SUPPRESS = "suppress"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether, when and why one destination is notified of one hit; also stored if the notification is suppressed."""

    destination: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    due_at: datetime | None = None  # None with SUPPRESS


class DeliveryKind(StrEnum):
    """The purpose of a delivery, such as an alert, a digest or a heartbeat."""

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
    """The property by which hits are grouped into one delivery."""

    STORY = "story"
    HIT = "hit"  # each hit has a delivery of its own
    DIGEST = "digest"  # all that waits for the destination's next digest
    MISSED = "missed"  # all that was published while feeds were not read
    SUMMARY = "summary"  # all that exceeds a limit
    OUTAGE = "outage"  # all that waited while the destination could not be reached
    NOTHING = "nothing"  # no further hits are added to the delivery


@dataclass(frozen=True, slots=True)
class Group:
    """Identifies the group of hits that share a delivery, like a group of Alertmanager's ``group_by``."""

    by: GroupBy
    id: int = 0  # the id of the story or the hit; 0: the group needs no id


def story_group(story: int) -> Group:
    """Return the group that contains all hits of the story *story*."""
    return Group(GroupBy.STORY, story)


def hit_group(hit: int) -> Group:
    """Return the group that contains only the hit *hit*."""
    return Group(GroupBy.HIT, hit)


NO_GROUP = Group(GroupBy.NOTHING)


class DeliveryState(StrEnum):
    """The state of a delivery in the outbox."""

    OPEN = "open"  # further hits may be added
    PENDING = "pending"  # an attempt failed, and another will follow
    IN_FLIGHT = "in flight"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one destination, with one or more hits or with none: a row of the outbox."""

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
    cause: str = ""  # of the last failed attempt; empty: none failed, or the delivery was sent
    end_reason: Reason | None = None  # why the delivery is dead or dropped; None: it is neither


@dataclass(frozen=True, slots=True)
class NotifiedStory:
    """What a destination was notified of about one story, or will be by a delivery that is not sent yet."""

    hit: int  # number of the first hit that the destination was notified of
    severity: Severity  # the highest severity that the destination was notified of
    outlets: int  # outlets that reported the story at the last notification, counted with the weights of their feeds
    # kind, group and due_at are those of the last delivery about the story
    kind: DeliveryKind = DeliveryKind.ALERT
    group: Group = NO_GROUP
    due_at: datetime | None = None  # None if that delivery is not open any more
    is_open: bool = False  # hits may still join it
    actors: frozenset[str] = frozenset()  # ids of the tracked actors that the destination was notified of


@dataclass(frozen=True, slots=True)
class Silence:
    """A time-limited suppression of notifications about one actor or one rule, set by an operator."""

    id: int
    subject: str  # "actor" or "rule"
    name: str  # the id of the actor or rule
    author: str
    why: str
    created_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class StoryNoise:
    """Records that an operator triaged a story as noise.

    The story then causes no follow-ups or escalations until its severity rises.
    """

    hit: int  # the hit that was triaged
    author: str
    severity: Severity  # the highest severity of the story's hits until then


@dataclass(frozen=True, slots=True)
class HeadlineAmount:
    """A sum of money in the headline of one outlet's report of a story."""

    outlet: str
    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class StoryOutlets:
    """The outlets that report one story, and the facts about the story that a message shows with them."""

    story: int
    outlets: tuple[str, ...]  # each once, in the order in which they reported the story; includes the outlet of the hit
    follows_title: str = ""  # the headline of the story that this one follows; empty: it follows none
    amounts: tuple[
        HeadlineAmount, ...
    ] = ()  # in the headlines; they show which reports are about an earlier, smaller event


@dataclass(frozen=True, slots=True)
class DailyMentions:
    """How many stories mentioned an actor on each of the days up to one."""

    actor: str  # its id
    last: date  # the day of the last number, in UTC
    stories: tuple[int, ...]  # one number for each day, oldest first

    @property
    def total(self) -> int:
        """Return the sum of all days; a story of several days counts on each."""
        return sum(self.stories)

    @property
    def peak(self) -> tuple[date, int]:
        """Return the day with most stories, the newest of several, and their number."""
        highest = max(self.stories)
        back = self.stories[::-1].index(highest)
        return self.last - timedelta(days=back), highest


@dataclass(frozen=True, slots=True)
class Annotation:
    """Text that a message shows in addition to its hits, or instead of hits if it has none.

    It may quote a feed, so it must be neutralised (its mark-up and links made harmless) when it is rendered.
    """

    title: str = ""  # the title of a message without hits
    reasons: tuple[Reason, ...] = ()  # what caused a follow-up, an escalation, a summary or a digest
    lines: tuple[str, ...] = ()  # one fact each

    def merged_with(self, later: Annotation) -> Annotation:
        """Return one annotation with the title, reasons and lines of this one and of *later*, each once."""
        lines = tuple(dict.fromkeys([*self.lines, *later.lines]))
        return Annotation(self.title or later.title, merge_reasons(self.reasons, later.reasons), lines)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to create.

    If the destination has an open delivery of the same kind and group, the hits are added to that one instead.
    """

    destination: str
    kind: DeliveryKind
    group: Group
    due_at: datetime
    hits: tuple[int, ...] = ()  # numbers
    annotation: Annotation = Annotation()
    late: bool = False  # its due time was missed


@dataclass(frozen=True, slots=True)
class Message:
    """The content of a delivery before it is rendered: its hits, the outlets of their stories, and the annotation."""

    delivery: Delivery
    hits: tuple[Hit, ...] = ()  # oldest first; empty: the message has only the annotation
    story_outlets: tuple[StoryOutlets, ...] = ()  # of the stories of the hits, each story once
    annotation: Annotation = Annotation()
    daily_mentions: tuple[DailyMentions, ...] = ()  # of actors of the hits that are mentioned often


@dataclass(frozen=True, slots=True)
class Notification:
    """A message as it was rendered for the service of its destination, ready to be sent."""

    title: str
    body: str  # plain text
    html: str = ""  # sent instead of the body to services that show HTML; empty: the body is sent
    document: Mapping[str, object] = field(default_factory=dict)  # the message in the service's own form; JSON
    headers: tuple[tuple[str, str], ...] = ()  # of a mail, name and value
