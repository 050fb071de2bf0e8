"""Who hears what of how the monitor itself stands: each incident once, and once more when it is over. Pure.

What is wrong with feeds is gathered for a while, and when half of them fail at once it is one incident: then it is
hardly their fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.model import Incident, IncidentKey, IncidentKind

GATHER = timedelta(minutes=15)  # what is told of feeds and dead deliveries waits so long for more of it
DESTINATION_PATIENCE = timedelta(minutes=30)  # a service that is restarted is not worth a message
MANY = 5  # feeds that fail; fewer are told by name, were they all
OUTAGE = IncidentKey(IncidentKind.FEEDS)
_GATHERED = (IncidentKind.FEED, IncidentKind.SILENCE, IncidentKind.RENUMBERED, IncidentKind.GIVEN_UP)
_REMARKS = (IncidentKind.SILENCE, IncidentKind.RENUMBERED)  # something to know; all is well in spite of it


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is wrong, and what is to be told of it now."""

    incidents: tuple[Incident, ...]  # to be kept for the next look
    begun: tuple[Incident, ...] = ()
    over: tuple[Incident, ...] = ()
    wrong: tuple[Incident, ...] = ()  # what has gone on for so long that all is not well


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen at one look.

    ``unconfirmed`` holds the keys of what was wrong when the process before this one ended, and has not been looked
    at since: it goes on, and is not told yet. ``gone`` holds the keys of what is not watched any more.
    """

    wrong: Sequence[Incident]
    feeds: int  # that are configured
    unconfirmed: Collection[IncidentKey] = ()
    gone: Collection[IncidentKey] = ()


def look(
    known: Mapping[IncidentKey, Incident], sight: Sight, now: datetime, *, feed_down_s: float, telling: bool
) -> Outlook:
    """Return what is wrong and what is to be told of it.

    Args:
        known: What was wrong at the look before, by key.
        sight: What is seen now.
        now: The moment of this look.
        feed_down_s: How long a feed fails before it is told.
        telling: False: nobody is told of health, so that all of it is told when somebody is to be.
    """
    patience = _Patience(now, timedelta(seconds=feed_down_s), sight.unconfirmed)
    standing = _merged(known, sight, now)
    wrong = tuple(t for t in standing if not t.ended_at and patience.is_over(t) and t.kind not in _REMARKS)
    if not telling:
        return Outlook(tuple(t for t in standing if not t.ended_at), wrong=wrong)
    standing, begun, over = _with_outage(standing, sight.feeds, now, patience)
    due = [t for t in standing if not t.ended_at and not t.told_at and patience.is_over(t)]
    ended = [t for t in standing if t.ended_at]
    if _wait(due, ended, patience, now):
        due = [t for t in due if t.kind not in _GATHERED]
        ended = [t for t in ended if t.kind not in _GATHERED]
    told, leaving = {t.key for t in due}, {t.key for t in ended}
    kept = [replace(t, told_at=now) if t.key in told else t for t in standing if t.key not in leaving]
    return Outlook(tuple(kept), (*begun, *due), (*over, *ended), wrong)


@dataclass(frozen=True, slots=True)
class _Patience:
    """How long an incident goes on before it is told."""

    now: datetime
    feed_down: timedelta
    unconfirmed: Collection[IncidentKey]

    def ends_at(self, incident: Incident) -> datetime:
        of_kind = {IncidentKind.FEED: self.feed_down, IncidentKind.DESTINATION: DESTINATION_PATIENCE}
        return incident.since + of_kind.get(incident.kind, timedelta())

    def is_over(self, incident: Incident) -> bool:
        return self.ends_at(incident) <= self.now and incident.key not in self.unconfirmed


def _merged(known: Mapping[IncidentKey, Incident], sight: Sight, now: datetime) -> list[Incident]:
    """Return what is wrong now with what is remembered of it, and what has ended and was told."""
    seen = {incident.key: incident for incident in sight.wrong}
    merged = [_remembered(incident, known.get(key), now) for key, incident in seen.items()]
    for key, old in known.items():
        if key in seen or key in sight.gone:
            continue
        if old.kind is IncidentKind.FEEDS:
            merged.append(old)
        elif old.told_at and old.kind is not IncidentKind.GIVEN_UP:  # that is nothing that could end
            merged.append(replace(old, ended_at=min(old.ended_at or now, now)))
    return merged


def _remembered(incident: Incident, old: Incident | None, now: datetime) -> Incident:
    if old is None:
        return replace(incident, since=min(incident.since, now))
    since = min(old.since, now)  # the clock may have been set back
    return replace(incident, since=since, told_at=old.told_at, covered=old.covered)


def _with_outage(
    standing: list[Incident], feeds: int, now: datetime, patience: _Patience
) -> tuple[list[Incident], list[Incident], list[Incident]]:
    """Return *standing* with all feeds that fail under one incident when they are half of all; what begins; what ends.

    It ends when fewer than a quarter fail; those have as long as any other, from then on, before they are told.
    """
    outage = next((t for t in standing if t.kind is IncidentKind.FEEDS), None)
    rest = [t for t in standing if t is not outage]
    failing = [t for t in rest if t.kind is IncidentKind.FEED and not t.ended_at]
    if outage and 4 * len(failing) < feeds:
        rest = [replace(t, told_at=None, covered=False, since=now) if t.covered else t for t in _without_returned(rest)]
        return rest, [], [replace(outage, ended_at=now)]
    begins = (
        outage is None
        and len(failing) >= max(MANY, feeds / 2)
        and any(patience.is_over(t) and not t.told_at for t in failing)
    )
    if begins:
        outage = _outage(failing, feeds, now)
    if outage is None:
        return rest, [], []
    under_it = {t.key for t in failing}
    covered = [_covered(t, now) if t.key in under_it else t for t in _without_returned(rest)]
    return [*covered, outage], [outage] if begins else [], []


def _without_returned(incidents: Sequence[Incident]) -> list[Incident]:
    """Return *incidents* without the feeds that were told as part of an outage and are read again."""
    return [t for t in incidents if not (t.covered and t.ended_at)]


def _covered(incident: Incident, now: datetime) -> Incident:
    return incident if incident.told_at else replace(incident, told_at=now, covered=True)


def _outage(failing: Sequence[Incident], feeds: int, now: datetime) -> Incident:
    causes = Counter(t.category for t in failing).most_common(3)
    return Incident(
        key=OUTAGE,
        title=f"{len(failing)} of {feeds} feeds cannot be read",
        over="the feeds are read again",
        cause=", ".join(f"{number} {cause}" for cause, number in causes),
        remedy="so many at once is hardly their fault: see whether this machine reaches the internet (monitor feeds)",
        since=min(t.since for t in failing),
        told_at=now,
    )


def _wait(due: Sequence[Incident], ended: Sequence[Incident], patience: _Patience, now: datetime) -> bool:
    """Return whether what is gathered waits for more of it."""
    moments = [patience.ends_at(t) for t in due if t.kind in _GATHERED]
    moments += [t.ended_at for t in ended if t.ended_at and t.kind in _GATHERED]
    return bool(moments) and now - min(moments) < GATHER
