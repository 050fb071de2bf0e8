"""Check the health of the monitor every minute: find incidents, report them, fetch the URL of the dead man's switch.

``health.incidents`` decides what is reported; this module observes, stores and enqueues.
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
from monitor.health import incident_kinds as seen
from monitor.health.canary import Planter
from monitor.health.incident_messages import is_about, news_for
from monitor.health.incidents import DESTINATION_PATIENCE, Outlook, Sight, look
from monitor.health.progress import Progress
from monitor.logs import Log
from monitor.model import (
    NO_GROUP,
    DeliveryKind,
    DeliveryState,
    FeedRecord,
    Incident,
    IncidentKey,
    IncidentKind,
    NewDelivery,
)
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.store import Reader, Writer, canaries, feeds, incidents, outbox
from monitor.store.committer import Committer

CANARY_TIME = timedelta(minutes=10)  # a canary that has not arrived after this is an incident
MADE_UP_WITHIN = timedelta(hours=1)  # after a start, by when every missed poll has been repeated
OF_A_FEED = (IncidentKind.FEED, IncidentKind.SILENCE, IncidentKind.RENUMBERED)

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class HealthParts:
    """The parts of the daemon that the health checks observe or use."""

    committer: Committer
    pool: ParserPool
    active: Callable[[], ActiveConfiguration]  # the active configuration at the moment it is called
    ping: Callable[[str], Awaitable[object]]  # fetches the URL of the ping; raises FeedError
    deliver_now: Callable[[], None]  # called when there is a delivery to send
    progress: Progress
    refused: Callable[[], str]  # why the configuration on disk is not in force; empty if it is
    backup_error: Callable[[], str]  # why the last backup failed; empty if it succeeded


class HealthChecks:
    """Finds and reports incidents, and fetches the ping while all is well.

    Args:
        parts: What is observed.
        started_at: Since when this process runs: what was wrong before is told once it has been seen again.
    """

    def __init__(self, parts: HealthParts, *, started_at: datetime) -> None:
        self._parts = parts
        self._started_at = started_at
        self._planter = Planter(parts.committer, parts.pool, active=parts.active)
        self.ping_error = ""  # why the last ping failed; empty when it did not

    async def check(self, now: datetime) -> None:
        """Plant a canary that is due, report incidents that began or ended, and ping while all is well."""
        if await self._planter.plant_wanted():
            self._parts.deliver_now()
        outlook = await self._parts.committer.do(partial(self._look, now=now))
        for incident in outlook.begun:
            log.warning("incident began", incident=incident.title, cause=incident.cause)
        for incident in outlook.over:
            log.info("incident ended", incident=incident.over)
        if outlook.begun or outlook.over:
            self._parts.deliver_now()
        await self._ping(outlook)

    def _look(self, db: Writer, now: datetime) -> Outlook:
        settings = self._parts.active().config.health
        known = incidents.load_incidents(db)
        outlook = look(
            known,
            self._sight(db, known, now),
            now,
            feed_down_s=settings.feed_down_s,
            telling=bool(settings.send_to),
        )
        incidents.save_incidents(db, known.values(), outlook.incidents)
        self._tell(db, settings, outlook, now)
        return outlook

    def _sight(self, db: Reader, known: dict[IncidentKey, Incident], now: datetime) -> Sight:
        config = self._parts.active().config
        records = feeds.load_feeds(db)
        keys = {record.key for record in records}
        unseen = {record.key for record in records if not self._is_confirmed(record, now)}
        wrong = [
            *seen.of_feeds(records, known, now),
            *self._of_destinations(db, now),
            *self._of_ourselves(known, now),
            *_of_canary(canaries.latest(db), set(config.destinations), now),
        ]
        return Sight(
            wrong,
            feeds=len(records),
            unconfirmed={incident.key for incident in wrong if incident.subject in unseen},
            gone={key for key in known if key.kind in OF_A_FEED and key.subject not in keys},
        )

    def _is_confirmed(self, record: FeedRecord, now: datetime) -> bool:
        """Return whether this process has seen for itself how the feed stands, or has had the time to."""
        asked = record.last_poll_at is not None and record.last_poll_at >= self._started_at
        return asked or now - self._started_at >= MADE_UP_WITHIN

    def _of_destinations(self, db: Reader, now: datetime) -> list[Incident]:
        there = self._parts.active().config.destinations
        zone = self._parts.active().config.alerts.timezone
        waiting = incidents.struggling(db, now - DESTINATION_PATIENCE)
        return [
            *(
                seen.of_destination(w.destination, w.number, w.since, w.cause)
                for w in waiting
                if w.destination in there
            ),
            *(
                seen.of_dead(d.destination, d.number, d.newest, reason_text(d.reason, zone=zone, now=now), now)
                for d in incidents.given_up(db)
                if d.destination in there
            ),
        ]

    def _of_ourselves(self, known: dict[IncidentKey, Incident], now: datetime) -> list[Incident]:
        config = self._parts.active().config
        found = []
        if problems := self._parts.refused():
            found.append(seen.of_configuration(problems, now))
        if error := self._parts.backup_error():
            found.append(seen.of_backup(error, now))
        if config.health.min_disk is not None:
            folder = config.storage.path.parent
            free = shutil.disk_usage(folder).free
            was_low = IncidentKey(IncidentKind.DISK) in known
            if low := seen.of_disk(str(folder), free, config.health.min_disk, now, was_low=was_low):
                found.append(low)
        return found

    def _tell(self, db: Writer, settings: HealthSettings, outlook: Outlook, now: datetime) -> None:
        zone = self._parts.active().config.alerts.timezone
        for destination in settings.send_to:
            annotation = news_for(destination, outlook.begun, outlook.over, zone=zone, now=now)
            if annotation:
                new = NewDelivery(destination, DeliveryKind.HEALTH, NO_GROUP, now, annotation=annotation)
                outbox.open_delivery(db, new, now)
        for incident in outlook.begun:
            if all(is_about(incident, destination) for destination in settings.send_to):
                log.error(
                    "incident cannot be reported: [health] send_to names no other destination", incident=incident.title
                )

    async def _ping(self, outlook: Outlook) -> None:
        url = self._parts.active().config.health.ping
        if not url:
            self.ping_error = ""
        elif not outlook.wrong and not self._parts.committer.commit_error and not self._parts.progress.problems():
            try:
                await self._parts.ping(url)
                self.ping_error = ""
            except FeedError as error:
                if not self.ping_error:
                    log.warning("the ping failed", cause=error)
                self.ping_error = str(error)


def _of_canary(canary: canaries.Canary | None, there: set[str], now: datetime) -> list[Incident]:
    if canary is None:
        return []
    if canary.failure or canary.planted_at is None:
        return [seen.of_lost_canary(canary.failure, now)]
    if now - canary.planted_at < CANARY_TIME:
        return []
    return [
        seen.of_lost_canary(arrival.cause or f"it is {arrival.state}", now, arrival.destination)
        for arrival in canary.arrivals
        if arrival.state is not DeliveryState.SENT and arrival.destination in there
    ]
