from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.feed_samples import NOW

from monitor.errors import FeedState
from monitor.feeds.schedule.feed_health import assess_health, due_reason_in_words, duration_in_words
from monitor.model import DueReason, FeedRecord, Freshness, Rhythm

GOOD = FeedRecord("wire", "https://wire.example/feed", NOW, latency_s=0.3, first_success_at=NOW - timedelta(days=20))
DAILY = Rhythm(NOW - timedelta(days=60), NOW - timedelta(days=5), (1,) * 24, longest_s=2 * 86_400)


def test_a_feed_that_answers_fast_and_publishes_is_ok() -> None:
    fresh = replace(DAILY, newest_at=NOW - timedelta(days=2))
    assert assess_health(replace(GOOD, rhythm=fresh), NOW) == (FeedState.OK, "", "")


@pytest.mark.parametrize(
    ("change", "state", "cause", "remedy"),
    [
        ({"rhythm": DAILY}, FeedState.SILENT, "nothing new for 5 days; its longest pause was 2 days", "another feed"),
        ({"latency_s": 7.21}, FeedState.SLOW, "the server took 7.2 s to answer", '"timeout"'),
        (
            {"moved_to": "https://new.example/", "moved_since": NOW},
            FeedState.MOVED,
            "permanently redirects to https://new.example/ since 2026-11-20",
            "set its url to https://new.example/",
        ),
        (
            {"taken_url": "https://new.example/"},
            FeedState.MOVED,
            "permanently redirects to https://new.example/, which is polled instead",
            "set its url to https://new.example/",
        ),
        ({"moved_to": "http://wire.example/"}, FeedState.MOVED, "over plain HTTP", "look for an https"),
    ],
    ids=["silent", "slow", "redirected", "taken over", "to a weaker scheme"],
)
def test_a_condition_is_reported_with_its_remedy(
    change: dict[str, object], state: FeedState, cause: str, remedy: str
) -> None:
    found = assess_health(replace(GOOD, **change), NOW)  # type: ignore[arg-type]
    assert found.state is state
    assert not found.state.is_down
    assert cause in found.cause
    assert remedy in found.remedy


def test_new_entries_without_a_recent_date_end_a_silence_and_the_backlog_does_not() -> None:
    silent = replace(GOOD, rhythm=DAILY)
    assert assess_health(replace(silent, last_new_at=silent.first_success_at), NOW).state is FeedState.SILENT
    assert assess_health(replace(silent, last_new_at=NOW - timedelta(hours=1)), NOW).state is FeedState.OK


def test_the_silence_before_a_feed_was_added_does_not_count() -> None:
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
def test_a_duration_is_named_in_the_unit_that_fits(seconds: float, said: str) -> None:
    assert duration_in_words(seconds) == said


@pytest.mark.parametrize("reason", DueReason, ids=str)
def test_every_due_reason_has_words(reason: DueReason) -> None:
    assert due_reason_in_words(replace(GOOD, due_reason=reason, last_poll_at=NOW))


@pytest.mark.parametrize(
    ("asked_s", "words"),
    [
        (600, "Cache-Control of the server"),
        (86_400, "Cache-Control of the server (24 hours), limited by max_wait in [http]"),
    ],
    ids=["as asked", "limited"],
)
def test_words_say_when_the_limit_shortened_what_the_server_asked_for(asked_s: float, words: str) -> None:
    record = replace(GOOD, last_poll_at=NOW - timedelta(seconds=min(asked_s, 3600)), due_reason=DueReason.CACHE_CONTROL)
    assert due_reason_in_words(replace(record, freshness=Freshness(asked_s, DueReason.CACHE_CONTROL))) == words
