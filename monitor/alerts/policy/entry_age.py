"""Decide whether an entry is too old for an alert, and whether only a gap in polling made it old."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerts.policy.case import Case
from monitor.config import AlertSettings
from monitor.model.reason import TooOld

MISSED_WAIT = timedelta(minutes=15), timedelta(hours=1)  # least and longest wait for all feeds to be read again
MISSED_BEFORE = timedelta(hours=1)  # tolerance: feeds list some entries a little late


def is_old(case: Case, settings: AlertSettings) -> bool:
    """Return whether the entry had been published for longer than ``max_age`` when the monitor first saw it."""
    if case.published_at is None:
        return False
    return (case.first_seen_at - case.published_at).total_seconds() > settings.max_age_s


def was_missed(case: Case) -> bool:
    """Return whether the entry was published in a gap between two polls of its feed, for example during downtime."""
    if case.unread_since is None or case.published_at is None:
        return False
    unread = case.first_seen_at - case.unread_since
    return case.published_at >= case.unread_since - min(MISSED_BEFORE, unread / 2)


def too_old(case: Case, settings: AlertSettings) -> TooOld | None:
    """Return the reason to suppress an entry older than ``max_age``; None if it is not too old.

    An entry that was published while its feed was not polled is not too old: it goes into the digest of missed entries.
    """
    if case.published_at is None or not is_old(case, settings) or was_missed(case):
        return None
    age_s = (case.first_seen_at - case.published_at).total_seconds()
    return TooOld(age_s, settings.max_age_s, case.dated_by_update)


def missed_digest_at(case: Case, now: datetime) -> datetime:
    """Return when to send the digest of entries missed in a gap: after all feeds have been polled once more.

    Args:
        case: A missed entry.
        now: The current time.
    """
    least, most = MISSED_WAIT
    return now + max(least, min(most, case.reread))
