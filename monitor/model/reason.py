"""The reasons for decisions and deliveries: one frozen class for each reason, with typed parameters.

Decisions, deliveries and annotations store these values, never sentences; ``alerts.content.reason_wording`` turns a
reason into words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, get_args, get_type_hints

from monitor.model.severity import Severity


class ReasonCode(StrEnum):
    """The name under which a reason is stored; a released name must never change its meaning."""

    RULES_MATCHED = "rules matched"
    STORY_WAIT = "story wait"
    QUIET_HOURS = "quiet hours"
    DIGEST_DUE = "digest due"
    DIGEST_PERIOD = "digest period"
    ALERT_STORM = "alert storm"
    HOURLY_LIMIT = "hourly limit"
    SUMMARY_PENDING = "summary pending"
    COMBINED_INTO_SUMMARY = "combined into summary"
    COMBINED_INTO_DIGEST = "combined into digest"
    BACKLOG = "backlog"
    TOO_OLD = "too old"
    PUBLISHED_UNREAD = "published unread"
    BELOW_MIN_SEVERITY = "below min_severity"
    ABOVE_MAX_SEVERITY = "above max_severity"
    SILENCED = "silenced"
    ENTRIES_RENUMBERED = "entries renumbered"
    ALREADY_NOTIFIED = "already notified"
    ADDED_TO_PENDING = "added to pending"
    FOLLOW_UP = "follow-up"
    SEVERITY_ROSE = "severity rose"
    CORROBORATED = "corroborated"
    NEW_ACTOR = "new actor"
    ARTICLE_EDITED = "article edited"
    NOT_ACKNOWLEDGED = "not acknowledged"
    UNREACHABLE = "unreachable"
    CANARY = "canary"
    TRIAGED_AS_NOISE = "triaged as noise"
    GIVEN_UP = "given up"
    NO_DESTINATION = "no destination"
    DROPPED = "dropped"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class RulesMatched:
    """The destination is notified because rules that name it in ``send_to`` matched."""

    code: ClassVar = ReasonCode.RULES_MATCHED
    rules: tuple[str, ...]  # their ids


@dataclass(frozen=True, slots=True)
class StoryWait:
    """The delivery is held for ``wait_s`` seconds, so that further reports of the same story can join it."""

    code: ClassVar = ReasonCode.STORY_WAIT
    wait_s: float


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The delivery is held because the destination has quiet hours until ``until``."""

    code: ClassVar = ReasonCode.QUIET_HOURS
    until: datetime


@dataclass(frozen=True, slots=True)
class DigestDue:
    """The hit is added to the next digest of the destination, which is due at ``due_at``."""

    code: ClassVar = ReasonCode.DIGEST_DUE
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DigestPeriod:
    """The period whose hits a digest contains."""

    code: ClassVar = ReasonCode.DIGEST_PERIOD
    since: datetime  # when its first hit was added
    due_at: datetime


@dataclass(frozen=True, slots=True)
class AlertStorm:
    """The limit ``[alerts] storm`` was reached, so further hits are combined into one summary."""

    code: ClassVar = ReasonCode.ALERT_STORM
    limit: int
    within_s: float


@dataclass(frozen=True, slots=True)
class HourlyLimit:
    """The destination reached its ``max_per_hour``, so further hits are combined into one summary."""

    code: ClassVar = ReasonCode.HOURLY_LIMIT
    destination: str
    limit: int


@dataclass(frozen=True, slots=True)
class SummaryPending:
    """The hit was added to a summary for the destination that is about to be sent."""

    code: ClassVar = ReasonCode.SUMMARY_PENDING


@dataclass(frozen=True, slots=True)
class CombinedIntoSummary:
    """The hit was moved from its own delivery into a summary of several hits."""

    code: ClassVar = ReasonCode.COMBINED_INTO_SUMMARY


@dataclass(frozen=True, slots=True)
class CombinedIntoDigest:
    """The hit was moved from its own delivery into a digest of several hits."""

    code: ClassVar = ReasonCode.COMBINED_INTO_DIGEST


@dataclass(frozen=True, slots=True)
class Backlog:
    """The notification is suppressed: the entry was in the feed at the first poll, and ``first_run`` is "record"."""

    code: ClassVar = ReasonCode.BACKLOG


@dataclass(frozen=True, slots=True)
class TooOld:
    """The notification is suppressed: the entry was older than ``max_age`` when the monitor first saw it."""

    code: ClassVar = ReasonCode.TOO_OLD
    age_s: float
    max_age_s: float
    by_update: bool = False  # the feed gives no publication date: the age is that of the last update


@dataclass(frozen=True, slots=True)
class PublishedUnread:
    """The hit is sent in a digest: the entry exceeds ``max_age``, but was published while the feed was not read."""

    code: ClassVar = ReasonCode.PUBLISHED_UNREAD
    max_age_s: float
    since: datetime | None = None  # when the feed had last been read; None: several feeds, or not known


@dataclass(frozen=True, slots=True)
class BelowMinSeverity:
    """The notification is suppressed: the severity of the hit is below the ``min_severity`` of the destination."""

    code: ClassVar = ReasonCode.BELOW_MIN_SEVERITY
    destination: str
    severity: Severity
    limit: Severity


@dataclass(frozen=True, slots=True)
class AboveMaxSeverity:
    """The notification is suppressed: the severity of the hit is above the ``max_severity`` of the destination."""

    code: ClassVar = ReasonCode.ABOVE_MAX_SEVERITY
    destination: str
    severity: Severity
    limit: Severity


@dataclass(frozen=True, slots=True)
class Silenced:
    """The notification is suppressed: an operator silenced the actor or the rule of the hit."""

    code: ClassVar = ReasonCode.SILENCED
    subject: str  # "actor" or "rule"
    name: str  # the id of the actor or rule
    author: str
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class EntriesRenumbered:
    """The notification is suppressed: the feed listed known entries under new ids, so the entry is probably not new."""

    code: ClassVar = ReasonCode.ENTRIES_RENUMBERED
    renumbered: int
    shown: int


@dataclass(frozen=True, slots=True)
class AlreadyNotified:
    """The notification is suppressed: the destination was notified of the story, and the hit adds nothing new."""

    code: ClassVar = ReasonCode.ALREADY_NOTIFIED
    hit: int  # number of the first hit of the story that the destination was notified of


@dataclass(frozen=True, slots=True)
class AddedToPending:
    """The hit was added to a delivery about the same story that had not been sent yet."""

    code: ClassVar = ReasonCode.ADDED_TO_PENDING
    hit: int  # number of the first hit of the story that the destination is or was notified of
    delivery: str = "alert"  # the kind of that delivery


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The destination is notified again: it was notified of the story before, and the hit reports something new."""

    code: ClassVar = ReasonCode.FOLLOW_UP
    hit: int  # number of the first hit of the story that the destination was notified of


@dataclass(frozen=True, slots=True)
class SeverityRose:
    """The destination is notified again: the severity of the story has risen since the last notification."""

    code: ClassVar = ReasonCode.SEVERITY_ROSE
    before: Severity
    after: Severity


@dataclass(frozen=True, slots=True)
class Corroborated:
    """The destination is notified again: enough outlets report the story to reach a threshold of ``corroborate``."""

    code: ClassVar = ReasonCode.CORROBORATED
    outlets: int  # counted with the weights of their feeds
    weighted: bool = False  # True if one outlet counts as several because of its feed's weight


@dataclass(frozen=True, slots=True)
class NewActor:
    """The destination is notified again: an entry of the story names a tracked actor of which it was not notified."""

    code: ClassVar = ReasonCode.NEW_ACTOR
    actor: str  # id of the actor
    name: str  # display name of the actor in the watchlist
    outlet: str = ""  # outlet whose report names the actor, if the message does not contain that report
    hit: int = 0  # hit of the story, if the message is about other stories as well


@dataclass(frozen=True, slots=True)
class ArticleEdited:
    """The destination is notified because the publisher edited the article."""

    code: ClassVar = ReasonCode.ARTICLE_EDITED


@dataclass(frozen=True, slots=True)
class NotAcknowledged:
    """The story is escalated: no operator triaged one of its hits within ``after_s`` seconds."""

    code: ClassVar = ReasonCode.NOT_ACKNOWLEDGED
    after_s: float


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The destination accepted no deliveries from ``since`` to ``until``."""

    code: ClassVar = ReasonCode.UNREACHABLE
    destination: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class CanarySent:
    """The hit is a canary: the monitor invented it to prove that alerts arrive."""

    code: ClassVar = ReasonCode.CANARY


@dataclass(frozen=True, slots=True)
class TriagedAsNoise:
    """The delivery is suppressed or dropped, because an operator triaged a hit of the same story as noise."""

    code: ClassVar = ReasonCode.TRIAGED_AS_NOISE
    hit: int
    author: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """The delivery is dead: every attempt to send it failed until the ``give_up`` period was over."""

    code: ClassVar = ReasonCode.GIVEN_UP
    cause: str  # of the last failure


@dataclass(frozen=True, slots=True)
class NoDestination:
    """The delivery is dead: its destination is no longer configured."""

    code: ClassVar = ReasonCode.NO_DESTINATION
    destination: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """The delivery was dropped by an operator."""

    code: ClassVar = ReasonCode.DROPPED
    author: str
    why: str  # empty: no reason was given


@dataclass(frozen=True, slots=True)
class Recorded:
    """A reason that an earlier version of the monitor stored as a sentence."""

    code: ClassVar = ReasonCode.RECORDED
    text: str


Reason = (
    RulesMatched
    | StoryWait
    | QuietHours
    | DigestDue
    | DigestPeriod
    | AlertStorm
    | HourlyLimit
    | SummaryPending
    | CombinedIntoSummary
    | CombinedIntoDigest
    | Backlog
    | TooOld
    | PublishedUnread
    | BelowMinSeverity
    | AboveMaxSeverity
    | Silenced
    | EntriesRenumbered
    | AlreadyNotified
    | AddedToPending
    | FollowUp
    | SeverityRose
    | Corroborated
    | NewActor
    | ArticleEdited
    | NotAcknowledged
    | Unreachable
    | CanarySent
    | TriagedAsNoise
    | GivenUp
    | NoDestination
    | Dropped
    | Recorded
)


def reason_fields(reason: Reason) -> dict[str, Any]:
    """Return the code and the parameters of *reason* as a dictionary for JSON; datetimes become ISO 8601 texts."""
    return {"code": str(reason.code), **{f.name: _plain(getattr(reason, f.name)) for f in fields(reason)}}


def reason_of(values: Mapping[str, Any]) -> Reason:
    """Return the reason that *values* describe; the reverse of ``reason_fields``.

    Raises:
        ValueError: There is no reason with that code.
        TypeError: A parameter is missing or unknown.
    """
    kind = _CLASSES[ReasonCode(values["code"])]
    read = _readers(kind)
    found: Reason = kind(**{name: read[name](value) for name, value in values.items() if name != "code"})
    return found


_CLASSES: Mapping[ReasonCode, Callable[..., Any]] = MappingProxyType({kind.code: kind for kind in get_args(Reason)})


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Severity):
        return value.word
    return list(value) if isinstance(value, tuple) else value


@cache
def _readers(kind: Callable[..., Any]) -> dict[str, Callable[[Any], Any]]:
    """Return, for each parameter of the reason class *kind*, the function that converts its value from JSON."""
    hints = get_type_hints(kind)
    return {name: _reader(hint) for name, hint in hints.items() if name != "code"}


def _reader(hint: object) -> Callable[[Any], Any]:
    if hint is datetime:
        return datetime.fromisoformat
    if hint is Severity:
        return lambda word: Severity[word.upper()]
    if hint == datetime | None:
        return lambda value: datetime.fromisoformat(value) if value else None
    return tuple if hint == tuple[str, ...] else lambda value: value


def merge_reasons(before: Iterable[Reason], after: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return the reasons *before* and *after* of one delivery without duplicates.

    Reasons of the same kind are combined: the newer number of outlets replaces the older one, and two rises in severity
    become one.
    """
    merged: list[Reason] = list(before)
    for reason in after:
        position = next((n for n, other in enumerate(merged) if other.code is reason.code), None)
        combined = None if position is None else _combined(merged[position], reason)
        if position is not None and combined is not None:
            merged[position] = combined
        elif reason not in merged:
            merged.append(reason)
    return tuple(merged)


def _combined(before: Reason, after: Reason) -> Reason | None:
    """Return the one reason that replaces two reasons of the same kind; None if both must be kept."""
    match before, after:
        case Corroborated(), Corroborated():
            return after
        case SeverityRose(), SeverityRose():
            return replace(after, before=min(before.before, after.before), after=max(before.after, after.after))
        case DigestPeriod(), DigestPeriod():
            return replace(after, since=min(before.since, after.since))
        case PublishedUnread(), PublishedUnread():
            return after
        case NewActor(), NewActor() if (before.actor, before.hit) == (after.actor, after.hit):
            return before
    return None
