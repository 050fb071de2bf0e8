"""The heartbeat: a scheduled message that shows that the monitor is running, even if there are no alerts."""

from __future__ import annotations

from monitor.health.incident_messages import HeartbeatSummary, heartbeat_annotation
from monitor.model import NO_GROUP, DeliveryKind, DeliveryState, NewDelivery
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.due_timers import DueTimer
from monitor.store import Reader, Writer, canaries, delivery_list, feeds, hash_chain, incidents, outbox
from monitor.store.canaries import Canary


def send_heartbeat(db: Writer, active: ActiveConfiguration, due: DueTimer) -> None:
    """Enqueue the heartbeat for every destination of ``[health] send_to``.

    Args:
        db: The writing connection, in a transaction.
        active: The active configuration.
        due: The timer that is due.
    """
    annotation = heartbeat_annotation(_summary(db), zone=active.config.alerts.timezone, now=due.now)
    for destination in active.config.health.send_to:
        kind = DeliveryKind.HEARTBEAT
        new = NewDelivery(destination, kind, NO_GROUP, due.now, annotation=annotation, late=due.late)
        outbox.open_delivery(db, new, due.now)


def _summary(db: Reader) -> HeartbeatSummary:
    since = incidents.last_heartbeat(db)
    hits, sent = incidents.counts_since(db, since)
    states = delivery_list.count_by_state(db)
    head = hash_chain.head(db)
    return HeartbeatSummary(
        feeds=len(feeds.load_feeds(db)),
        hits=hits,
        sent=sent,
        since=since,
        incidents=tuple(incident.title for incident in incidents.load_incidents(db).values() if incident.notified_at),
        waiting=sum(states.get(state, 0) for state in (DeliveryState.PENDING, DeliveryState.IN_FLIGHT)),
        canary=canary_words(canaries.latest(db)),
        log_end=str(head) if head else "",
    )


def canary_words(canary: Canary | None) -> str:
    """Return when each destination received a canary, in words: ``soc-slack after 1.2 s, mail not yet``.

    Empty if there is no canary.
    """
    if canary is None:
        return ""
    if canary.failure:
        return canary.failure
    latencies = ((arrival.destination, arrival.latency_s) for arrival in canary.arrivals)
    return ", ".join(f"{to} {'not yet' if s is None else f'after {s:.1f} s'}" for to, s in latencies)
