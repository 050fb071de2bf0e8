"""Why something was decided: one frozen class for each reason, with typed parameters.

A decision, a delivery and an annotation hold reasons, never sentences. ``alerts.content.reason_wording`` words them.
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
    """The name under which a reason is stored; a name that was released never changes its meaning."""

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
    """Rules that name the destination matched."""

    code: ClassVar = ReasonCode.RULES_MATCHED
    rules: tuple[str, ...]  # their ids


@dataclass(frozen=True, slots=True)
class StoryWait:
    """The delivery waits for more reports of its story."""

    code: ClassVar = ReasonCode.STORY_WAIT
    wait_s: float


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The destination has quiet hours."""

    code: ClassVar = ReasonCode.QUIET_HOURS
    until: datetime


@dataclass(frozen=True, slots=True)
class DigestDue:
    """The destination receives digests, and the hit goes into the next one."""

    code: ClassVar = ReasonCode.DIGEST_DUE
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DigestPeriod:
    """What a digest covers."""

    code: ClassVar = ReasonCode.DIGEST_PERIOD
    since: datetime  # when its first hit was added
    due_at: datetime


@dataclass(frozen=True, slots=True)
class AlertStorm:
    """``[alerts] storm`` is reached: the rest is combined into one summary."""

    code: ClassVar = ReasonCode.ALERT_STORM
    limit: int
    within_s: float


@dataclass(frozen=True, slots=True)
class HourlyLimit:
    """``max_per_hour`` of the destination is reached."""

    code: ClassVar = ReasonCode.HOURLY_LIMIT
    destination: str
    limit: int


@dataclass(frozen=True, slots=True)
class SummaryPending:
    """The hit was added to a summary for the destination that is about to be sent."""

    code: ClassVar = ReasonCode.SUMMARY_PENDING


@dataclass(frozen=True, slots=True)
class CombinedIntoSummary:
    """The hit was put into a summary with others."""

    code: ClassVar = ReasonCode.COMBINED_INTO_SUMMARY


@dataclass(frozen=True, slots=True)
class CombinedIntoDigest:
    """The hit was put into a digest with others."""

    code: ClassVar = ReasonCode.COMBINED_INTO_DIGEST


@dataclass(frozen=True, slots=True)
class Backlog:
    """The entry was there at the first poll of its feed, and ``first_run = "record"``."""

    code: ClassVar = ReasonCode.BACKLOG


@dataclass(frozen=True, slots=True)
class TooOld:
    """The entry was older than ``max_age`` when it was first seen."""

    code: ClassVar = ReasonCode.TOO_OLD
    age_s: float
    max_age_s: float
    by_update: bool = False  # the feed gives no publication date: the age is that of the last update


@dataclass(frozen=True, slots=True)
class PublishedUnread:
    """The entry is older than ``max_age``, but was published while its feed was not read."""

    code: ClassVar = ReasonCode.PUBLISHED_UNREAD
    max_age_s: float
    since: datetime | None = None  # when the feed had last been read; None: several feeds, or not known


@dataclass(frozen=True, slots=True)
class BelowMinSeverity:
    """The hit is less severe than ``min_severity`` of the destination."""

    code: ClassVar = ReasonCode.BELOW_MIN_SEVERITY
    destination: str
    severity: Severity
    limit: Severity


@dataclass(frozen=True, slots=True)
class AboveMaxSeverity:
    """The hit is more severe than ``max_severity`` of the destination."""

    code: ClassVar = ReasonCode.ABOVE_MAX_SEVERITY
    destination: str
    severity: Severity
    limit: Severity


@dataclass(frozen=True, slots=True)
class Silenced:
    """An operator silenced the actor or the rule."""

    code: ClassVar = ReasonCode.SILENCED
    subject: str  # "actor" or "rule"
    name: str  # its id
    author: str
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class EntriesRenumbered:
    """The feed showed known entries under new ids, so that its new ones are probably known too."""

    code: ClassVar = ReasonCode.ENTRIES_RENUMBERED
    renumbered: int
    shown: int


@dataclass(frozen=True, slots=True)
class AlreadyNotified:
    """The destination was notified about the story, and nothing new was reported."""

    code: ClassVar = ReasonCode.ALREADY_NOTIFIED
    hit: int  # under whose number


@dataclass(frozen=True, slots=True)
class AddedToPending:
    """The hit was added to a delivery about the story that had not been sent yet."""

    code: ClassVar = ReasonCode.ADDED_TO_PENDING
    hit: int  # under whose number the destination is, or was, first notified of the story
    delivery: str = "alert"  # the kind of that delivery


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The destination was notified about the story before, and something new was reported."""

    code: ClassVar = ReasonCode.FOLLOW_UP
    hit: int  # under whose number it was notified first


@dataclass(frozen=True, slots=True)
class SeverityRose:
    """The story is more severe than at the last notification."""

    code: ClassVar = ReasonCode.SEVERITY_ROSE
    before: Severity
    after: Severity


@dataclass(frozen=True, slots=True)
class Corroborated:
    """The number of outlets that report the story reached a threshold of ``corroborate``."""

    code: ClassVar = ReasonCode.CORROBORATED
    outlets: int  # as their feeds' weights count them
    weighted: bool = False  # one of them counts as several


@dataclass(frozen=True, slots=True)
class NewActor:
    """An entry of the story names a tracked actor that the destination was not notified of."""

    code: ClassVar = ReasonCode.NEW_ACTOR
    actor: str  # its id
    name: str  # as the watchlist had it
    outlet: str = ""  # that names it, when the message does not contain its report
    hit: int = 0  # of the story, when the message is about other stories as well


@dataclass(frozen=True, slots=True)
class ArticleEdited:
    """The article was edited."""

    code: ClassVar = ReasonCode.ARTICLE_EDITED


@dataclass(frozen=True, slots=True)
class NotAcknowledged:
    """No hit of the story was triaged in time."""

    code: ClassVar = ReasonCode.NOT_ACKNOWLEDGED
    after_s: float


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The destination accepted nothing for a while."""

    code: ClassVar = ReasonCode.UNREACHABLE
    destination: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class CanarySent:
    """The hit was invented to prove that alerts arrive."""

    code: ClassVar = ReasonCode.CANARY


@dataclass(frozen=True, slots=True)
class TriagedAsNoise:
    """An operator triaged a hit of the story as noise."""

    code: ClassVar = ReasonCode.TRIAGED_AS_NOISE
    hit: int
    author: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Every attempt failed until the ``give_up`` period had passed."""

    code: ClassVar = ReasonCode.GIVEN_UP
    cause: str  # of the last failure


@dataclass(frozen=True, slots=True)
class NoDestination:
    """The destination is not configured any more."""

    code: ClassVar = ReasonCode.NO_DESTINATION
    destination: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """An operator dropped the delivery."""

    code: ClassVar = ReasonCode.DROPPED
    author: str
    why: str  # empty: no reason was given


@dataclass(frozen=True, slots=True)
class Recorded:
    """A reason as an earlier version recorded it, in words."""

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
    """Return *reason* ready for JSON: its code under ``code``, then its parameters; moments are ISO 8601."""
    return {"code": str(reason.code), **{f.name: _plain(getattr(reason, f.name)) for f in fields(reason)}}


def reason_of(values: Mapping[str, Any]) -> Reason:
    """Return the reason that ``reason_fields`` made *values* of.

    Raises:
        ValueError: There is no reason of that code.
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
    """Return, by parameter, the function that converts its value from JSON."""
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
    """Return the reasons *before* and *after* of a delivery, each once.

    A newer number of outlets replaces an older one, and a second rise in severity continues the first.
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
    """Return the reason that replaces two of the same kind; None if both are kept."""
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
