"""A destination that is back after an outage gets all that was held up as one message that says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerts.content.time_words import moment_words
from monitor.alerts.policy.decide import UNREACHABLE
from monitor.alerts.policy.recurrence import quiet_until
from monitor.model import Annotation, DeliveryKind
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.store import Writer, combining, messages, outbox

OUTAGE = timedelta(hours=1)  # what is held up for less comes as it would have come


def catch_up(db: Writer, active: ActiveConfiguration, name: str, now: datetime) -> int:
    """Fold what waits to be tried again into one digest, now that *name* accepts messages; return how many that were.

    Nothing is folded after a short outage, and a single message stays what it is.
    """
    failed = combining.that_failed(db, name)
    destination = active.config.destinations.get(name)
    if failed is None or destination is None or len(failed.ids) == 1 or now - failed.since < OUTAGE:
        return 0
    zone = active.config.alerts.timezone
    since, until = (moment_words(at, zone=zone, now=now) for at in (failed.since, now))
    why = f"{name} could not be reached from {since} to {until}"
    digest = outbox.open_delivery(
        db,
        name,
        kind=DeliveryKind.DIGEST,
        group_key=UNREACHABLE,
        due_at=quiet_until(destination.quiet_hours, zone, now) or now,
        now=now,
    )
    said = Annotation(why=why, lines=(f"{len(failed.ids)} messages were held up: {failed.reason}",))
    messages.store_annotation(db, digest, said)
    combining.fold(db, failed.ids, digest, f"{why}: in one digest")
    return len(failed.ids)
