"""What is done about a hit for one destination, and the reason in words.

Pure: the moment is an argument, and so is all that was done before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.alerts.content.time_words import moment_words, span_words
from monitor.alerts.policy.follow_ups import corroboration, rise
from monitor.alerts.policy.limits import first_free, for_alerts, is_full, limits_of
from monitor.alerts.policy.recurrence import quiet_until
from monitor.alerts.policy.silences import silence_words
from monitor.alerts.policy.timing import Slot, slot_of
from monitor.config import AlertSettings
from monitor.model import Annotation, Decision, DeliveryKind, Destination, NotifiedStory, Severity, Silence, Verdict

DIGEST = "digest"  # group keys of what belongs to no single story
MISSED = "missed"
SUMMARY = "summary"
UNREACHABLE = "unreachable"

GATHER_SUMMARY = timedelta(minutes=5)
GATHER_MISSED = timedelta(minutes=15), timedelta(hours=1)  # at least and at most, for the feeds to be read again
MISSED_BEFORE = timedelta(hours=1)  # what a feed showed a little late was missed as well


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision about one hit and one destination is made of."""

    destination: Destination
    severity: Severity  # the hit's
    rules: tuple[str, ...]  # ids of those that name the destination
    hit: str  # how its group is called when each hit is told by itself, as "hit 7"
    story: str  # how its story's group is called, as "story 3"
    published_at: datetime | None  # None (unknown) and a moment yet to come count as just published
    first_seen_at: datetime  # the age is taken then: what was fresh when it arrived is not old after an outage
    outlets: int = 1  # that carry the story, as their feeds' weights count them
    weighted: bool = False  # one of them counts as several
    baseline: bool = False  # of the first successful poll of its feed
    edited: bool = False  # an earlier text of the article was a hit
    unread_since: datetime | None = None  # when its feed was last read before; None: never
    reread: timedelta = timedelta()  # within that time every feed is read once more
    silence: Silence | None = None
    told: NotifiedStory | None = None  # None: the destination knows nothing of the story
    planned: tuple[datetime, ...] = ()  # when messages to the destination went out or are due, the last hour's too
    summary_due: datetime | None = None  # of a summary that may still be joined; None: there is none


@dataclass(frozen=True, slots=True)
class Plan:
    """A decision and, unless it is NO, the delivery that carries it out."""

    decision: Decision
    kind: DeliveryKind = DeliveryKind.ALERT
    group_key: str = ""
    annotation: Annotation = field(default_factory=Annotation)
    gathers: bool = False  # what waits for the same destination until then goes along: a storm is one message


def decide(case: Case, settings: AlertSettings, now: datetime) -> Plan:
    """Return what is done about one hit for one destination."""
    if why_not := _why_not(case, settings, now):
        return Plan(Decision(case.destination.name, Verdict.NO, why_not))
    if _is_old(case, settings) and (case.told is None or settings.group == "none"):
        return _missed(case, settings, now)
    if settings.group == "none":
        return _tell(case, settings, now, reason=_because(case.rules), group_key=case.hit, ready_at=now)
    if case.told is None:
        ready_at = now if case.severity is Severity.CRITICAL else now + timedelta(seconds=settings.wait_s)
        return _tell(case, settings, now, reason=_because(case.rules), group_key=case.story, ready_at=ready_at)
    if case.told.is_open:
        return _join(case, case.told, settings, now)
    return _tell_again(case, case.told, settings, now)


def corroborated(case: Case, settings: AlertSettings, now: datetime) -> Plan | None:
    """Return the follow-up that *case* calls for, if any; its entry is no hit, but carries a story that was told."""
    told = case.told
    if told is None or told.is_open or settings.group == "none" or case.baseline or _is_old(case, settings):
        return None
    why = corroboration(told, case.outlets, settings.corroborate, weighted=case.weighted)
    return _follow_up(case, told, settings, now, why=why, at_once=False) if why else None


def escalated(case: Case, settings: AlertSettings, now: datetime, *, after_s: float) -> Plan:
    """Return that somebody else is told, since nobody acknowledged a hit: at once, quiet or not, within the limits."""
    why = f"nobody acknowledged it within {span_words(after_s)}"
    if plan := _summed_up(case, settings, now, slot=Slot(now), reason=why):
        return plan
    decision = Decision(case.destination.name, Verdict.NOW, why, now)
    return Plan(decision, DeliveryKind.ESCALATION, case.story, Annotation(why=why))


# ---------------------------------------------------------------- not at all


def _why_not(case: Case, settings: AlertSettings, now: datetime) -> str:
    if case.baseline and settings.first_run == "record":
        return "first poll of this feed: its backlog is stored, not sent"
    if _is_old(case, settings) and not _was_missed(case):
        age_s = (case.first_seen_at - (case.published_at or case.first_seen_at)).total_seconds()
        return f"published {span_words(age_s)} ago, older than max_age {span_words(settings.max_age_s)}"
    if case.severity < (least := case.destination.min_severity):
        return f"severity {case.severity.word} is below min_severity {least.word} of {case.destination.name}"
    if case.silence:
        return silence_words(case.silence, zone=settings.timezone, now=now)
    return ""


def _is_old(case: Case, settings: AlertSettings) -> bool:
    if case.published_at is None:
        return False
    return (case.first_seen_at - case.published_at).total_seconds() > settings.max_age_s


def _was_missed(case: Case) -> bool:
    """Return whether the entry was published while nobody read its feed: it is late by no fault of its own."""
    if case.unread_since is None or case.published_at is None:
        return False
    unread = case.first_seen_at - case.unread_since
    return case.published_at >= case.unread_since - min(MISSED_BEFORE, unread / 2)


def _missed(case: Case, settings: AlertSettings, now: datetime) -> Plan:
    """Return that an entry, too old to be an alert, goes into the one digest of what was missed."""
    since = moment_words(case.unread_since or now, zone=settings.timezone, now=now)
    age = span_words(settings.max_age_s)
    why = f"published while its feed was not read (since {since}), older than max_age {age}"
    least, most = GATHER_MISSED
    ready_at = now + max(least, min(most, case.reread))
    due_at = quiet_until(case.destination.quiet_hours, settings.timezone, ready_at) or ready_at
    said = Annotation(why=f"published while the monitor or a feed was down, older than max_age {age}")
    decision = Decision(case.destination.name, Verdict.HOLD, f"{why}: in one digest", due_at)
    return Plan(decision, DeliveryKind.DIGEST, MISSED, said)


# ---------------------------------------------------------------- for the first time, with others, again


def _tell(
    case: Case,
    settings: AlertSettings,
    now: datetime,
    *,
    reason: str,
    group_key: str,
    ready_at: datetime,
    kind: DeliveryKind = DeliveryKind.ALERT,
    why: str = "",
) -> Plan:
    """Return that the destination is told as soon as its own settings allow."""
    slot = slot_of(case.destination, case.severity, ready_at=ready_at, now=now, zone=settings.timezone)
    if slot.in_digest:
        decision = Decision(case.destination.name, Verdict.HOLD, f"{reason}; {slot.why}", slot.due_at)
        times = ", ".join(recurrence.written for recurrence in case.destination.digest)
        return Plan(decision, DeliveryKind.DIGEST, DIGEST, Annotation(why=f"collected for {times}"))
    if plan := _summed_up(case, settings, now, slot=slot, reason=reason):
        return plan
    verdict = Verdict.NOW if slot.due_at <= now else Verdict.HOLD
    wait = f"waits {span_words((slot.due_at - now).total_seconds())} for more of the story"
    because = slot.why or (wait if verdict is Verdict.HOLD else "")
    decision = Decision(case.destination.name, verdict, "; ".join(filter(None, (reason, because))), slot.due_at)
    return Plan(decision, kind, group_key, Annotation(why=why))


def _summed_up(case: Case, settings: AlertSettings, now: datetime, *, slot: Slot, reason: str) -> Plan | None:
    """Return that it goes into a summary, when the destination would get too many messages; None: it does not."""
    limits = limits_of(case.destination, settings.storm)
    full = [limit.words for limit in limits if is_full(for_alerts(limit), case.planned, slot.due_at)]
    critical = case.severity is Severity.CRITICAL
    if not full and (critical or case.summary_due is None):
        return None
    why = full[0] if full else "a summary is about to go out"
    due_at = case.summary_due
    if due_at is None:
        hurried = critical and not why.startswith("storm")
        earliest = slot.due_at if hurried else max(slot.due_at, now + GATHER_SUMMARY)
        free_at = first_free(limits, case.planned, earliest)
        due_at = quiet_until(case.destination.quiet_hours, settings.timezone, free_at) or free_at
    decision = Decision(case.destination.name, Verdict.HOLD, f"{reason}; {why}: in one summary", due_at)
    gathers = case.summary_due is None and limits[0].words in full
    return Plan(decision, DeliveryKind.SUMMARY, SUMMARY, Annotation(why=full[0] if full else ""), gathers)


def _join(case: Case, told: NotifiedStory, settings: AlertSettings, now: datetime) -> Plan:
    """Return that the hit goes out with the delivery that tells its story, which is open still."""
    critical = case.severity is Severity.CRITICAL
    ready_at = now if critical else max(now, told.due_at or now)
    slot = slot_of(case.destination, case.severity, ready_at=ready_at, now=now, zone=settings.timezone)
    sooner = not slot.in_digest and slot.due_at < (told.due_at or now)
    if sooner and told.kind in (DeliveryKind.DIGEST, DeliveryKind.SUMMARY):
        # the others can wait, this one cannot
        reason = "; ".join(filter(None, (_because(case.rules), rise(told, case.severity))))
        return _tell(case, settings, now, reason=reason, group_key=case.story, ready_at=ready_at)
    due_at = slot.due_at if sooner else told.due_at
    parts = _parts(case, told, settings) if told.kind is DeliveryKind.FOLLOW_UP else []
    reason = f"the story is about to be told as hit #{told.hit}"
    decision = Decision(case.destination.name, Verdict.JOIN, reason, due_at)
    return Plan(decision, told.kind, told.group_key, Annotation(why="; ".join(parts)))


def _tell_again(case: Case, told: NotifiedStory, settings: AlertSettings, now: datetime) -> Plan:
    """Return the one follow-up that a rise, a threshold or an edit calls for, else that the story was told."""
    parts = [] if _is_old(case, settings) else _parts(case, told, settings)
    if not parts:
        return Plan(Decision(case.destination.name, Verdict.NO, f"story told already as hit #{told.hit}"))
    at_once = case.severity is Severity.CRITICAL and case.severity > told.severity
    return _follow_up(case, told, settings, now, why="; ".join(parts), at_once=at_once)


def _parts(case: Case, told: NotifiedStory, settings: AlertSettings) -> list[str]:
    edited = "the article was edited" if case.edited else ""
    carried = corroboration(told, case.outlets, settings.corroborate, weighted=case.weighted)
    return list(filter(None, (rise(told, case.severity), carried, edited)))


def _follow_up(
    case: Case, told: NotifiedStory, settings: AlertSettings, now: datetime, *, why: str, at_once: bool
) -> Plan:
    ready_at = now if at_once else now + timedelta(seconds=settings.wait_s)
    reason = f"follows up hit #{told.hit}: {why}"
    return _tell(
        case,
        settings,
        now,
        reason=reason,
        group_key=case.story,
        ready_at=ready_at,
        kind=DeliveryKind.FOLLOW_UP,
        why=why,
    )


def _because(rules: Sequence[str]) -> str:
    return f"rule{'s' if len(rules) > 1 else ''} {', '.join(rules)}"
