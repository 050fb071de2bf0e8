"""Decide which incidents are reported now: each once when it begins, and once when it has ended.

Incidents of feeds are held for a while and reported together. If half of the feeds fail at once, they are reported as
one incident, because the cause is then probably not in the feeds. The functions do no I/O.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.model import Incident, IncidentKey, IncidentKind
from monitor.wording import counted

GROUP_WAIT = timedelta(minutes=15)  # incidents of feeds and dead letters are held so long and reported together
DESTINATION_GRACE = timedelta(minutes=30)  # a service that is being restarted is not worth a message
MIN_OUTAGE_FEEDS = 5  # if fewer feeds fail, each is reported by name, even if they are all feeds
OUTAGE = IncidentKey(IncidentKind.FEEDS)
_GROUPED = (IncidentKind.FEED, IncidentKind.SILENCE, IncidentKind.RENUMBERED, IncidentKind.GIVEN_UP)
_NOTICES = (IncidentKind.SILENCE, IncidentKind.RENUMBERED)  # reported, but the monitor still counts as healthy


@dataclass(frozen=True, slots=True)
class IncidentChanges:
    """The result of one health check: the incidents to store, and those to report now."""

    incidents: tuple[Incident, ...]  # to be stored until the next check
    begun: tuple[Incident, ...] = ()  # to be reported now
    recovered: tuple[Incident, ...] = ()  # their end is to be reported now
    unhealthy: tuple[Incident, ...] = ()  # past their grace period: the monitor is not healthy


@dataclass(frozen=True, slots=True)
class Observation:
    """The incidents that one health check has found, and what is needed to compare them with the previous check."""

    incidents: Sequence[Incident]
    feeds: int  # how many are configured
    unconfirmed: Collection[IncidentKey] = ()  # observed by the previous process only; not reported yet
    removed: Collection[IncidentKey] = ()  # stored incidents of feeds that are no longer configured


def track_incidents(
    known: Mapping[IncidentKey, Incident],
    observed: Observation,
    now: datetime,
    *,
    feed_down_s: float,
    has_recipients: bool,
) -> IncidentChanges:
    """Compare the incidents that a check has found with the stored ones; return which to store and which to report.

    Args:
        known: The incidents stored by the previous check, by key.
        observed: What this check has found.
        now: The time of this check.
        feed_down_s: How many seconds a feed must fail before that is reported.
        has_recipients: Whether incidents are sent anywhere; if not, they are reported once recipients are configured.
    """
    grace = _GracePeriods(now, timedelta(seconds=feed_down_s), observed.unconfirmed)
    current = _merge(known, observed, now)
    unhealthy = tuple(i for i in current if not i.ended_at and grace.has_passed(i) and i.kind not in _NOTICES)
    if not has_recipients:
        return IncidentChanges(tuple(i for i in current if not i.ended_at), unhealthy=unhealthy)
    current, begun, recovered = _group_outage(current, observed.feeds, now, grace)
    due = [i for i in current if not i.ended_at and not i.notified_at and grace.has_passed(i)]
    ended = [i for i in current if i.ended_at]
    if _must_wait(due, ended, grace, now):
        due = [i for i in due if i.kind not in _GROUPED]
        ended = [i for i in ended if i.kind not in _GROUPED]
    reported, deleted = {i.key for i in due}, {i.key for i in ended}
    kept = [replace(i, notified_at=now) if i.key in reported else i for i in current if i.key not in deleted]
    return IncidentChanges(tuple(kept), (*begun, *due), (*recovered, *ended), unhealthy)


@dataclass(frozen=True, slots=True)
class _GracePeriods:
    """How long an incident of each kind must last before it is reported."""

    now: datetime
    feed_down: timedelta
    unconfirmed: Collection[IncidentKey]

    def ends_at(self, incident: Incident) -> datetime:
        of_kind = {IncidentKind.FEED: self.feed_down, IncidentKind.DESTINATION: DESTINATION_GRACE}
        return incident.since + of_kind.get(incident.kind, timedelta())

    def has_passed(self, incident: Incident) -> bool:
        return self.ends_at(incident) <= self.now and incident.key not in self.unconfirmed


def _merge(known: Mapping[IncidentKey, Incident], observed: Observation, now: datetime) -> list[Incident]:
    """Return the observed incidents with what is stored about them, and the reported incidents that have ended."""
    current = {incident.key: incident for incident in observed.incidents}
    merged = [_with_stored_state(incident, known.get(key), now) for key, incident in current.items()]
    for key, old in known.items():
        if key in current or key in observed.removed:
            continue
        if old.kind is IncidentKind.FEEDS:
            merged.append(old)
        elif old.notified_at and old.kind is not IncidentKind.GIVEN_UP:  # a dead letter has no recovery
            merged.append(replace(old, ended_at=min(old.ended_at or now, now)))
    return merged


def _with_stored_state(incident: Incident, old: Incident | None, now: datetime) -> Incident:
    if old is None:
        return replace(incident, since=min(incident.since, now))
    since = min(old.since, now)  # the clock may have been set back
    return replace(incident, since=since, notified_at=old.notified_at, notified_in_group=old.notified_in_group)


def _group_outage(
    current: list[Incident], feeds: int, now: datetime, grace: _GracePeriods
) -> tuple[list[Incident], list[Incident], list[Incident]]:
    """Combine all failing feeds into one incident, an outage, if at least half of the feeds fail.

    The outage ends when fewer than a quarter of the feeds fail. Those feeds then have a new grace period before they
    are reported one by one.

    Returns:
        The incidents including the outage; the outage if it begins now, else nothing; the outage if it ends now, else
        nothing.
    """
    outage = next((i for i in current if i.kind is IncidentKind.FEEDS), None)
    others = [i for i in current if i is not outage]
    failing = [i for i in others if i.kind is IncidentKind.FEED and not i.ended_at]
    if outage and 4 * len(failing) < feeds:
        others = [
            replace(i, notified_at=None, notified_in_group=False, since=now) if i.notified_in_group else i
            for i in _without_recovered_in_group(others)
        ]
        return others, [], [replace(outage, ended_at=now)]
    begins = (
        outage is None
        and len(failing) >= max(MIN_OUTAGE_FEEDS, feeds / 2)
        and any(grace.has_passed(i) and not i.notified_at for i in failing)
    )
    if begins:
        outage = _outage(failing, feeds, now)
    if outage is None:
        return others, [], []
    in_outage = {i.key for i in failing}
    grouped = [_in_group(i, now) if i.key in in_outage else i for i in _without_recovered_in_group(others)]
    return [*grouped, outage], [outage] if begins else [], []


def _without_recovered_in_group(incidents: Sequence[Incident]) -> list[Incident]:
    """Return *incidents* without recovered feeds that were reported only as part of an outage, not by their names."""
    return [i for i in incidents if not (i.notified_in_group and i.ended_at)]


def _in_group(incident: Incident, now: datetime) -> Incident:
    return incident if incident.notified_at else replace(incident, notified_at=now, notified_in_group=True)


def _outage(failing: Sequence[Incident], feeds: int, now: datetime) -> Incident:
    causes = Counter(i.category for i in failing).most_common(3)
    return Incident(
        key=OUTAGE,
        title=f"{len(failing)} of {counted(feeds, 'feed')} cannot be read",
        recovery="the feeds can be read again",
        cause=", ".join(f"{number} {cause}" for cause, number in causes),
        remedy="so many failures at once are probably not the feeds' fault: check whether this machine reaches the "
        "internet; monitor feeds shows the state of each feed",
        since=min(i.since for i in failing),
        notified_at=now,
    )


def _must_wait(due: Sequence[Incident], ended: Sequence[Incident], grace: _GracePeriods, now: datetime) -> bool:
    """Return whether the incidents that are reported in groups must wait, because others may still join the group."""
    moments = [grace.ends_at(i) for i in due if i.kind in _GROUPED]
    moments += [i.ended_at for i in ended if i.ended_at and i.kind in _GROUPED]
    return bool(moments) and now - min(moments) < GROUP_WAIT
