"""Words for each decision reason: the only module that turns a reason code into a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import assert_never

from monitor.alerts.content.time_words import moment_words, span_words
from monitor.model import Delivery, Reason
from monitor.model.reason import (
    AboveMaxSeverity,
    AddedToPending,
    AlertStorm,
    AlreadyNotified,
    ArticleEdited,
    Backlog,
    BelowMinSeverity,
    CanarySent,
    CombinedIntoDigest,
    CombinedIntoSummary,
    Corroborated,
    DigestDue,
    DigestPeriod,
    Dropped,
    EntriesRenumbered,
    FollowUp,
    GivenUp,
    HourlyLimit,
    NewActor,
    NoDestination,
    NotAcknowledged,
    PublishedUnread,
    QuietHours,
    Recorded,
    RulesMatched,
    SeverityRose,
    Silenced,
    StoryWait,
    SummaryPending,
    TooOld,
    TriagedAsNoise,
    Unreachable,
)
from monitor.wording import counted


def reasons_text(reasons: Iterable[Reason], *, zone: tzinfo, now: datetime) -> str:
    """Return *reasons* in words on one line, separated by semicolons; empty if there are none.

    Args:
        reasons: The reasons, in the order in which to show them.
        zone: The time zone in which times are written.
        now: The current time; times of another year are written with the year.
    """
    return "; ".join(reason_text(reason, zone=zone, now=now) for reason in reasons)


def delivery_reason(delivery: Delivery, *, zone: tzinfo, now: datetime) -> str:
    """Return in words why a delivery was given up or dropped, or why its last attempt failed; may be empty.

    Args:
        delivery: The stored delivery.
        zone: The time zone in which times are written.
        now: The current time; times of another year are written with the year.
    """
    return reason_text(delivery.end_reason, zone=zone, now=now) if delivery.end_reason else delivery.cause


def reason_text(reason: Reason, *, zone: tzinfo, now: datetime) -> str:  # noqa: C901 - one line for each reason
    """Return one reason in words, the same in every alert, log line and table.

    Args:
        reason: The reason. It may contain text from a feed or a person, so the caller must neutralise the result.
        zone: The time zone in which times are written.
        now: The current time; times of another year are written with the year.
    """

    def at(moment: datetime) -> str:
        return moment_words(moment, zone=zone, now=now)

    match reason:
        case RulesMatched(rules):
            return f"rule{'' if len(rules) == 1 else 's'} {', '.join(rules)}"
        case StoryWait(wait_s):
            return f"waits {span_words(wait_s)} for more reports of the story"
        case QuietHours(until):
            return f"quiet hours until {at(until)}"
        case DigestDue(due_at):
            return f"goes into the digest of {at(due_at)}"
        case DigestPeriod(since, due_at):
            return f"digest due {at(due_at)}; covers {at(since)} to {at(due_at)}"
        case AlertStorm(limit, within_s):
            return f"alert storm: more than {limit} alerts in {span_words(within_s)}"
        case HourlyLimit(destination, limit):
            return f"rate limit reached: max_per_hour = {limit} of {destination}"
        case SummaryPending():
            return "a summary is about to be sent"
        case CombinedIntoSummary():
            return "combined into one summary"
        case CombinedIntoDigest():
            return "combined into one digest"
        case Backlog():
            return "first poll of this feed: its backlog is stored, not sent"
        case TooOld(age_s, max_age_s, by_update):
            age = f"{'last updated' if by_update else 'published'} {span_words(age_s)} ago"
            return f"{age}, older than max_age {span_words(max_age_s)}"
        case PublishedUnread(max_age_s, since):
            place = f"its feed was not read (since {at(since)})" if since else "the monitor or a feed was down"
            return f"published while {place}, older than max_age {span_words(max_age_s)}"
        case BelowMinSeverity(destination, severity, limit):
            return f"severity {severity.word} is below min_severity {limit.word} of {destination}"
        case AboveMaxSeverity(destination, severity, limit):
            return f"severity {severity.word} is above max_severity {limit.word} of {destination}"
        case Silenced(subject, name, author, until, why):
            return f"{subject} {name} is silenced by {author} until {at(until)}: {why}"
        case EntriesRenumbered(renumbered, shown):
            return f"not sent: {renumbered} of the {counted(shown, 'entry')} came back under new ids"
        case AlreadyNotified(hit):
            return f"story already notified as hit #{hit}"
        case AddedToPending(hit, delivery):
            return f"added to the pending {delivery} {'to' if delivery == 'follow-up' else 'for'} hit #{hit}"
        case FollowUp(hit):
            return f"follow-up to hit #{hit}"
        case SeverityRose(before, after):
            return f"severity rose from {before.word} to {after.word}"
        case Corroborated(outlets, weighted):
            return f"now reported by {f'outlets that count as {outlets}' if weighted else counted(outlets, 'outlet')}"
        case NewActor(_, name, outlet, hit):
            where = f"{f', named by {outlet}' if outlet else ''}{f' (story of hit #{hit})' if hit else ''}"
            return f"new actor: {name}{where}"
        case ArticleEdited():
            return "the article was edited"
        case NotAcknowledged(after_s):
            return f"not acknowledged within {span_words(after_s)}"
        case Unreachable(destination, since, until):
            return f"{destination} could not be reached from {at(since)} to {at(until)}"
        case CanarySent():
            return "canary: an invented item, sent to show that alerts arrive"
        case TriagedAsNoise(hit, author):
            return f"{author} triaged hit #{hit} of the story as noise"
        case GivenUp(cause):
            return f"given up: {cause}"
        case NoDestination(destination):
            return f'no destination called "{destination}"'
        case Dropped(author, why):
            return f"dropped by {author}: {why or 'no reason given'}"
        case Recorded(text):
            return text
    assert_never(reason)
