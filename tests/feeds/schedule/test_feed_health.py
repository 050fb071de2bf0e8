from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.feed_samples import NOW

from monitor.errors import FeedState
from monitor.feeds.schedule.feed_health import assess_health, span
from monitor.model import FeedRecord, Rhythm

GOOD = FeedRecord("wire", "https://wire.example/feed", NOW, latency_s=0.3, first_success_at=NOW - timedelta(days=20))
DAILY = Rhythm(NOW - timedelta(days=60), NOW - timedelta(days=5), (1,) * 24, longest_s=2 * 86_400)


def test_a_feed_that_answers_fast_and_publishes_is_ok() -> None:
    fresh = replace(DAILY, newest_at=NOW - timedelta(days=2))
    assert assess_health(replace(GOOD, rhythm=fresh), NOW) == (FeedState.OK, "", "")


@pytest.mark.parametrize(
    ("change", "state", "cause", "remedy"),
    [
        ({"rhythm": DAILY}, FeedState.SILENT, "nothing new for 5 days; its longest pause was 2 days", "another feed"),
        ({"latency_s": 7.21}, FeedState.SLOW, "it took 7.2 s to answer", '"timeout"'),
        (
            {"moved_to": "https://new.example/", "moved_since": NOW},
            FeedState.MOVED,
            "redirects for good to https://new.example/ since 2026-11-20",
            "set its url to https://new.example/",
        ),
        (
            {"taken_url": "https://new.example/"},
            FeedState.MOVED,
            "is polled at https://new.example/",
            "set its url to https://new.example/",
        ),
        ({"moved_to": "http://wire.example/"}, FeedState.MOVED, "nobody can tell who answers", "look for an https"),
    ],
    ids=["silent", "slow", "redirected", "taken over", "to a weaker scheme"],
)
def test_what_a_person_should_know_is_said_with_its_remedy(
    change: dict[str, object], state: FeedState, cause: str, remedy: str
) -> None:
    found = assess_health(replace(GOOD, **change), NOW)  # type: ignore[arg-type]
    assert found.state is state
    assert not found.state.is_down
    assert cause in found.cause
    assert remedy in found.remedy


def test_news_with_old_dates_or_none_end_a_silence_and_the_backlog_does_not() -> None:
    silent = replace(GOOD, rhythm=DAILY)
    assert assess_health(replace(silent, last_new_at=silent.first_success_at), NOW).state is FeedState.SILENT
    assert assess_health(replace(silent, last_new_at=NOW - timedelta(hours=1)), NOW).state is FeedState.OK


def test_a_feed_that_was_old_when_it_was_added_is_silent_only_after_a_silence_that_we_saw() -> None:
    old = replace(GOOD, rhythm=replace(DAILY, newest_at=NOW - timedelta(days=486)))
    assert assess_health(replace(old, first_success_at=NOW), NOW).state is FeedState.OK
    assert assess_health(replace(old, first_success_at=NOW - timedelta(days=2)), NOW).state is FeedState.OK
    later = assess_health(replace(old, first_success_at=NOW - timedelta(days=4)), NOW)
    assert (later.state, later.cause) == (
        FeedState.SILENT,
        "nothing new for 486 days; its longest pause was 2 days",
    )


@pytest.mark.parametrize(
    ("seconds", "said"), [(45, "45 seconds"), (600, "10 minutes"), (36 * 3600, "36 hours"), (10 * 86_400, "10 days")]
)
def test_a_time_is_said_in_the_unit_that_fits(seconds: float, said: str) -> None:
    assert span(seconds) == said
