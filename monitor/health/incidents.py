"""Who hears what of how the monitor itself stands: each trouble once, and once more when it is over. Pure.

What is wrong with feeds is gathered for a while, and when half of them fail at once it is one trouble: then it is
hardly their fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.model import Trouble, TroubleKind

GATHER = timedelta(minutes=15)  # what is told of feeds and dead deliveries waits so long for more of it
DESTINATION_PATIENCE = timedelta(minutes=30)  # a service that is restarted is not worth a message
MANY = 5  # feeds that fail; fewer are told by name, were they all
OUTAGE = "feeds"
_GATHERED = (TroubleKind.FEED, TroubleKind.SILENCE, TroubleKind.RENUMBERED, TroubleKind.GIVEN_UP)
_REMARKS = (TroubleKind.SILENCE, TroubleKind.RENUMBERED)  # something to know; all is well in spite of it


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is wrong, and what is to be told of it now."""

    troubles: tuple[Trouble, ...]  # to be kept for the next look
    begun: tuple[Trouble, ...] = ()
    over: tuple[Trouble, ...] = ()
    wrong: tuple[Trouble, ...] = ()  # what has gone on for so long that all is not well


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen at one look.

    ``unconfirmed`` holds the topics of what was wrong when the process before this one ended, and has not been looked
    at since: it goes on, and is not told yet. ``gone`` holds the topics of what is not watched any more.
    """

    wrong: Sequence[Trouble]
    feeds: int  # that are configured
    unconfirmed: Collection[str] = ()
    gone: Collection[str] = ()


def look(known: Mapping[str, Trouble], sight: Sight, now: datetime, *, feed_down_s: float, telling: bool) -> Outlook:
    """Return what is wrong and what is to be told of it.

    Args:
        known: What was wrong at the look before, by topic.
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
    told, leaving = {t.topic for t in due}, {t.topic for t in ended}
    kept = [replace(t, told_at=now) if t.topic in told else t for t in standing if t.topic not in leaving]
    return Outlook(tuple(kept), (*begun, *due), (*over, *ended), wrong)


@dataclass(frozen=True, slots=True)
class _Patience:
    """How long a trouble goes on before it is told."""

    now: datetime
    feed_down: timedelta
    unconfirmed: Collection[str]

    def ends_at(self, trouble: Trouble) -> datetime:
        of_kind = {TroubleKind.FEED: self.feed_down, TroubleKind.DESTINATION: DESTINATION_PATIENCE}
        return trouble.since + of_kind.get(trouble.kind, timedelta())

    def is_over(self, trouble: Trouble) -> bool:
        return self.ends_at(trouble) <= self.now and trouble.topic not in self.unconfirmed


def _merged(known: Mapping[str, Trouble], sight: Sight, now: datetime) -> list[Trouble]:
    """Return what is wrong now with what is remembered of it, and what has ended and was told."""
    seen = {trouble.topic: trouble for trouble in sight.wrong}
    merged = [_remembered(trouble, known.get(topic), now) for topic, trouble in seen.items()]
    for topic, old in known.items():
        if topic in seen or topic in sight.gone:
            continue
        if old.kind is TroubleKind.FEEDS:
            merged.append(old)
        elif old.told_at and old.kind is not TroubleKind.GIVEN_UP:  # that is nothing that could end
            merged.append(replace(old, ended_at=min(old.ended_at or now, now)))
    return merged


def _remembered(trouble: Trouble, old: Trouble | None, now: datetime) -> Trouble:
    if old is None:
        return replace(trouble, since=min(trouble.since, now))
    since = min(old.since, now)  # the clock may have been set back
    return replace(trouble, since=since, told_at=old.told_at, covered=old.covered)


def _with_outage(
    standing: list[Trouble], feeds: int, now: datetime, patience: _Patience
) -> tuple[list[Trouble], list[Trouble], list[Trouble]]:
    """Return *standing* with all feeds that fail under one trouble when they are half of all; what begins; what ends.

    It ends when fewer than a quarter fail; those have as long as any other, from then on, before they are told.
    """
    outage = next((t for t in standing if t.kind is TroubleKind.FEEDS), None)
    rest = [t for t in standing if t is not outage]
    failing = [t for t in rest if t.kind is TroubleKind.FEED and not t.ended_at]
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
    under_it = {t.topic for t in failing}
    covered = [_covered(t, now) if t.topic in under_it else t for t in _without_returned(rest)]
    return [*covered, outage], [outage] if begins else [], []


def _without_returned(troubles: Sequence[Trouble]) -> list[Trouble]:
    """Return *troubles* without the feeds that were told as part of an outage and are read again."""
    return [t for t in troubles if not (t.covered and t.ended_at)]


def _covered(trouble: Trouble, now: datetime) -> Trouble:
    return trouble if trouble.told_at else replace(trouble, told_at=now, covered=True)


def _outage(failing: Sequence[Trouble], feeds: int, now: datetime) -> Trouble:
    causes = Counter(t.cause.partition(":")[0] for t in failing).most_common(3)
    return Trouble(
        topic=OUTAGE,
        kind=TroubleKind.FEEDS,
        subject="",
        title=f"{len(failing)} of {feeds} feeds cannot be read",
        over="the feeds are read again",
        cause=", ".join(f"{number} {cause}" for cause, number in causes),
        remedy="so many at once is hardly their fault: see whether this machine reaches the internet (monitor feeds)",
        since=min(t.since for t in failing),
        told_at=now,
    )


def _wait(due: Sequence[Trouble], ended: Sequence[Trouble], patience: _Patience, now: datetime) -> bool:
    """Return whether what is gathered waits for more of it."""
    moments = [patience.ends_at(t) for t in due if t.kind in _GATHERED]
    moments += [t.ended_at for t in ended if t.ended_at and t.kind in _GATHERED]
    return bool(moments) and now - min(moments) < GATHER
