"""Incidents: problems with the monitor itself, its feeds or its destinations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IncidentKind(StrEnum):
    """The kind of problem that an incident reports."""

    FEED = "feed"  # one feed fails
    SILENCE = "silence"  # a feed has published nothing for longer than usual
    RENUMBERED = "renumbered"  # a feed lists entries that it listed before under new ids
    FEEDS = "feeds"  # so many feeds fail that the cause is probably not in the feeds
    DESTINATION = "destination"  # a destination does not accept deliveries
    GIVEN_UP = "given up"  # a delivery to a destination is dead
    CONFIGURATION = "configuration"  # the configuration on disk has errors and is not active
    DISK = "disk"  # too little space is left
    BACKUP = "backup"  # the last backup failed
    CANARY = "canary"  # the pipeline did not find the canary, or a destination did not receive it


@dataclass(frozen=True, slots=True)
class IncidentKey:
    """Identifies an incident, so that the next health check recognises one that continues."""

    kind: IncidentKind
    subject: str = ""  # the feed or the destination; empty: there is only one
    number: int = 0  # GIVEN_UP: id of the newest dead delivery; 0 for all other kinds


@dataclass(frozen=True, slots=True)
class Incident:
    """A problem with the monitor, a feed or a destination; operators are notified when it begins and when it ends."""

    key: IncidentKey
    title: str  # ``feed wire cannot be read``
    recovery: str  # ``feed wire can be read again``
    cause: str
    remedy: str  # empty: nothing to do but wait
    since: datetime
    notified_at: datetime | None = None  # None: not reported yet
    ended_at: datetime | None = None  # None: it continues; otherwise it has ended and the end must still be reported
    notified_in_group: bool = False  # reported as one of many feeds that fail, not by its name
    category: str = ""  # FEED: the state of the feed; empty for all other kinds

    @property
    def kind(self) -> IncidentKind:
        """Return the kind of problem."""
        return self.key.kind

    @property
    def subject(self) -> str:
        """Return the name of the feed or destination that has the problem; empty if the kind has only one incident."""
        return self.key.subject
