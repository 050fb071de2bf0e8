"""The report of a backtest: hits gained and lost, and how many messages each destination would get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Severity


@dataclass(frozen=True, slots=True)
class HitSide:
    """The severity, rules and actors of a hit under one of the two configurations."""

    severity: Severity
    rules: tuple[str, ...]
    actors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HitChange:
    """A text that is a hit under only one configuration, or under both with another severity or by other rules."""

    title: str
    link: str
    feed: str
    outlet: str
    seen_at: datetime
    before: HitSide | None  # None: no hit
    after: HitSide | None  # None: no hit
    why: tuple[str, ...]  # in words; quotes the feed: neutralise it like any other text

    @property
    def severity(self) -> Severity:
        """Return the severity of the hit; if both configurations find it, the higher one."""
        return max(side.severity for side in (self.before, self.after) if side)


@dataclass(frozen=True, slots=True)
class HitChanges:
    """All changes of one kind, such as lost hits: their number, and some of them as samples."""

    number: int = 0
    samples: tuple[HitChange, ...] = ()  # the most severe, of these the newest


@dataclass(frozen=True, slots=True)
class Tally:
    """How many hits a rule, an actor or a day has before and after the edit of the configuration."""

    name: str
    before: int
    after: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class MessageTally:
    """How many messages a destination gets before and after the edit of the configuration."""

    destination: str
    before: Mapping[str, int]  # by kind, as alert or digest
    after: Mapping[str, int]

    @property
    def totals(self) -> tuple[int, int]:
        """Return the total number of messages before and after the edit."""
        return sum(self.before.values()), sum(self.after.values())


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """The comparison of two configurations over the same entries: ``before`` is the base, ``after`` the edited one."""

    texts: int  # number of texts compared; an edited entry has several
    first_at: datetime | None  # when the first of them was seen; None: there are none
    last_at: datetime | None
    hits_before: int
    hits_after: int
    gained: HitChanges
    lost: HitChanges
    severity_changed: HitChanges
    severity_lowered: int  # how many of these have a lower severity
    rules_changed: HitChanges  # the same severity, by other rules
    by_rule: tuple[Tally, ...]
    by_actor: tuple[Tally, ...]
    by_day: tuple[Tally, ...]  # in UTC, oldest first
    destinations: tuple[MessageTally, ...]
    notes: tuple[str, ...] = ()  # what limits the comparison, in words

    @property
    def has_loss(self) -> bool:
        """Return whether the edited configuration loses a hit, or gives one a lower severity."""
        return bool(self.lost.number or self.severity_lowered)
