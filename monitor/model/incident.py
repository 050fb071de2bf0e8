"""Incidents: what is wrong with the monitor itself or its surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IncidentKind(StrEnum):
    """What kind of thing is wrong."""

    FEED = "feed"  # one fails
    SILENCE = "silence"  # a feed has been silent for longer than its habit
    RENUMBERED = "renumbered"  # a feed gave new ids to entries that it had shown
    FEEDS = "feeds"  # so many fail that it is hardly their fault
    DESTINATION = "destination"  # one does not take what it is sent
    GIVEN_UP = "given up"  # a delivery is dead
    CONFIGURATION = "configuration"  # the one on disk is refused
    DISK = "disk"
    BACKUP = "backup"
    CANARY = "canary"  # it was not found, or has not arrived


@dataclass(frozen=True, slots=True)
class IncidentKey:
    """What makes an incident the same at the next check."""

    kind: IncidentKind
    subject: str = ""  # the feed or the destination; empty: there is only one
    number: int = 0  # of the newest delivery that was given up; 0: of any other kind


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is wrong with the monitor or its surroundings; told once, and once more when it is over."""

    key: IncidentKey
    title: str  # ``feed wire cannot be read``
    over: str  # ``feed wire is read again``
    cause: str
    remedy: str  # empty when waiting is all there is to do
    since: datetime
    told_at: datetime | None = None  # None: nobody was told
    ended_at: datetime | None = None  # None: it goes on; else that is to be told still
    covered: bool = False  # told with many others, and not by its name
    category: str = ""  # of a feed that fails: its state; else empty

    @property
    def kind(self) -> IncidentKind:
        """Return what kind of thing is wrong."""
        return self.key.kind

    @property
    def subject(self) -> str:
        """Return the feed or the destination; empty if there is only one."""
        return self.key.subject
