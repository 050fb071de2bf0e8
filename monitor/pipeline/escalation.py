"""A hit that nobody acknowledged in time is told to somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from monitor.alerts.policy.decide import Case, escalated
from monitor.alerts.policy.follow_ups import joined
from monitor.alerts.policy.limits import HOUR
from monitor.config import Config
from monitor.logs import Log
from monitor.model import Hit, RuleMatch
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.due_timers import DueTimer
from monitor.store import Writer, deliveries, hits, messages, notification_history, outbox, timers, triage_records

ESCALATION = "escalation"  # the kind of its timers

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
    """Set a timer for each of *rules* that wants somebody else to be told when nobody acknowledges the story.

    *begun* says when which destinations hear of something new; the time counts from the first that its rule names. A
    timer that is set already stays as it is.
    """
    for match in rules:
        rule = config.rules.get(match.rule)
        moments = [at for name, at in begun.items() if name in match.send_to]
        if rule is None or rule.escalate is None or not moments:
            continue
        due_at = max(min(moments), now) + timedelta(seconds=rule.escalate.after_s)
        timers.set_timer_once(db, ESCALATION, f"{story} {rule.id}", due_at=due_at, now=now)


def escalate(db: Writer, active: ActiveConfiguration, due: DueTimer) -> None:
    """Tell those of the rule's ``escalate``, unless somebody has triaged a hit of the story since it was told."""
    number, _, name = due.timer.key.partition(" ")
    story, rule = int(number), active.config.rules.get(name)
    hit_id = hits.most_severe_hit(db, story, name)
    hit = hits.load_hit(db, hit_id) if hit_id is not None else None
    if rule is None or rule.escalate is None or hit is None:
        return
    if by := triage_records.acknowledged_by(db, story, due.timer.set_at):
        log.info("acknowledged, not escalated", hit=hit.id, rule=name, by=by)
        return
    for destination in rule.escalate.to:
        _tell(db, active, due, destination, hit, after_s=rule.escalate.after_s)


def _tell(db: Writer, active: ActiveConfiguration, due: DueTimer, name: str, hit: Hit, *, after_s: float) -> None:
    now = due.now
    case = Case(
        destination=active.config.destinations[name],
        severity=hit.severity,
        rules=(),
        hit=f"hit {hit.id}",
        story=f"story {hit.story}",
        published_at=hit.entry.published_at,
        first_seen_at=hit.entry.first_seen_at,
        planned=deliveries.planned(db, name, now - HOUR, now),
        summary_due=deliveries.summary_due(db, name),
    )
    plan = escalated(case, active.config.alerts, now, after_s=after_s)
    delivery = outbox.open_delivery(
        db,
        name,
        kind=plan.kind,
        group_key=plan.group_key,
        due_at=plan.decision.due_at or now,
        now=now,
        hits=[hit.id],
        late=due.late,
    )
    messages.store_annotation(db, delivery, joined(messages.annotation_of(db, delivery), plan.annotation))
    notification_history.record_notified(
        db, hit.story, name, hit=hit.id, severity=hit.severity, outlets=1, delivery=delivery
    )
    log.warning("not acknowledged, escalated", hit=hit.id, destination=name, delivery=delivery)
