"""How a feed stands that answers: well, or with something that a person should know."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.errors import FeedState
from monitor.feeds.schedule.rhythm import unusual_silence_s
from monitor.model import FeedRecord

SLOW_S = 5.0
TOLD_FOR = timedelta(days=1)  # that known entries came back under new ids


class FeedHealth(NamedTuple):
    """A state with its cause and its remedy, in words."""

    state: FeedState
    cause: str = ""
    remedy: str = ""


def assess_health(record: FeedRecord, now: datetime) -> FeedHealth:
    """Return how the feed of *record* stands after a poll that succeeded; of several things the gravest."""
    return (
        _renumbered(record, now) or _silent(record, now) or _moved(record) or _slow(record) or FeedHealth(FeedState.OK)
    )


def _renumbered(record: FeedRecord, now: datetime) -> FeedHealth | None:
    if record.renumbered_at is None or now - record.renumbered_at >= TOLD_FOR:
        return None
    cause = f"{record.renumbered}; they are kept as they were, and those that cannot be told from new ones are not sent"
    return FeedHealth(FeedState.RENUMBERED, cause, "see whether the site was moved to another system")


def _silent(record: FeedRecord, now: datetime) -> FeedHealth | None:
    if record.rhythm is None or record.first_success_at is None:
        return None
    last_at = record.rhythm.newest_at
    # entries without a date, or with an old one, are news too; those of the first poll were there before
    if record.last_new_at and record.last_new_at > record.first_success_at:
        last_at = max(last_at, record.last_new_at)
    # only a silence that we were there for counts: a feed may be as old as it likes when it is added
    if unusual_silence_s(record.rhythm, max(last_at, record.first_success_at), now) is None:
        return None
    silent, longest = span((now - last_at).total_seconds()), span(record.rhythm.longest_s)
    cause = f"nothing new for {silent}; its longest pause was {longest}"
    return FeedHealth(FeedState.SILENT, cause, "see whether the site still publishes here, or has another feed now")


def _moved(record: FeedRecord) -> FeedHealth | None:
    if record.taken_url:
        cause = f"it moved for good, and is polled at {record.taken_url}"
        return FeedHealth(FeedState.MOVED, cause, f"set its url to {record.taken_url}")
    if not record.moved_to:
        return None
    if record.address.startswith("https:") and record.moved_to.startswith("http:"):
        cause = f"it redirects for good to {record.moved_to}, where nobody can tell who answers"
        return FeedHealth(FeedState.MOVED, cause, "look for an https address of the feed")
    since = f" since {record.moved_since:%Y-%m-%d}" if record.moved_since else ""
    return FeedHealth(
        FeedState.MOVED, f"it redirects for good to {record.moved_to}{since}", f"set its url to {record.moved_to}"
    )


def _slow(record: FeedRecord) -> FeedHealth | None:
    if record.latency_s is None or record.latency_s <= SLOW_S:
        return None
    return FeedHealth(
        FeedState.SLOW,
        f"it took {record.latency_s:.1f} s to answer",
        'when it fails for that, give "timeout" in [http] more',
    )


def span(seconds: float) -> str:
    """Return a length of time as people say it, in its two-digit unit: ``36 hours``, ``5 days``."""
    for unit, length_s in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length_s:
            return f"{seconds / length_s:.0f} {unit}"
    return f"{seconds:.0f} seconds"
