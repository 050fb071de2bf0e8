"""Incidents: what is wrong with the monitor itself or its surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IncidentKind(StrEnum):
    """What kind of thing is wrong."""

    FEED = "feed"  # one feed fails
    SILENCE = "silence"  # a feed has published nothing for longer than usual
    RENUMBERED = "renumbered"  # a feed lists entries that it listed before under new ids
    FEEDS = "feeds"  # so many feeds fail that the cause is probably not theirs
    DESTINATION = "destination"  # a destination does not accept deliveries
    GIVEN_UP = "given up"  # a delivery to a destination is dead
    CONFIGURATION = "configuration"  # the configuration on disk has errors and is not active
    DISK = "disk"  # too little space is left
    BACKUP = "backup"  # the last one failed
    CANARY = "canary"  # it was not found, or has not arrived


@dataclass(frozen=True, slots=True)
class IncidentKey:
    """The identity of an incident: the next check recognises it by this key."""

    kind: IncidentKind
    subject: str = ""  # the feed or the destination; empty: there is only one
    number: int = 0  # GIVEN_UP: id of the newest dead delivery; 0 for all other kinds


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is wrong with the monitor or its surroundings; reported once, and once more when it has ended."""

    key: IncidentKey
    title: str  # ``feed wire cannot be read``
    recovery: str  # ``feed wire can be read again``
    cause: str
    remedy: str  # empty: nothing to do but wait
    since: datetime
    notified_at: datetime | None = None  # None: not reported yet
    ended_at: datetime | None = None  # None: it continues; else its end is not reported yet
    notified_in_group: bool = False  # reported as one of many feeds that fail, not by its name
    category: str = ""  # FEED: the state of the feed; empty for all other kinds

    @property
    def kind(self) -> IncidentKind:
        """Return what kind of thing is wrong."""
        return self.key.kind

    @property
    def subject(self) -> str:
        """Return the feed or the destination; empty if there is only one."""
        return self.key.subject
