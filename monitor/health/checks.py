"""Check the health of the monitor every minute: find and report incidents, and ping the dead man's switch.

``health.incident_tracking`` decides which incidents are reported; this module detects and stores them, and enqueues the
messages.
"""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor.alerts.content.reason_wording import reason_text
from monitor.config.settings import HealthSettings
from monitor.errors import FeedError
from monitor.feeds.parse.workers import ParserPool
from monitor.health import incident_kinds
from monitor.health.canary import CanarySender, canary_incidents
from monitor.health.incident_messages import incident_annotation, is_about
from monitor.health.incident_tracking import DESTINATION_GRACE, IncidentChanges, Observation, track_incidents
from monitor.health.progress import Progress
from monitor.logs import Log
from monitor.model import (
    NO_GROUP,
    DeliveryKind,
    FeedRecord,
    Incident,
    IncidentKey,
    IncidentKind,
    NewDelivery,
)
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.store import Reader, Writer, canaries, feeds, incidents, outbox
from monitor.store.committer import Committer

CAUGHT_UP_AFTER = timedelta(hours=1)  # after a start: every missed poll has run by then
FEED_KINDS = (IncidentKind.FEED, IncidentKind.SILENCE, IncidentKind.RENUMBERED)

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class HealthParts:
    """The parts of the daemon that the health checks observe or use."""

    committer: Committer
    pool: ParserPool
    active: Callable[[], ActiveConfiguration]  # returns the active configuration at the time of the call
    ping: Callable[[str], Awaitable[object]]  # fetches the URL of the dead man's switch; raises FeedError
    deliver_now: Callable[[], None]  # called when there is a delivery to send
    progress: Progress
    refused: Callable[[], str]  # why the configuration on disk is not active; empty if it is
    backup_error: Callable[[], str]  # why the last backup failed; empty if it succeeded


class HealthChecks:
    """Finds incidents of the monitor, reports them to ``[health] send_to``, and pings the dead man's switch.

    Args:
        parts: The parts of the daemon that the checks observe or use.
        started_at: When this process started. A failure that an earlier process stored is reported only after this
            process has observed it too.
    """

    def __init__(self, parts: HealthParts, *, started_at: datetime) -> None:
        self._parts = parts
        self._started_at = started_at
        self._canaries = CanarySender(parts.committer, parts.pool, active=parts.active)
        self.ping_error = ""  # why the last ping failed; empty if it succeeded

    async def check(self, now: datetime) -> None:
        """Send a due canary, report incidents that began or ended, and ping the dead man's switch if all is healthy."""
        if await self._canaries.send_requested():
            self._parts.deliver_now()
        changes = await self._parts.committer.do(partial(self._update_incidents, now=now))
        for incident in changes.begun:
            log.warning("incident began", incident=incident.title, cause=incident.cause)
        for incident in changes.recovered:
            log.info("incident ended", incident=incident.recovery)
        if changes.begun or changes.recovered:
            self._parts.deliver_now()
        await self._ping(changes)

    def _update_incidents(self, db: Writer, now: datetime) -> IncidentChanges:
        settings = self._parts.active().config.health
        known = incidents.load_incidents(db)
        changes = track_incidents(
            known,
            self._observe(db, known, now),
            now,
            feed_down_s=settings.feed_down_s,
            has_recipients=bool(settings.send_to),
        )
        incidents.save_incidents(db, known.values(), changes.incidents)
        self._enqueue(db, settings, changes, now)
        return changes

    def _observe(self, db: Reader, known: dict[IncidentKey, Incident], now: datetime) -> Observation:
        config = self._parts.active().config
        records = feeds.load_feeds(db)
        keys = {record.key for record in records}
        unconfirmed = {record.key for record in records if not self._is_confirmed(record, now)}
        found = [
            *incident_kinds.feed_incidents(records, known, now),
            *self._destination_incidents(db, now),
            *self._own_incidents(known, now),
            *canary_incidents(canaries.latest(db), set(config.destinations), now),
        ]
        return Observation(
            found,
            feeds=len(records),
            unconfirmed={incident.key for incident in found if incident.subject in unconfirmed},
            removed={key for key in known if key.kind in FEED_KINDS and key.subject not in keys},
        )

    def _is_confirmed(self, record: FeedRecord, now: datetime) -> bool:
        """Return whether this process has polled the feed since it started, or has had enough time to do so."""
        polled = record.last_poll_at is not None and record.last_poll_at >= self._started_at
        return polled or now - self._started_at >= CAUGHT_UP_AFTER

    def _destination_incidents(self, db: Reader, now: datetime) -> list[Incident]:
        configured = self._parts.active().config.destinations
        zone = self._parts.active().config.alerts.timezone
        failing = incidents.failing_destinations(db, now - DESTINATION_GRACE)
        return [
            *(
                incident_kinds.destination_incident(f.destination, f.number, f.since, f.cause)
                for f in failing
                if f.destination in configured
            ),
            *(
                incident_kinds.dead_letter_incident(
                    d.destination, d.number, d.newest, reason_text(d.reason, zone=zone, now=now), now
                )
                for d in incidents.dead_letters(db)
                if d.destination in configured
            ),
        ]

    def _own_incidents(self, known: dict[IncidentKey, Incident], now: datetime) -> list[Incident]:
        config = self._parts.active().config
        found = []
        if problems := self._parts.refused():
            found.append(incident_kinds.configuration_incident(problems, now))
        if error := self._parts.backup_error():
            found.append(incident_kinds.backup_incident(error, now))
        if config.health.min_disk is not None:
            folder = config.storage.path.parent
            free = shutil.disk_usage(folder).free
            was_low = IncidentKey(IncidentKind.DISK) in known
            if low := incident_kinds.disk_incident(str(folder), free, config.health.min_disk, now, was_low=was_low):
                found.append(low)
        return found

    def _enqueue(self, db: Writer, settings: HealthSettings, changes: IncidentChanges, now: datetime) -> None:
        zone = self._parts.active().config.alerts.timezone
        for destination in settings.send_to:
            annotation = incident_annotation(destination, changes.begun, changes.recovered, zone=zone, now=now)
            if annotation:
                new = NewDelivery(destination, DeliveryKind.HEALTH, NO_GROUP, now, annotation=annotation)
                outbox.open_delivery(db, new, now)
        for incident in changes.begun:
            if all(is_about(incident, destination) for destination in settings.send_to):
                log.error(
                    "incident cannot be reported: [health] send_to names only the destination that fails",
                    incident=incident.title,
                )

    async def _ping(self, changes: IncidentChanges) -> None:
        url = self._parts.active().config.health.ping
        if not url:
            self.ping_error = ""
        elif not changes.unhealthy and not self._parts.committer.commit_error and not self._parts.progress.problems():
            try:
                await self._parts.ping(url)
                self.ping_error = ""
            except FeedError as error:
                if not self.ping_error:
                    log.warning("the ping of the dead man's switch failed", cause=error)
                self.ping_error = str(error)
