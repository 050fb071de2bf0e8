from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.watchlist.mention_history import MentionHistory
from monitor.watchlist.surge import DAY, Surge, baseline_days

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def history(*mentions: tuple[timedelta, int], begins: timedelta = 100 * DAY) -> MentionHistory:
    """Return a history with mentions of heron, each given as how long ago, and its story."""
    found = MentionHistory(NOW - begins)
    for ago, story in mentions:
        found.record("heron", story, NOW - ago)
    return found


@pytest.mark.parametrize(
    ("ago", "days"),
    [(100 * DAY, 28), (29 * DAY, 28), (29 * DAY - SECOND, 27), (8 * DAY, 7), (DAY, 0), (-DAY, 0)],
    ids=["long", "just enough", "a little less", "a week", "a day", "begins later"],
)
def test_the_baseline_is_up_to_28_days_that_end_a_day_ago(ago, days):
    assert baseline_days(NOW, NOW - ago) == days


def test_a_surge_counts_the_stories_of_the_last_day_and_of_the_baseline():
    before = [(n * DAY, n) for n in range(28, 1, -1)]  # 27 stories in 28 days
    today = [(timedelta(hours=n), 100 + n) for n in range(9, 0, -1)]
    assert history(*before, *today).surge_of(NOW, "heron") == Surge(9, 27 / 28, 28)
    assert history(*before, *today).surge_of(NOW, "tanager") is None


def test_a_story_counts_once_however_many_entries_it_has():
    assert history(*((timedelta(hours=n), 1) for n in range(9, 0, -1))).surge_of(NOW, "heron") is None


@pytest.mark.parametrize(
    ("ago", "surge"),
    [
        (DAY, Surge(5, 1 / 28, 28)),
        (DAY - SECOND, Surge(6, 0.0, 28)),
        (29 * DAY, Surge(5, 0.0, 28)),
        (29 * DAY - SECOND, Surge(5, 1 / 28, 28)),
    ],
    ids=["a day ago", "within a day", "before the baseline", "at its begin"],
)
def test_a_day_and_the_baseline_have_sharp_ends(ago, surge):
    today = [(timedelta(0), story) for story in range(5)]
    assert history((ago, 99), *today).surge_of(NOW, "heron") == surge


def test_entries_after_the_moment_do_not_count():
    later = [(-timedelta(hours=1), story) for story in range(9)]
    assert history(*later).surge_of(NOW, "heron") is None


@pytest.mark.parametrize(("span_s", "found"), [(3600, None), (3601, NOW - timedelta(hours=1))])
def test_the_last_mention_within_a_span_is_found(span_s, found):
    seen = history((2 * DAY, 1), (timedelta(hours=1), 2))
    assert seen.mentioned_within(NOW, "heron", span_s) == found
    assert seen.mentioned_within(NOW, "tanager", span_s) is None


def test_the_lookups_are_those_of_the_given_moment():
    seen = history((timedelta(hours=1), 1), *((timedelta(0), story) for story in range(2, 7)))
    surge_of, mentioned_within = seen.lookups(NOW)
    assert surge_of("heron") == seen.surge_of(NOW, "heron") == Surge(6, 0.0, 28)
    assert mentioned_within("heron", 60) == NOW
