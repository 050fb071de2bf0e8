"""What is decided about a hit, and what each destination receives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.model.hit import Hit
from monitor.model.watchlist import Severity


class Verdict(StrEnum):
    """What is decided for one hit and one destination."""

    NOW = "now"
    JOIN = "join"  # goes out with a delivery that is open already
    HOLD = "hold"  # until a moment
    NO = "no"


@dataclass(frozen=True, slots=True)
class Decision:
    """For one hit and one destination: what, and why. "Not sent" exists only here."""

    destination: str
    verdict: Verdict
    reason: str
    due_at: datetime | None = None  # None with NO


class DeliveryKind(StrEnum):
    """What a delivery is for."""

    ALERT = "alert"
    FOLLOW_UP = "follow-up"
    SUMMARY = "summary"
    DIGEST = "digest"
    ESCALATION = "escalation"
    HEALTH = "health"
    CANARY = "canary"


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
    group_key: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime
    first_attempt_at: datetime | None = None
    sent_at: datetime | None = None
    possible_repeat: bool = False  # an attempt before this one may have been accepted
    late: bool = False  # its moment was missed, because the daemon was down
    reason: str = ""  # of the last failure, or why it is dead or dropped


@dataclass(frozen=True, slots=True)
class NotifiedStory:
    """What a destination has been told of a story, or will be by a delivery that is still open."""

    hit: int  # the first that was told
    severity: Severity  # the highest that was told
    outlets: int  # how many carried it when it was told last, as their feeds' weights count them
    kind: DeliveryKind = DeliveryKind.ALERT  # of the delivery that told it last, as are the rest
    group_key: str = ""
    due_at: datetime | None = None  # None with a delivery that is not open any more
    is_open: bool = False  # hits may still join it


@dataclass(frozen=True, slots=True)
class Silence:
    """Somebody's wish to hear nothing of an actor or a rule for a while."""

    id: int
    subject: str  # "actor" or "rule"
    name: str  # its id
    author: str
    why: str
    created_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class StoryOutlets:
    """Who reports the story that a hit belongs to."""

    story: int
    outlets: tuple[str, ...]  # each once, in the order in which they reported it; the hit's own is among them
    follows_title: str = ""  # the headline of the story that this one follows; empty: it stands alone


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a delivery says beside its hits, or in place of them.

    It may quote a feed: neutralise it like any other text.
    """

    title: str = ""  # of a message that has no hits
    why: str = ""  # what called for a follow-up, an escalation, a summary or a digest
    lines: tuple[str, ...] = ()  # one fact each


@dataclass(frozen=True, slots=True)
class Message:
    """All that a delivery says, before it is rendered for its destination."""

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
