"""The loaded configuration as one frozen object, with all references and secrets resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from monitor.errors import Place, Problem
from monitor.model import Actor, Destination, Feed, Keyword, Recurrence, Rule, Severity, SourceList

Network = IPv4Network | IPv6Network
KeyPath = tuple[str | int, ...]


class Places(Protocol):
    """Protocol that finds the file and line in which a value of a configuration is defined."""

    def place(self, path: KeyPath) -> Place:
        """Return the file and line that define the value at *path*; for a default value, those of its parent."""
        ...


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Settings of alerts that apply to all destinations."""

    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    max_age_s: float = 172_800.0  # older entries are stored and not notified when first seen
    first_run: Literal["record", "alert"] = "record"
    give_up_s: float = 259_200.0  # how long a failing delivery is retried, from the first attempt
    group: Literal["story", "none"] = "story"  # whether an alert is about a story or a single hit
    wait_s: float = 90.0  # delay of the first alert of a story, to collect other outlets' reports
    corroborate: tuple[int, ...] = (3, 10)  # numbers of reporting outlets that cause a follow-up; ascending
    storm: int = 50  # more alerts than this in five minutes are combined into one summary


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """How the monitor reports its own health."""

    send_to: tuple[str, ...] = ()  # names of destinations; empty: incidents are only logged
    feed_down_s: float = 21_600.0  # a feed that fails for this long is an incident
    heartbeat: Recurrence | None = None
    canary: Recurrence | None = None
    ping: str = field(default="", repr=False)  # URL of a dead man's switch; empty: none
    min_disk: int | None = None  # bytes; less free space is an incident; None: not checked


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """How the monitor fetches feeds over HTTP."""

    every_s: float = 300.0  # for feeds without their own interval
    max_wait_s: float = 3600.0  # the longest interval that a feed's server or document can cause
    timeout_s: float = 20.0  # for a whole request
    max_size: int = 5_242_880  # bytes of a document
    contact: str = ""  # part of the User-Agent; empty: not configured
    allow_private: tuple[Network, ...] = ()
    proxy: str = field(default="", repr=False)  # URL with login; empty: direct connections


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """Automatic backups of the database."""

    every_s: float
    directory: Path  # absolute
    keep: int  # number of backups; older ones are deleted


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """The location of the database, retention times and backups."""

    path: Path  # absolute
    keep_entries_s: float = 15_552_000.0  # for entries without a hit, from when their feed last listed them
    keep_hits_s: float = 63_072_000.0  # for hits and everything that belongs to them
    backup: BackupSettings | None = None  # None: no automatic backups
    keep_full_text: bool = False  # True: store whole articles; False: only the text around mentions


@dataclass(frozen=True, slots=True)
class WebUser:
    """A person who may sign in to the web page, with the hash of the password and a role."""

    password_hash: str = field(repr=False)  # as argon2 writes it; empty: signs in through the proxy
    is_editor: bool = False  # False: only reads


@dataclass(frozen=True, slots=True)
class WebToken:
    """A token with which a program may use the HTTP API, and what it permits."""

    token: str = field(repr=False)
    scopes: frozenset[str] = frozenset({"read"})


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The settings of the web page and the HTTP API, from ``[web]``."""

    host: str = "127.0.0.1"  # an IP address, or localhost
    port: int = 8077
    base_url: str = ""  # for links in alerts, without a slash at the end; empty: alerts have no links
    hosts: tuple[str, ...] = ()  # names that it answers to, besides loopback's and those of host and base_url
    user_header: str = ""  # in which a trusted proxy names the user; empty: none
    trusted_proxies: tuple[Network, ...] = ()
    users: Mapping[str, WebUser] = field(default_factory=dict)  # empty: everybody on loopback is an editor
    tokens: Mapping[str, WebToken] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expectation:
    """The expected result of an example in ``[[tests]]``; a field that is None is not checked."""

    nothing: bool = False  # True: no actor is mentioned and no rule matches; all other fields are None
    actors: frozenset[str] | None = None
    keywords: frozenset[str] | None = None
    rules: frozenset[str] | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class ExampleItem:
    """One of several entries of an example in ``[[tests]]``, and when it is seen."""

    title: str
    at: Recurrence | datetime  # local if it has no zone; a day is the next such day, no day that of the item before
    summary: str = ""
    content: str = ""
    feed: str = ""  # key of the feed it comes from; empty: none
    outlet: str = ""  # who published it; empty: the outlet of its feed, else one of its own


@dataclass(frozen=True, slots=True)
class ExampleTest:
    """One example in ``[[tests]]``: a text and its expected result, or several entries and what is notified of them."""

    title: str
    expect: Expectation
    number: int  # its position in all [[tests]]: ``config.place("tests", number)``
    summary: str = ""
    content: str = ""
    feed: str = ""  # key of the feed the text is supposed to come from; empty: none
    items: tuple[ExampleItem, ...] = ()  # the entries; empty: the example is a single text
    notified: tuple[frozenset[str], ...] | None = None  # destinations that each item notifies; None: not checked
    same_story: bool | None = None  # whether the items are one story; None: not checked


@dataclass(frozen=True, slots=True)
class WatchedPaths:
    """The paths whose changes make the daemon reload the configuration, whether the files exist or not."""

    files: tuple[Path, ...] = ()  # absolute: the main file, included files, files that contain secrets
    patterns: tuple[str, ...] = ()  # absolute patterns of included files


@dataclass(frozen=True, slots=True)
class ConfigurationFiles:
    """The texts of all files of a configuration as they were read, to load it again even if the files have changed."""

    texts: Mapping[str, str] = field(default_factory=dict, repr=False)  # by absolute path
    matches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # absolute paths, by absolute pattern


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration without errors. Its ``repr`` contains no secret."""

    path: Path  # absolute
    places: Places = field(repr=False, compare=False)
    storage: StorageSettings
    feeds: Mapping[str, Feed] = field(default_factory=dict, repr=False)  # only enabled feeds
    disabled_feeds: frozenset[str] = frozenset()  # keys of feeds with enabled = false
    actors: Mapping[str, Actor] = field(default_factory=dict)
    keywords: Mapping[str, Keyword] = field(default_factory=dict)
    lists: Mapping[str, SourceList] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    destinations: Mapping[str, Destination] = field(default_factory=dict)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    http: HttpSettings = field(default_factory=HttpSettings)
    web: WebSettings | None = None  # None: there is no page
    tests: tuple[ExampleTest, ...] = ()
    watched: WatchedPaths = field(default=WatchedPaths(), repr=False)
    files: ConfigurationFiles = field(default=ConfigurationFiles(), repr=False, compare=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)  # values to redact everywhere; longest first

    @property
    def base_url(self) -> str:
        """The URL of the web page, for links to it in alerts; empty if there is no page."""
        return self.web.base_url if self.web else ""

    def place(self, *path: str | int) -> Place:
        """Return the file and line that define the value at *path*, as in ``place("actors", "lazarus", "aliases", 2)``.

        *path* is that of the full table form, after all files have been merged, even if a file uses a short form or
        extends the table. The terms of a keyword are also found without ``"terms"``. A default value has the location
        of its nearest parent that is in a file.
        """
        return self.places.place(path)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result of loading a configuration. *config* is None exactly if one of *problems* is an error."""

    config: Config | None
    problems: tuple[Problem, ...]  # of all files, in the order of files and lines
    watched: WatchedPaths = WatchedPaths()
    partial: Config | None = None  # without the parts that have errors, for further checks; None: nothing was readable
