"""Escalation: notify other destinations if a hit is not acknowledged in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from monitor.alerts.policy.case import Case
from monitor.alerts.policy.decide import decide_escalation
from monitor.alerts.policy.rate_limits import HOUR
from monitor.config import Config
from monitor.logs import Log
from monitor.model import Annotation, DeliveryKind, Escalation, Hit, NewDelivery, RuleMatch, story_group
from monitor.model.reason import NotAcknowledged
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.due_timers import DueTimer
from monitor.store import Writer, hits, notification_history, outbox, timers, triage_and_silences
from monitor.store.notification_history import StoryNotification
from monitor.store.timers import ESCALATION, Timer

__all__ = ["ESCALATION", "escalate", "start_escalations"]

log = Log(__name__)


def start_escalations(
    db: Writer,
    config: Config,
    rules: Iterable[RuleMatch],
    begun: Mapping[str, datetime],
    *,
    story: int,
    now: datetime,
) -> None:
    """Set an escalation timer for each of *rules* that has ``escalate``, with the recipients that are configured now.

    A timer that is set already stays as it is.

    Args:
        db: The writing connection, in a transaction.
        config: The active configuration.
        rules: The rules that matched.
        begun: When each destination is notified of something new; the waiting time of a rule begins with the first
            destination in its ``send_to``.
        story: The id of the story of the hit.
        now: The current time.
    """
    for match in rules:
        rule = config.rules.get(match.rule)
        moments = [at for name, at in begun.items() if name in match.send_to]
        if rule is None or rule.escalate is None or not moments:
            continue
        due_at = max(min(moments), now) + timedelta(seconds=rule.escalate.after_s)
        timer = Timer(ESCALATION, now, due_at, story=story, rule=rule.id, escalation=rule.escalate)
        timers.set_escalation(db, timer)


def escalate(db: Writer, active: ActiveConfiguration, due: DueTimer) -> None:
    """Notify the recipients of a due escalation, unless an operator has triaged a hit of the story in time.

    The recipients are those that the rule had when the timer was set; the rule may have been removed since.

    Args:
        db: The writing connection, in a transaction.
        active: The active configuration.
        due: The timer that is due.
    """
    timer = due.timer
    rule = active.config.rules.get(timer.rule)
    escalation = timer.escalation or (rule.escalate if rule else None)
    hit_id = hits.most_severe_hit(db, timer.story, timer.rule)
    hit = hits.load_hit(db, hit_id) if hit_id is not None else None
    if escalation is None or hit is None:
        cause = "the hit was deleted" if hit is None else "the rule was removed, and its recipients were not stored"
        log.error("escalation failed", story=timer.story, rule=timer.rule, cause=cause)
        return
    if by := triage_and_silences.acknowledged_by(db, timer.story, timer.set_at):
        log.info("escalation skipped: the hit was acknowledged", hit=hit.id, rule=timer.rule, by=by)
        return
    for destination in escalation.to:
        if destination in active.config.destinations:
            _notify(db, active, due, destination, hit, escalation)
        else:
            _keep(db, due, destination, hit, escalation)


def _notify(
    db: Writer, active: ActiveConfiguration, due: DueTimer, name: str, hit: Hit, escalation: Escalation
) -> None:
    now = due.now
    case = Case(
        destination=active.config.destinations[name],
        severity=hit.severity,
        rules=(),
        hit=hit.id,
        story=hit.story,
        published_at=hit.entry.published_at,
        first_seen_at=hit.entry.first_seen_at,
        planned=outbox.planned(db, name, now - HOUR, now),
        summary_due=outbox.summary_due(db, name),
    )
    plan = decide_escalation(case, active.config.alerts, now, after_s=escalation.after_s)
    due_at = plan.decision.due_at or now
    new = NewDelivery(name, plan.kind, plan.group, due_at, (hit.id,), plan.annotation, late=due.late)
    delivery = outbox.open_delivery(db, new, now)
    notification = StoryNotification(hit.story, name, hit.id, hit.severity, 1, delivery, hit.judgement.actors)
    notification_history.record_notified(db, notification)
    log.warning("hit not acknowledged in time, escalated", hit=hit.id, destination=name, delivery=delivery)


def _keep(db: Writer, due: DueTimer, name: str, hit: Hit, escalation: Escalation) -> None:
    """Enqueue an escalation for a recipient that is not configured.

    The delivery waits until the destination is configured, or until the ``give_up`` period is over.
    """
    annotation = Annotation(reasons=(NotAcknowledged(escalation.after_s),))
    new = NewDelivery(name, DeliveryKind.ESCALATION, story_group(hit.story), due.now, (hit.id,), annotation, due.late)
    delivery = outbox.open_delivery(db, new, due.now)
    log.error("escalated to a destination that is not configured", hit=hit.id, destination=name, delivery=delivery)
