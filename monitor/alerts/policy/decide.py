"""Decide whether, when and how one destination is notified about one hit, and why.

This module does no I/O: the current time and the notification history are arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.alerts.policy.case import Case, Plan
from monitor.alerts.policy.entry_age import is_old, missed_digest_at
from monitor.alerts.policy.follow_ups import corroboration, new_actors, severity_rise
from monitor.alerts.policy.rate_limits import first_free, for_alerts, is_full, limits_of
from monitor.alerts.policy.suppression import suppression
from monitor.alerts.policy.timing import Slot, quiet_until, slot_of
from monitor.config import AlertSettings
from monitor.model import (
    Annotation,
    Decision,
    DeliveryKind,
    Group,
    GroupBy,
    NotifiedStory,
    Reason,
    Severity,
    Verdict,
    hit_group,
    story_group,
)
from monitor.model.reason import (
    AddedToPending,
    AlertStorm,
    AlreadyNotified,
    ArticleEdited,
    CombinedIntoDigest,
    CombinedIntoSummary,
    Corroborated,
    DigestPeriod,
    FollowUp,
    NewActor,
    NotAcknowledged,
    PublishedUnread,
    RulesMatched,
    SeverityRose,
    StoryWait,
    SummaryPending,
    TriagedAsNoise,
    merge_reasons,
)

SUMMARY_WAIT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A planned delivery, before the destination's digests, quiet hours and rate limits are applied to it."""

    reasons: tuple[Reason, ...]
    group: Group
    ready_at: datetime
    kind: DeliveryKind = DeliveryKind.ALERT
    annotation: Annotation = field(default_factory=Annotation)


def decide(case: Case, settings: AlertSettings, now: datetime) -> Plan:
    """Return the decision whether, when and how one destination is notified about one hit.

    Args:
        case: The hit, the destination, and the notifications it has received about the story.
        settings: The settings of ``[alerts]``.
        now: The current time.
    """
    if reason := suppression(case, settings):
        return _suppressed(case, reason)
    return _with_noise(case, _decide_unsuppressed(case, settings, now))


def _decide_unsuppressed(case: Case, settings: AlertSettings, now: datetime) -> Plan:
    if is_old(case, settings) and (case.notified is None or settings.group == "none"):
        return _missed(case, settings, now)
    matched = RulesMatched(case.rules)
    if settings.group == "none":
        return _planned(case, settings, now, _Draft((matched,), hit_group(case.hit), ready_at=now))
    if case.notified is None:
        ready_at = now if case.severity is Severity.CRITICAL else now + timedelta(seconds=settings.wait_s)
        return _planned(case, settings, now, _Draft((matched,), story_group(case.story), ready_at))
    if case.notified.is_open:
        return _join(case, case.notified, settings, now)
    return _follow_up_or_nothing(case, case.notified, settings, now)


def decide_corroboration(case: Case, settings: AlertSettings, now: datetime) -> Plan | None:
    """Return the plan to notify about an entry that is no hit but adds news to a known story; None if it does not.

    It does if its outlet makes the number of outlets reach a threshold of ``corroborate``, or if it names a new actor.
    If a delivery about the story has not been sent yet, the new actor is added to that delivery instead.

    Args:
        case: The entry, the destination, and the notifications it has received about the story.
        settings: The settings of ``[alerts]``.
        now: The current time.
    """
    notified = case.notified
    if notified is None or settings.group == "none" or case.baseline or is_old(case, settings) or case.noise:
        return None
    if notified.is_open:
        return _new_actors_of_pending(case, notified)
    news = _news(case, notified, settings)
    return _follow_up(case, notified, settings, now, news) if news else None


def decide_escalation(case: Case, settings: AlertSettings, now: datetime, *, after_s: float) -> Plan:
    """Return the plan to escalate an unacknowledged hit: at once, even in quiet hours, but within the rate limits.

    Args:
        case: The hit, and the destination to escalate it to.
        settings: The settings of ``[alerts]``.
        now: The current time.
        after_s: How many seconds the hit has been unacknowledged.
    """
    reasons = (NotAcknowledged(after_s),)
    draft = _Draft(reasons, story_group(case.story), now, DeliveryKind.ESCALATION, Annotation(reasons=reasons))
    if plan := _summarised(case, settings, now, draft, Slot(now)):
        return plan
    decision = Decision(case.destination.name, Verdict.SEND, draft.reasons, now)
    return Plan(decision, draft.kind, draft.group, draft.annotation)


def _suppressed(case: Case, reason: Reason) -> Plan:
    return Plan(Decision(case.destination.name, Verdict.SUPPRESS, (reason,)))


def _with_noise(case: Case, plan: Plan) -> Plan:
    """Return *plan*, with a further reason if the story was triaged as noise but has become more severe since."""
    if case.noise is None or plan.decision.verdict is Verdict.SUPPRESS:
        return plan
    rise = SeverityRose(case.noise.severity, case.severity)
    reasons = (rise, TriagedAsNoise(case.noise.hit, case.noise.author))
    decision = replace(plan.decision, reasons=merge_reasons(plan.decision.reasons, reasons))
    return replace(plan, decision=decision, annotation=plan.annotation.merged_with(Annotation(reasons=reasons)))


def _missed(case: Case, settings: AlertSettings, now: datetime) -> Plan:
    """Return the plan for an entry that was published while its feed was not polled: it goes into a separate digest."""
    ready_at = missed_digest_at(case, now)
    due_at = quiet_until(case.destination.quiet_hours, settings.timezone, ready_at) or ready_at
    reasons = (PublishedUnread(settings.max_age_s, case.unread_since or now), CombinedIntoDigest())
    decision = Decision(case.destination.name, Verdict.HOLD, reasons, due_at)
    annotation = Annotation(reasons=(PublishedUnread(settings.max_age_s),))
    return Plan(decision, DeliveryKind.DIGEST, Group(GroupBy.MISSED), annotation)


def _planned(case: Case, settings: AlertSettings, now: datetime, draft: _Draft) -> Plan:
    """Return the plan to send *draft* as soon as the destination's digests, quiet hours and rate limits allow."""
    name = case.destination.name
    slot = slot_of(case.destination, case.severity, ready_at=draft.ready_at, now=now, zone=settings.timezone)
    delayed = (slot.reason,) if slot.reason else ()
    if slot.in_digest:
        decision = Decision(name, Verdict.HOLD, (*draft.reasons, *delayed), slot.due_at)
        annotation = Annotation(reasons=(DigestPeriod(now, slot.due_at), *_new_actors_listed(case, draft.reasons)))
        return Plan(decision, DeliveryKind.DIGEST, Group(GroupBy.DIGEST), annotation)
    if plan := _summarised(case, settings, now, draft, slot):
        return plan
    if slot.due_at <= now:
        return Plan(Decision(name, Verdict.SEND, draft.reasons, slot.due_at), draft.kind, draft.group, draft.annotation)
    waits = delayed or (StoryWait((slot.due_at - now).total_seconds()),)
    decision = Decision(name, Verdict.HOLD, (*draft.reasons, *waits), slot.due_at)
    return Plan(decision, draft.kind, draft.group, draft.annotation)


def _summarised(case: Case, settings: AlertSettings, now: datetime, draft: _Draft, slot: Slot) -> Plan | None:
    """Return the plan that puts the hit into a summary because a rate limit is reached; None if no limit is reached."""
    limits = limits_of(case.destination, settings.storm)
    reached = [limit.reason for limit in limits if is_full(for_alerts(limit), case.planned, slot.due_at)]
    critical = case.severity is Severity.CRITICAL
    if not reached and (critical or case.summary_due is None):
        return None
    because = reached[0] if reached else SummaryPending()
    is_storm = isinstance(because, AlertStorm)
    due_at = case.summary_due
    if due_at is None:
        earliest = slot.due_at if critical and not is_storm else max(slot.due_at, now + SUMMARY_WAIT)
        free_at = first_free(limits, case.planned, earliest)
        due_at = quiet_until(case.destination.quiet_hours, settings.timezone, free_at) or free_at
    reasons = (*draft.reasons, because, CombinedIntoSummary())
    return Plan(
        Decision(case.destination.name, Verdict.HOLD, reasons, due_at),
        DeliveryKind.SUMMARY,
        Group(GroupBy.SUMMARY),
        Annotation(reasons=(*reached[:1], *_new_actors_listed(case, draft.reasons))),
        absorbs_waiting=case.summary_due is None and is_storm,
    )


def _new_actors_of_pending(case: Case, notified: NotifiedStory) -> Plan | None:
    """Return the plan that adds the new actors to the story's unsent delivery; None if there are no new actors."""
    news = new_actors(notified, case.actors, outlet=case.outlet)
    if not news:
        return None
    lists_stories = notified.kind in (DeliveryKind.DIGEST, DeliveryKind.SUMMARY)
    annotation = Annotation(reasons=tuple(_new_actors_listed(case, news)) if lists_stories else news)
    added = AddedToPending(notified.hit, str(notified.kind))
    decision = Decision(case.destination.name, Verdict.JOIN, (added, *news), notified.due_at)
    return Plan(decision, notified.kind, notified.group, annotation)


def _new_actors_listed(case: Case, reasons: tuple[Reason, ...]) -> Iterator[NewActor]:
    """Yield the new actors in *reasons*, each with the number of a hit of its story, for a digest or summary."""
    hit = case.notified.hit if case.notified else case.hit
    return (replace(reason, hit=hit) for reason in reasons if isinstance(reason, NewActor))


def _join(case: Case, notified: NotifiedStory, settings: AlertSettings, now: datetime) -> Plan:
    """Return the plan that adds the hit to the delivery about its story that has not been sent yet."""
    critical = case.severity is Severity.CRITICAL
    ready_at = now if critical else max(now, notified.due_at or now)
    slot = slot_of(case.destination, case.severity, ready_at=ready_at, now=now, zone=settings.timezone)
    sooner = not slot.in_digest and slot.due_at < (notified.due_at or now)
    if sooner and notified.kind in (DeliveryKind.DIGEST, DeliveryKind.SUMMARY):
        # the rest of the digest can wait, this hit cannot
        rise = severity_rise(notified, case.severity)
        reasons = (RulesMatched(case.rules), *((rise,) if rise else ()))
        return _planned(case, settings, now, _Draft(reasons, story_group(case.story), ready_at))
    due_at = slot.due_at if sooner else notified.due_at
    added = AddedToPending(notified.hit, str(notified.kind))
    if notified.kind is not DeliveryKind.FOLLOW_UP:
        return Plan(Decision(case.destination.name, Verdict.JOIN, (added,), due_at), notified.kind, notified.group)
    news = _news(case, notified, settings)
    annotation = Annotation(reasons=news)
    # a hit with nothing new joins as it is; another rise, threshold or actor waits as long as its own follow-up would
    if sooner or not any(isinstance(reason, SeverityRose | Corroborated | NewActor) for reason in news):
        decision = Decision(case.destination.name, Verdict.JOIN, (added, *news), due_at)
        return Plan(decision, notified.kind, notified.group, annotation)
    ready_at = max(now + timedelta(seconds=settings.wait_s), notified.due_at or now)
    slot = slot_of(case.destination, case.severity, ready_at=ready_at, now=now, zone=settings.timezone)
    wait = slot.reason or StoryWait((slot.due_at - now).total_seconds())
    decision = Decision(case.destination.name, Verdict.JOIN, (added, *news, wait), slot.due_at)
    return Plan(decision, notified.kind, notified.group, annotation, postpones=not slot.in_digest)


def _follow_up_or_nothing(case: Case, notified: NotifiedStory, settings: AlertSettings, now: datetime) -> Plan:
    """Return the plan for one follow-up about everything new in the story; if nothing is new, the hit is suppressed."""
    news = () if is_old(case, settings) else _news(case, notified, settings)
    if not news:
        return _suppressed(case, AlreadyNotified(notified.hit))
    return _follow_up(case, notified, settings, now, news)


def _news(case: Case, notified: NotifiedStory, settings: AlertSettings) -> tuple[Reason, ...]:
    """Return what is new in the story since the destination's last notification about it: the follow-up's reasons."""
    found = (
        severity_rise(notified, case.severity),
        corroboration(notified, case.outlets, settings.corroborate, weighted=case.weighted),
        *new_actors(notified, case.actors, outlet=case.outlet),
        ArticleEdited() if case.edited else None,
    )
    return tuple(reason for reason in found if reason)


def _follow_up(
    case: Case, notified: NotifiedStory, settings: AlertSettings, now: datetime, news: tuple[Reason, ...]
) -> Plan:
    at_once = case.severity is Severity.CRITICAL and case.severity > notified.severity
    draft = _Draft(
        (FollowUp(notified.hit), *news),
        story_group(case.story),
        now if at_once else now + timedelta(seconds=settings.wait_s),
        DeliveryKind.FOLLOW_UP,
        Annotation(reasons=news),
    )
    return _planned(case, settings, now, draft)
