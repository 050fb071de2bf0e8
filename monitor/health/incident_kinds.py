"""Functions that return an incident of each kind with its title, cause and remedy. They do no I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from monitor.errors import FeedState
from monitor.model import FeedRecord, Incident, IncidentKey, IncidentKind
from monitor.wording import counted

DISK_RECOVERY_FACTOR = 1.1  # of min_disk: free space that fluctuates around it is reported once


def feed_incidents(records: Iterable[FeedRecord], known: Collection[IncidentKey], now: datetime) -> list[Incident]:
    """Return an incident for each feed that fails, is silent, has a new page layout, or has renumbered its entries.

    A feed that was silent before it began to fail still counts as silent, because that cannot be observed while it
    fails.

    Args:
        records: The stored state of each feed.
        known: Keys of the incidents that were stored by the previous check.
        now: The current time.
    """
    incidents: list[Incident] = []
    for record in records:
        state = record.state
        if state.is_down:
            incidents.append(_failing(record, now))
        if state is FeedState.SILENT or (state.is_down and IncidentKey(IncidentKind.SILENCE, record.key) in known):
            incidents.append(_silent(record, now))
        if state is FeedState.LAYOUT_CHANGED:
            incidents.append(_layout_changed(record, now))
        if state is FeedState.RENUMBERED:
            incidents.append(_renumbered(record, now))
    return incidents


def _failing(record: FeedRecord, now: datetime) -> Incident:
    return Incident(
        key=IncidentKey(IncidentKind.FEED, record.key),
        title=f"feed {record.key} cannot be read",
        recovery=f"feed {record.key} can be read again",
        cause=f"{record.state}: {record.cause}",
        remedy=record.remedy,
        since=now,
        category=record.state,
    )


def _layout_changed(record: FeedRecord, now: datetime) -> Incident:
    return Incident(
        key=IncidentKey(IncidentKind.FEED, record.key),
        title=f"feed {record.key} lists far fewer entries than usual",
        recovery=f"feed {record.key} lists its usual number of entries again",
        cause=record.cause,
        remedy=record.remedy,
        since=now,
        category=record.state,
    )


def _silent(record: FeedRecord, now: datetime) -> Incident:
    is_silent = record.state is FeedState.SILENT
    return Incident(
        key=IncidentKey(IncidentKind.SILENCE, record.key),
        title=f"feed {record.key} has published nothing for longer than usual",
        recovery=f"feed {record.key} is publishing again",
        cause=record.cause if is_silent else "",
        remedy=record.remedy if is_silent else "",
        since=now,
    )


def _renumbered(record: FeedRecord, now: datetime) -> Incident:
    return Incident(
        key=IncidentKey(IncidentKind.RENUMBERED, record.key),
        title=f"feed {record.key} lists old entries under new ids",
        recovery=f"feed {record.key} has not renumbered its entries for a day",
        cause=record.cause,
        remedy=record.remedy,
        since=now,
    )


def destination_incident(name: str, number: int, since: datetime, reason: str) -> Incident:
    """Return the incident that the destination *name* does not accept deliveries.

    Args:
        name: The name of the destination.
        number: How many deliveries are waiting for it.
        since: When the first of these deliveries was first tried, or was due if none has been tried.
        reason: Why the last attempt failed; empty if none has been tried yet.
    """
    return Incident(
        key=IncidentKey(IncidentKind.DESTINATION, name),
        title=f"{counted(number, 'delivery')} to {name} cannot be delivered",
        recovery=f"{name} is accepting deliveries again",
        cause=reason or "a send does not finish",
        remedy="nothing is lost, the monitor keeps retrying; see monitor outbox",
        since=since,
    )


def dead_letter_incident(name: str, number: int, newest: int, reason: str, now: datetime) -> Incident:
    """Return the incident that deliveries to the destination *name* were given up.

    Each further delivery that is given up is an incident of its own.

    Args:
        name: The name of the destination.
        number: How many deliveries to it are dead.
        newest: Id of the newest dead delivery.
        reason: Why the newest dead delivery was given up.
        now: The current time.
    """
    return Incident(
        key=IncidentKey(IncidentKind.GIVEN_UP, name, newest),
        title=f"{counted(number, 'delivery')} to {name} {'was' if number == 1 else 'were'} given up",
        recovery="",
        cause=reason,
        remedy="monitor outbox lists them; monitor outbox retry ID sends one again, monitor outbox drop ID discards it",
        since=now,
    )


def configuration_incident(problems: str, now: datetime) -> Incident:
    """Return the incident that the configuration on disk has errors, so that the previous one stays active."""
    return Incident(
        key=IncidentKey(IncidentKind.CONFIGURATION),
        title="the configuration on disk is refused, the previous one stays active",
        recovery="the configuration on disk is active",
        cause=problems,
        remedy="monitor check shows the line of each error",
        since=now,
    )


def disk_incident(folder: str, free: int, least: int, now: datetime, *, was_low: bool) -> Incident | None:
    """Return the incident that the disk of *folder* has too little free space; None if it has enough.

    Args:
        folder: The folder of the database.
        free: Free bytes on its disk.
        least: Bytes that should be free, ``[health] min_disk``.
        now: The current time.
        was_low: Whether the previous check found too little space; the incident then ends only when a bit more than
            *least* is free.
    """
    if free >= least * (DISK_RECOVERY_FACTOR if was_low else 1):
        return None
    return Incident(
        key=IncidentKey(IncidentKind.DISK),
        title=f"only {_bytes(free)} of disk space left",
        recovery="there is enough disk space again",
        cause=f"{folder} has less free space than [health] min_disk, {_bytes(least)}",
        remedy="free some space; if the disk becomes full, polls and alerts wait until there is space",
        since=now,
    )


def backup_incident(error: str, now: datetime) -> Incident:
    """Return the incident that the last backup failed."""
    return Incident(
        key=IncidentKey(IncidentKind.BACKUP),
        title="the database could not be backed up",
        recovery="the database is being backed up again",
        cause=error,
        remedy="the monitor retries every ten minutes",
        since=now,
    )


def canary_incident(cause: str, now: datetime, destination: str = "") -> Incident:
    """Return the incident that the pipeline did not find the canary, or that a destination did not receive it.

    Args:
        cause: Why the canary was not found or not received.
        now: The current time.
        destination: The destination that has not received it; empty if the pipeline did not find it.
    """
    return Incident(
        key=IncidentKey(IncidentKind.CANARY, destination),
        title=f"the canary has not arrived at {destination}" if destination else "the pipeline did not find the canary",
        recovery=f"the canary has arrived at {destination} again"
        if destination
        else "the pipeline finds the canary again",
        cause=cause,
        remedy="real alerts may not arrive either: see monitor status and monitor outbox",
        since=now,
    )


def _bytes(number: int) -> str:
    unit, size = next(((u, s) for u, s in (("TB", 1e12), ("GB", 1e9)) if number >= s), ("MB", 1e6))
    return f"{number / size:.3g} {unit}"
