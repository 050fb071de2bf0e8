"""The configuration as the rest of the product sees it: one frozen value, references and secrets resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from monitor.errors import Place, Problem
from monitor.model import Actor, Destination, Feed, Keyword, Recurrence, Rule, Severity

Network = IPv4Network | IPv6Network
KeyPath = tuple[str | int, ...]


class Places(Protocol):
    """Knows where each part of a configuration was written."""

    def place(self, path: KeyPath) -> Place:
        """Return where the value at *path* stands, else its nearest parent that stands somewhere."""
        ...


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """How alerts behave, whomever they go to."""

    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    max_age_s: float = 172_800.0  # an entry first seen when older than this is kept, not sent
    first_run: Literal["record", "alert"] = "record"
    give_up_s: float = 259_200.0  # counted from the first attempt
    group: Literal["story", "none"] = "story"  # what one alert is about: a story, or a single hit
    wait_s: float = 90.0  # gather that long before the first alert of a story
    corroborate: tuple[int, ...] = (3, 10)  # a follow-up when so many outlets carry the story; ascending
    storm: int = 50  # more alerts than this in five minutes become one summary


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """Who is told how the monitor itself stands, and when."""

    send_to: tuple[str, ...] = ()  # names of destinations; empty: nobody is told
    feed_down_s: float = 21_600.0  # a feed that fails for so long is told
    heartbeat: Recurrence | None = None
    canary: Recurrence | None = None
    ping: str = field(default="", repr=False)  # an address; empty: none
    min_disk: int | None = None  # bytes; None: not looked at


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """How feeds are fetched."""

    every_s: float = 300.0  # for feeds without their own
    timeout_s: float = 20.0  # of a whole request
    contact: str = ""  # for the User-Agent; empty when none is given
    allow_private: tuple[Network, ...] = ()
    proxy: str = field(default="", repr=False)  # its address, login included; empty: the sites are asked directly


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """Copies of the database that the daemon makes by itself."""

    every_s: float
    directory: Path  # absolute
    keep: int  # how many; older ones are deleted


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Where the database is, how long it keeps what, and its copies."""

    path: Path  # absolute
    keep_entries_s: float = 15_552_000.0  # entries without a hit, after the feed has dropped them
    keep_hits_s: float = 63_072_000.0  # hits with all that belongs to them
    backup: BackupSettings | None = None  # None: the daemon makes none
    keep_full_text: bool = False  # whole articles, and not only the words around mentions


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an example must bring; None in a field: it is not checked."""

    nothing: bool = False  # no actor, no keyword's rule, no hit: all other fields are None then
    actors: frozenset[str] | None = None
    keywords: frozenset[str] | None = None
    rules: frozenset[str] | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class ExampleTest:
    """One of the ``[[tests]]``: a text and what the watchlist must say of it."""

    title: str
    expect: Expectation
    place: Place
    summary: str = ""
    content: str = ""
    feed: str = ""  # key of the feed it is taken to come from; empty: none


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration without errors. Its repr holds no secret."""

    path: Path  # absolute
    places: Places = field(repr=False, compare=False)
    storage: StorageSettings
    feeds: Mapping[str, Feed] = field(default_factory=dict, repr=False)  # the enabled ones
    disabled_feeds: frozenset[str] = frozenset()  # keys of feeds that are defined and switched off
    actors: Mapping[str, Actor] = field(default_factory=dict)
    keywords: Mapping[str, Keyword] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    destinations: Mapping[str, Destination] = field(default_factory=dict)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    http: HttpSettings = field(default_factory=HttpSettings)
    tests: tuple[ExampleTest, ...] = ()
    files: tuple[Path, ...] = ()  # every file that was read, this one first
    secrets: tuple[str, ...] = field(default=(), repr=False)  # texts that must be shown nowhere, longest first

    def place(self, *path: str | int) -> Place:
        """Return where the value at *path* stands, as ``place("actors", "lazarus", "aliases", 2)``.

        The path is that of the long form and of the lists as they are after all files were merged, whatever form and
        file they were written in; a keyword's terms are also found without ``"terms"``. What stands nowhere, a
        default for example, has the place of its nearest parent that does.
        """
        return self.places.place(path)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of reading a configuration: *config* is None exactly when one of *problems* is an error."""

    config: Config | None
    problems: tuple[Problem, ...]  # of all files, in the order of files and lines
