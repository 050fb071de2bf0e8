from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.feed_samples import NOTHING, NOW

from monitor.errors import FeedError, FeedState, HostPaused
from monitor.feeds.http.responses import FetchResult
from monitor.feeds.schedule.due_time import BY_SERVER
from monitor.feeds.schedule.transitions import (
    BY_FEED,
    BY_RHYTHM,
    Success,
    after_failure,
    after_host_paused,
    after_success,
    configured_record,
    settings_fingerprint,
)
from monitor.model import NEVER, Feed, FeedRecord, ParsedFeed, UpdateHints, Validators

URL = "https://wire.example/feed"
FEED = Feed("wire", URL, every_s=300)
NEW = FeedRecord("wire", URL, NOW, settings=settings_fingerprint(FEED))
LONG_AGO = NOW - timedelta(days=99)
KNOWN = replace(NEW, first_success_at=LONG_AGO)
HELD = Validators(b'"1"')
GOOD = FetchResult(b"x", "", HELD, URL, moved_to="", moved_safely=True, retry_after_s=None, fresh_s=None, elapsed_s=0.2)
SAME = replace(GOOD, body=None)
HOURLY = [NOW - timedelta(hours=n) for n in range(1, 100)]


def after(record: FeedRecord = KNOWN, got: FetchResult = GOOD, feed: Feed = FEED, **more: object) -> FeedRecord:
    return after_success(feed, record, Success(got, b"h", **more), NOW)  # type: ignore[arg-type]


def failed(state: FeedState, record: FeedRecord = KNOWN, got: FetchResult | None = None, **asked: float) -> FeedRecord:
    return after_failure(FEED, record, FeedError(state, "so it is", "do that", **asked), NOW, fetched=got)


def wait_s(record: FeedRecord) -> float:
    return (record.due_at - NOW).total_seconds()


def test_a_success_remembers_what_came_and_is_due_after_the_interval() -> None:
    record = after(failed(FeedState.TIMEOUT), parsed=ParsedFeed("T", "en", "rss20", (), UpdateHints(60)))
    assert (record.validators, record.answered_by, record.full_at) == (HELD, URL, NOW)
    assert (record.title, record.language, record.update_hints) == ("T", "en", UpdateHints(60))
    assert (record.state, record.cause, record.failures, record.first_success_at) == ("ok", "", 0, LONG_AGO)
    assert 300 <= wait_s(record) <= 330
    assert record.due_reason == ""


def test_a_304_keeps_what_the_whole_document_said() -> None:
    before = after(got=replace(GOOD, fresh_s=900), parsed=ParsedFeed("T", "en", "rss20", (), UpdateHints(60)))
    record = after_success(FEED, before, Success(SAME, b"h"), NOW + timedelta(hours=1))
    assert (record.title, record.update_hints, record.full_at, record.fresh_s) == ("T", UpdateHints(60), NOW, 900)
    assert record.not_before == NOW + timedelta(hours=1, seconds=900)


def test_a_whole_document_that_does_not_say_is_not_fresh_any_more() -> None:
    assert after(after(got=replace(GOOD, fresh_s=900))).not_before is None


@pytest.mark.parametrize(
    ("got", "update_hints", "wait", "why"),
    [
        (replace(GOOD, fresh_s=3600), UpdateHints(), 3600, BY_SERVER),
        (replace(GOOD, retry_after_s=3600), UpdateHints(), 3600, BY_SERVER),
        (replace(GOOD, fresh_s=60), UpdateHints(), 300, ""),
        (GOOD, UpdateHints(3600), 3600, BY_FEED),
        (replace(GOOD, fresh_s=1800), UpdateHints(3600), 3600, BY_FEED),
        (GOOD, UpdateHints(108_000), 86_400, BY_FEED),
    ],
    ids=["max-age", "retry-after", "short max-age", "ttl", "both", "more than a day"],
)
def test_it_is_due_when_server_and_document_allow_it_and_says_why(
    got: FetchResult, update_hints: UpdateHints, wait: int, why: str
) -> None:
    record = after(got=got, parsed=ParsedFeed("T", "", "", (), update_hints))
    assert wait <= wait_s(record) <= wait * 1.11
    assert record.due_reason == why


def test_an_interval_that_was_written_for_the_feed_outranks_the_document_but_not_the_server() -> None:
    own = replace(FEED, own_every=True)
    parsed = ParsedFeed("T", "", "", (), UpdateHints(3600, frozenset(range(20))))
    assert wait_s(after(feed=own, parsed=parsed)) <= 330
    assert wait_s(after(feed=own, parsed=parsed, got=replace(GOOD, fresh_s=900))) >= 900


def test_an_adaptive_feed_waits_by_its_rhythm_once_there_is_one() -> None:
    adaptive = replace(FEED, adaptive=True)
    assert wait_s(after(feed=adaptive)) <= 330
    record = after(feed=adaptive, published=HOURLY)
    assert 1500 <= wait_s(record) <= 2200
    assert record.due_reason == BY_RHYTHM
    assert record.last_new_at == NOW


def test_a_failure_backs_off_and_stays_away_as_long_as_asked() -> None:
    record = failed(FeedState.SERVER_ERROR, failed(FeedState.SERVER_ERROR))
    assert (record.state, record.cause, record.remedy, record.failures) == ("server error", "so it is", "do that", 2)
    assert 1200 <= wait_s(record) <= 1230
    assert wait_s(failed(FeedState.RATE_LIMITED, retry_after_s=7200)) >= 7200
    assert wait_s(failed(FeedState.NOT_FOUND, fresh_s=7200)) >= 7200


def test_a_failure_of_the_network_forgets_nothing_that_was_read() -> None:
    before = after(got=replace(GOOD, moved_to="https://new.example/"))
    record = failed(FeedState.TIMEOUT, before)
    assert (record.validators, record.body_hash, record.moved_to) == (HELD, b"h", "https://new.example/")


def test_a_feed_that_is_gone_is_not_polled_until_its_lines_are_edited() -> None:
    gone = failed(FeedState.GONE)
    assert gone.due_at == NEVER
    assert configured_record(FEED, gone, NOW) == gone
    edited = configured_record(replace(FEED, headers=(("X-Key", "k"),)), gone, NOW)
    assert NOW < edited.due_at <= NOW + timedelta(seconds=330)


@pytest.mark.parametrize("state", [FeedState.NOT_A_FEED, FeedState.EMPTY])
def test_a_document_without_entries_is_not_asked_for_again_before_it_changes(state: FeedState) -> None:
    record = failed(state, after(), got=replace(GOOD, validators=Validators(b'"2"')))
    assert (record.validators, record.body_hash) == (Validators(b'"2"'), None)
    assert failed(FeedState.TIMEOUT, record).validators == NOTHING


def test_an_empty_feed_is_polled_as_often_as_a_full_one() -> None:
    empty = failed(FeedState.EMPTY, failed(FeedState.EMPTY, got=GOOD), got=GOOD)
    assert empty.failures == 2
    assert wait_s(empty) <= 330


def test_an_address_that_was_taken_over_and_fails_is_given_up() -> None:
    taken = replace(after(), taken_url="https://new.example/feed")
    assert failed(FeedState.DNS, taken).taken_url == "https://new.example/feed"
    assert failed(FeedState.DNS, failed(FeedState.DNS, failed(FeedState.DNS, taken))).taken_url == ""
    gone = failed(FeedState.GONE, taken)
    assert (gone.taken_url, gone.due_at < NEVER) == ("", True)


def test_a_feed_whose_host_rests_waits_for_the_end_of_it_and_has_not_failed() -> None:
    until = NOW + timedelta(hours=2)
    record = after_host_paused(FEED, after(), HostPaused("wire.example", until))
    assert until <= record.due_at <= until + timedelta(seconds=30)
    assert (record.state, record.failures) == ("ok", 0)
    assert "wire.example asked for no requests" in record.due_reason


def test_a_feed_with_another_address_begins_anew() -> None:
    moved = replace(FEED, url="https://other.example/")
    record = configured_record(moved, after(), NOW)
    assert (record.url, record.validators, record.last_poll_at) == (moved.url, NOTHING, None)


@pytest.mark.parametrize(("every_s", "least", "most"), [(60, 0, 30), (1800, 1200, 1400)], ids=["passed", "to come"])
def test_a_shortened_interval_holds_soon(every_s: float, least: float, most: float) -> None:
    polled = after(feed=replace(FEED, every_s=3600))
    now = NOW + timedelta(seconds=600)
    record = configured_record(replace(FEED, every_s=every_s), polled, now)
    assert least <= (record.due_at - now).total_seconds() <= most


def test_a_lengthened_interval_holds_after_the_poll_that_is_due() -> None:
    assert configured_record(replace(FEED, every_s=3600), after(), NOW).due_at == after().due_at


def test_an_edit_does_not_outrank_what_the_server_asked_for() -> None:
    polled = after(got=replace(GOOD, fresh_s=7200), feed=replace(FEED, every_s=3600))
    assert configured_record(FEED, polled, NOW).due_at >= NOW + timedelta(seconds=7200)


def test_the_mark_of_the_settings_is_too_short_to_give_a_password_away() -> None:
    marks = {settings_fingerprint(replace(FEED, auth=("me", word))) for word in ("a", "b", "c")}
    assert len(marks) == 3
    assert all(len(mark) == 4 for mark in marks)
