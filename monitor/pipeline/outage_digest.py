"""After an outage of a destination, combine all messages that waited for it into one digest."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerts.policy.timing import quiet_until
from monitor.model import Annotation, DeliveryKind, Group, GroupBy, NewDelivery
from monitor.model.reason import CombinedIntoDigest, Unreachable
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.store import Writer, combining, outbox
from monitor.wording import counted

OUTAGE = timedelta(hours=1)  # after a shorter outage, each message is sent separately


def catch_up(db: Writer, active: ActiveConfiguration, name: str, now: datetime) -> int:
    """Combine the failed deliveries for a destination into one digest about the outage; return how many there were.

    Combine nothing if the outage was shorter than OUTAGE, or if only one message waits.

    Args:
        db: The writing connection, in a transaction.
        active: The active configuration.
        name: The name of the destination, which has just accepted a message.
        now: The current time.
    """
    failed = combining.failed_deliveries(db, name)
    destination = active.config.destinations.get(name)
    if failed is None or destination is None or len(failed.ids) == 1 or now - failed.since < OUTAGE:
        return 0
    unreachable = Unreachable(name, failed.since, now)
    due_at = quiet_until(destination.quiet_hours, active.config.alerts.timezone, now) or now
    waited = f"{counted(len(failed.ids), 'message')} waited: {failed.cause}"
    annotation = Annotation(reasons=(unreachable,), lines=(waited,))
    new = NewDelivery(name, DeliveryKind.DIGEST, Group(GroupBy.OUTAGE), due_at, annotation=annotation)
    combining.combine(db, failed.ids, outbox.open_delivery(db, new, now), (unreachable, CombinedIntoDigest()))
    return len(failed.ids)
