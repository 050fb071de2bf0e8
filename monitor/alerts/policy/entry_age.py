"""Whether an entry is too old for an alert, and whether it is so only because its feed was not read. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerts.policy.case import Case
from monitor.config import AlertSettings
from monitor.model.reason import TooOld

MISSED_WAIT = timedelta(minutes=15), timedelta(hours=1)  # least and longest wait for all feeds to be read again
MISSED_BEFORE = timedelta(hours=1)  # tolerance: feeds list some entries a little late


def is_old(case: Case, settings: AlertSettings) -> bool:
    """Return whether the entry was published longer than ``max_age`` before it was first seen."""
    if case.published_at is None:
        return False
    return (case.first_seen_at - case.published_at).total_seconds() > settings.max_age_s


def was_missed(case: Case) -> bool:
    """Return whether the entry was published while its feed was not read, so that the monitor caused its age."""
    if case.unread_since is None or case.published_at is None:
        return False
    unread = case.first_seen_at - case.unread_since
    return case.published_at >= case.unread_since - min(MISSED_BEFORE, unread / 2)


def too_old(case: Case, settings: AlertSettings) -> TooOld | None:
    """Return the reason if the entry is too old for any notification; None if it is not, or if it was missed."""
    if case.published_at is None or not is_old(case, settings) or was_missed(case):
        return None
    age_s = (case.first_seen_at - case.published_at).total_seconds()
    return TooOld(age_s, settings.max_age_s, case.dated_by_update)


def missed_digest_at(case: Case, now: datetime) -> datetime:
    """Return when the digest of missed entries may be sent: once the other feeds have been read again too.

    Args:
        case: A missed entry.
        now: The present moment.
    """
    least, most = MISSED_WAIT
    return now + max(least, min(most, case.reread))
