"""What is seen, as incidents with a title, a cause and a way out. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from monitor.errors import FeedState
from monitor.model import FeedRecord, Incident, IncidentKey, IncidentKind

ENOUGH_AGAIN = 1.1  # times the least: free space that comes and goes around it is told once


def of_feeds(records: Iterable[FeedRecord], known: Collection[IncidentKey], now: datetime) -> list[Incident]:
    """Return the feeds that fail, are silent or renumbered; *known* holds the keys of what was wrong before.

    Of a feed that fails nobody can say whether it is silent: what was said stands.
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
        over=f"feed {record.key} is read again",
        cause=f"{record.state}: {record.cause}",
        remedy=record.remedy,
        since=now,
        category=record.state,
    )


def _layout_changed(record: FeedRecord, now: datetime) -> Incident:
    return Incident(
        key=IncidentKey(IncidentKind.FEED, record.key),
        title=f"feed {record.key} gives far fewer entries than usual",
        over=f"feed {record.key} gives its usual number of entries again",
        cause=record.cause,
        remedy=record.remedy,
        since=now,
        category=record.state,
    )


def _silent(record: FeedRecord, now: datetime) -> Incident:
    is_silent = record.state is FeedState.SILENT
    return Incident(
        key=IncidentKey(IncidentKind.SILENCE, record.key),
        title=f"feed {record.key} is silent for longer than its habit",
        over=f"feed {record.key} publishes again",
        cause=record.cause if is_silent else "",
        remedy=record.remedy if is_silent else "",
        since=now,
    )


def _renumbered(record: FeedRecord, now: datetime) -> Incident:
    return Incident(
        key=IncidentKey(IncidentKind.RENUMBERED, record.key),
        title=f"feed {record.key} shows old entries under new ids",
        over=f"the new ids of feed {record.key} are taken for its own",
        cause=record.cause,
        remedy=record.remedy,
        since=now,
    )


def of_destination(name: str, number: int, since: datetime, reason: str) -> Incident:
    """Return that a destination does not take what it is sent."""
    return Incident(
        key=IncidentKey(IncidentKind.DESTINATION, name),
        title=f"{_deliveries(number)} for {name} cannot be delivered",
        over=f"{name} takes what it is sent again",
        cause=reason or "a send does not end",
        remedy="nothing is lost, it is tried again; see monitor outbox",
        since=since,
    )


def of_dead(name: str, number: int, newest: int, reason: str, now: datetime) -> Incident:
    """Return that deliveries were given up; each time it happens is an incident of its own."""
    return Incident(
        key=IncidentKey(IncidentKind.GIVEN_UP, name, newest),
        title=f"{_deliveries(number)} for {name} {'was' if number == 1 else 'were'} given up",
        over="",
        cause=reason,
        remedy="monitor outbox lists them; monitor outbox retry ID tries again, drop ID ends it",
        since=now,
    )


def of_configuration(problems: str, now: datetime) -> Incident:
    """Return that the configuration on disk is refused."""
    return Incident(
        key=IncidentKey(IncidentKind.CONFIGURATION),
        title="the configuration on disk is refused, the one before stays in force",
        over="the configuration on disk is in force",
        cause=problems,
        remedy="monitor check shows each mistake at its place",
        since=now,
    )


def of_disk(folder: str, free: int, least: int, now: datetime, *, was_low: bool) -> Incident | None:
    """Return that less than *least* bytes are free in *folder*; None: there is enough."""
    if free >= least * (ENOUGH_AGAIN if was_low else 1):
        return None
    return Incident(
        key=IncidentKey(IncidentKind.DISK),
        title=f"only {_bytes(free)} are free on the disk",
        over="there is enough space on the disk again",
        cause=f"less than min_disk, {_bytes(least)}, is left in {folder}",
        remedy="free some space; when nothing is left, polls and alerts wait until there is",
        since=now,
    )


def of_backup(error: str, now: datetime) -> Incident:
    """Return that the last backup failed."""
    return Incident(
        key=IncidentKey(IncidentKind.BACKUP),
        title="the database could not be backed up",
        over="the database is backed up again",
        cause=error,
        remedy="it is tried again every ten minutes",
        since=now,
    )


def of_lost_canary(cause: str, now: datetime, destination: str = "") -> Incident:
    """Return that the canary was not found, or has not arrived at *destination*."""
    to = f" has not arrived at {destination}" if destination else " was not found"
    return Incident(
        key=IncidentKey(IncidentKind.CANARY, destination),
        title=f"the canary{to}",
        over=f"the canary {f'arrives at {destination}' if destination else 'is found'} again",
        cause=cause,
        remedy="real alerts may not arrive either: see monitor status and monitor outbox",
        since=now,
    )


def _deliveries(number: int) -> str:
    return f"{number} deliver{'y' if number == 1 else 'ies'}"


def _bytes(number: int) -> str:
    unit, size = next(((u, s) for u, s in (("TB", 1e12), ("GB", 1e9)) if number >= s), ("MB", 1e6))
    return f"{number / size:.3g} {unit}"
