"""Which entries are too old for an alert, and which only came late because their feed was not read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.policy.case import Case
from monitor.alerts.policy.entry_age import is_old, missed_digest_at, too_old, was_missed
from monitor.config import AlertSettings
from monitor.model import Destination, Severity
from monitor.model.reason import TooOld

SEEN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
SETTINGS = AlertSettings(max_age_s=3600)


def case(age: timedelta | None, unread_for: timedelta | None = None, **more) -> Case:
    return Case(
        Destination("soc", "console://"),
        Severity.HIGH,
        ("thefts",),
        20,
        3,
        None if age is None else SEEN - age,
        SEEN,
        unread_since=None if unread_for is None else SEEN - unread_for,
        **more,
    )


@pytest.mark.parametrize(
    ("age", "old"),
    [(None, False), (-MINUTE, False), (60 * MINUTE, False), (60 * MINUTE + SECOND, True)],
    ids=["unknown", "future", "max_age", "older"],
)
def test_an_entry_is_old_beyond_max_age(age, old):
    assert is_old(case(age), SETTINGS) == old


@pytest.mark.parametrize(
    ("unread_for", "age", "missed"),
    [
        (20 * MINUTE, 30 * MINUTE, True),
        (20 * MINUTE, 30 * MINUTE + SECOND, False),
        (600 * MINUTE, 660 * MINUTE, True),
        (600 * MINUTE, 660 * MINUTE + SECOND, False),
        (None, 30 * MINUTE, False),
        (20 * MINUTE, None, False),
    ],
    ids=["half a gap before", "earlier", "an hour before", "more than an hour before", "never read", "no date"],
)
def test_an_entry_was_missed_if_it_came_in_the_gap_or_shortly_before(unread_for, age, missed):
    assert was_missed(case(age, unread_for)) == missed


@pytest.mark.parametrize("by_update", [True, False])
def test_the_reason_names_the_age_when_the_entry_was_first_seen(by_update):
    old = case(90 * MINUTE, 5 * MINUTE, dated_by_update=by_update)
    assert too_old(old, SETTINGS) == TooOld(5400, 3600, by_update)


@pytest.mark.parametrize(
    ("age", "unread_for"), [(None, None), (60 * MINUTE, None), (90 * MINUTE, 100 * MINUTE)], ids=str
)
def test_an_entry_is_not_too_old_without_a_date_within_max_age_or_if_it_was_missed(age, unread_for):
    assert too_old(case(age, unread_for), SETTINGS) is None


@pytest.mark.parametrize(("reread", "wait"), [(0, 15), (15, 15), (16, 16), (60, 60), (61, 60)])
def test_the_digest_of_missed_entries_waits_until_all_feeds_are_read_again(reread, wait):
    assert missed_digest_at(case(None, reread=reread * MINUTE), SEEN) == SEEN + wait * MINUTE
