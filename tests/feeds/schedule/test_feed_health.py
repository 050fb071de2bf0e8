from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.feed_samples import NOW

from monitor.errors import FeedState
from monitor.feeds.schedule.feed_health import (
    assess_health,
    due_reason_in_words,
    duration_in_words,
    feed_row,
    with_page_entries,
)
from monitor.model import NEVER, DueReason, Feed, FeedRecord, Freshness, Rhythm

GOOD = FeedRecord("wire", "https://wire.example/feed", NOW, latency_s=0.3, first_success_at=NOW - timedelta(days=20))
DAILY = Rhythm(NOW - timedelta(days=60), NOW - timedelta(days=5), (1,) * 24, longest_s=2 * 86_400)


def test_a_feed_that_answers_fast_and_publishes_is_ok() -> None:
    fresh = replace(DAILY, newest_at=NOW - timedelta(days=2))
    assert assess_health(replace(GOOD, rhythm=fresh), NOW) == (FeedState.OK, "", "")


@pytest.mark.parametrize(
    ("change", "state", "cause", "remedy"),
    [
        (
            {"rhythm": DAILY},
            FeedState.SILENT,
            "nothing new for 5 days; its longest pause was 2 days",
            "see whether the site still publishes here, or has another feed now",
        ),
        (
            {"latency_s": 7.21},
            FeedState.SLOW,
            "the server took 7.2 s to answer",
            'if polls time out, set a longer "timeout" in [http]',
        ),
        (
            {"moved_to": "https://new.example/", "moved_since": NOW},
            FeedState.MOVED,
            "permanently redirects to https://new.example/ since 2026-11-20",
            "set its url to https://new.example/",
        ),
        (
            {"moved_to": "https://new.example/"},
            FeedState.MOVED,
            "permanently redirects to https://new.example/",
            "set its url to https://new.example/",
        ),
        (
            {"taken_url": "https://new.example/"},
            FeedState.MOVED,
            "permanently redirects to https://new.example/, which is polled instead",
            "set its url to https://new.example/",
        ),
        (
            {"moved_to": "http://wire.example/"},
            FeedState.MOVED,
            "permanently redirects to http://wire.example/ over plain HTTP; not followed",
            "look for an https address of the feed",
        ),
        (
            {"url": "http://wire.example/", "moved_to": "http://new.example/"},
            FeedState.MOVED,
            "permanently redirects to http://new.example/",
            "set its url to http://new.example/",
        ),
        (
            {"cut_off": True},
            FeedState.TRUNCATED,
            "the document is cut off; its last entry is read when it is complete",
            "if this persists, the site must fix its feed",
        ),
        (
            {"left_out": 1400},
            FeedState.TRUNCATED,
            "too many entries: the oldest 1,400 are not read",
            "see whether the site has a shorter feed",
        ),
        (
            {"page_entries": 1, "usual_entries": 30},
            FeedState.LAYOUT_CHANGED,
            "the page gives 1 entry; it used to give about 30",
            "compare its selectors with the page: feeds --discover URL",
        ),
        (
            {"renumbered": "12 entries have new ids", "renumbered_at": NOW - timedelta(hours=23)},
            FeedState.RENUMBERED,
            (
                "12 entries have new ids; they keep their history,"
                " and there are no alerts for those that may or may not be new"
            ),
            "see whether the site was moved to another system",
        ),
    ],
    ids=[
        "silent",
        "slow",
        "redirected",
        "redirected, first seen at an unknown time",
        "taken over",
        "to a weaker scheme",
        "plain HTTP as before",
        "cut off",
        "too long",
        "layout",
        "renumbered",
    ],
)
def test_a_condition_is_reported_with_its_remedy(
    change: dict[str, object], state: FeedState, cause: str, remedy: str
) -> None:
    found = assess_health(replace(GOOD, **change), NOW)  # type: ignore[arg-type]
    assert found == (state, cause, remedy)
    assert not found.state.is_down


@pytest.mark.parametrize(
    "change",
    [
        {"latency_s": 5.0},
        {"latency_s": None},
        {"page_entries": 10, "usual_entries": 30},
        {"renumbered": "12 entries have new ids", "renumbered_at": NOW - timedelta(days=1)},
        {"rhythm": DAILY, "first_success_at": None},
    ],
    ids=["five seconds", "latency unknown", "a third of the usual entries", "renumbered a day ago", "never read"],
)
def test_within_the_limits_a_feed_is_ok(change: dict[str, object]) -> None:
    assert assess_health(replace(GOOD, **change), NOW) == (FeedState.OK, "", "")  # type: ignore[arg-type]


def test_the_most_serious_condition_is_reported() -> None:
    several = replace(GOOD, latency_s=9.0, cut_off=True, taken_url="https://new.example/", rhythm=DAILY)
    several = replace(several, page_entries=1, usual_entries=9, renumbered="all", renumbered_at=NOW)
    states = []
    for end in (
        {"renumbered_at": None},
        {"cut_off": False},
        {"page_entries": 9},
        {"rhythm": None},
        {"taken_url": ""},
        {"latency_s": 0.1},
    ):
        states.append(assess_health(several, NOW).state)
        several = replace(several, **end)  # type: ignore[arg-type]
    assert states == [
        FeedState.RENUMBERED,
        FeedState.TRUNCATED,
        FeedState.LAYOUT_CHANGED,
        FeedState.SILENT,
        FeedState.MOVED,
        FeedState.SLOW,
    ]


@pytest.mark.parametrize(
    ("usual", "entries", "then"),
    [(0, 12, 12), (12, 12, 12), (12, 20, 14), (12, 4, 10), (12, 3, 12), (1, 1, 1), (2, 1, 2)],
    ids=["first", "same", "more", "a third", "less than a third", "one", "rounded"],
)
def test_the_usual_number_of_entries_of_a_page_follows_slowly_and_ignores_a_sudden_fall(
    usual: int, entries: int, then: int
) -> None:
    record = with_page_entries(replace(GOOD, usual_entries=usual), entries)
    assert (record.page_entries, record.usual_entries) == (entries, then)


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
    ("seconds", "said"),
    [
        (45, "45 seconds"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (600, "10 minutes"),
        (7199, "120 minutes"),
        (7200, "2 hours"),
        (36 * 3600, "36 hours"),
        (2 * 86_400 - 3600, "47 hours"),
        (2 * 86_400, "2 days"),
        (10 * 86_400, "10 days"),
    ],
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


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (replace(GOOD, due_reason=DueReason.BACK_OFF, failures=1), "1 failure in a row"),
        (replace(GOOD, due_reason=DueReason.RETRY_AFTER, last_poll_at=NOW), "Retry-After of the server"),
        (replace(GOOD, due_reason=DueReason.TTL), "ttl of the feed's document"),
    ],
    ids=["failures", "no hint", "never polled"],
)
def test_words_name_the_reason(record: FeedRecord, words: str) -> None:
    assert due_reason_in_words(replace(record, freshness=Freshness(86_400, DueReason.EXPIRES))) == words


@pytest.mark.parametrize(("asked_s", "limited"), [(601, False), (602, True)])
def test_a_second_of_rounding_is_not_a_limit(asked_s: float, limited: bool) -> None:
    record = replace(GOOD, last_poll_at=NOW - timedelta(seconds=600), due_reason=DueReason.TTL)
    words = due_reason_in_words(replace(record, freshness=Freshness(asked_s, DueReason.TTL)))
    assert ("limited by max_wait" in words) == limited


def test_the_row_of_a_feed_has_the_keys_of_the_command_line() -> None:
    record = FeedRecord(
        *("wire", "https://wire.example/feed", NOW),
        due_reason=DueReason.RETRY_AFTER,
        taken_url="https://new.example/feed",
        moved_to="https://newer.example/feed",
        state=FeedState.SLOW,
        cause="slow",
        remedy="wait",
        failures=2,
        last_success_at=NOW - timedelta(hours=1),
        last_poll_at=NOW - timedelta(hours=2),
        last_new_at=NOW - timedelta(hours=3),
        latency_s=7.25,
    )
    assert feed_row(Feed("wire", "https://wire.example/feed", every_s=300), record, 4) == {
        "feed": "wire",
        "url": "https://wire.example/feed",
        "hits": 4,
        "state": FeedState.SLOW,
        "cause": "slow",
        "remedy": "wait",
        "last_success_at": NOW - timedelta(hours=1),
        "last_poll_at": NOW - timedelta(hours=2),
        "newest_at": NOW - timedelta(hours=3),
        "next_due_at": NOW,
        "next_due_why": "Retry-After of the server",
        "failures": 2,
        "latency_s": 7.25,
        "latency": "7250 ms",
        "moved_to": "https://new.example/feed",
        "polled_url": "https://new.example/feed",
    }


def test_the_row_of_a_feed_that_was_never_polled_has_no_moments() -> None:
    row = feed_row(Feed("wire", "https://wire.example/feed", every_s=300), None, 0)
    named = ("feed", "url", "hits", "state", "failures", "polled_url", "cause", "remedy")
    assert [row.pop(key) for key in named] == [
        *("wire", "https://wire.example/feed", 0, FeedState.NEW, 0, "https://wire.example/feed", "", "")
    ]
    assert set(row.values()) == {None}


def test_the_row_of_a_redirected_feed_names_the_target_and_one_that_is_gone_is_never_due() -> None:
    feed = Feed("wire", "https://wire.example/feed", every_s=300)
    moved = feed_row(feed, replace(GOOD, moved_to="https://new.example/"), 0)
    assert (moved["moved_to"], moved["polled_url"]) == ("https://new.example/", "https://wire.example/feed")
    assert feed_row(feed, replace(GOOD, due_at=NEVER), 0)["next_due_at"] is None
