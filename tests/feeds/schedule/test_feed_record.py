from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from support.feed_samples import NOTHING, NOW

from monitor.errors import FeedError, FeedState, HostPaused
from monitor.feeds.http.fetch import FetchSettings
from monitor.feeds.http.responses import FetchResult
from monitor.feeds.schedule.due_time import phase_of
from monitor.feeds.schedule.feed_record import (
    Success,
    after_failure,
    after_host_paused,
    after_success,
    configured_record,
    settings_fingerprint,
    usual_interval_s,
)
from monitor.model import (
    NEVER,
    DueReason,
    Feed,
    FeedRecord,
    Freshness,
    PageSelectors,
    ParsedFeed,
    UpdateHints,
    Validators,
)

URL = "https://wire.example/feed"
FEED = Feed("wire", URL, every_s=300)
HTTP = FetchSettings(timeout_s=20, user_agent="monitor")
NEW = FeedRecord("wire", URL, NOW, settings=settings_fingerprint(FEED, HTTP))
SELECTORS = PageSelectors(entry="li", title="a", link="a@href")
LONG_AGO = NOW - timedelta(days=99)
KNOWN = replace(NEW, first_success_at=LONG_AGO)
HELD = Validators(b'"1"')
GOOD = FetchResult(
    b"x", "", HELD, URL, moved_to="", moved_safely=True, retry_after_s=None, freshness=None, elapsed_s=0.2
)
SAME = replace(GOOD, body=None)


def fresh(seconds: float) -> FetchResult:
    return replace(GOOD, freshness=Freshness(seconds, DueReason.EXPIRES))


HOURLY = [NOW - timedelta(hours=n) for n in range(1, 100)]


def after(record: FeedRecord = KNOWN, got: FetchResult = GOOD, feed: Feed = FEED, **more: object) -> FeedRecord:
    return after_success(feed, record, Success(got, b"h", **more), NOW)  # type: ignore[arg-type]


def failed(state: FeedState, record: FeedRecord = KNOWN, got: FetchResult | None = None, **asked: float) -> FeedRecord:
    return after_failure(FEED, record, FeedError(state, "so it is", "do that", **asked), NOW, fetched=got)


def wait_s(record: FeedRecord) -> float:
    return (record.due_at - NOW).total_seconds()


def test_a_success_stores_the_response_and_is_due_after_the_interval() -> None:
    record = after(failed(FeedState.TIMEOUT), parsed=ParsedFeed("T", "en", "rss20", (), UpdateHints(60)))
    assert (record.validators, record.answered_by, record.full_at) == (HELD, URL, NOW)
    assert (record.title, record.language, record.update_hints) == ("T", "en", UpdateHints(60))
    assert (record.state, record.cause, record.failures, record.first_success_at) == ("ok", "", 0, LONG_AGO)
    assert 300 <= wait_s(record) <= 330
    assert record.due_reason is DueReason.HTTP_EVERY


def test_a_304_keeps_what_the_whole_document_said() -> None:
    before = after(got=fresh(900), parsed=ParsedFeed("T", "en", "rss20", (), UpdateHints(60)))
    record = after_success(FEED, before, Success(SAME, b"h"), NOW + timedelta(hours=1))
    assert (record.title, record.update_hints, record.full_at) == ("T", UpdateHints(60), NOW)
    assert record.freshness == Freshness(900, DueReason.EXPIRES)
    assert record.due_at >= NOW + timedelta(hours=1, seconds=900)


def test_a_whole_document_without_freshness_ends_the_stored_one() -> None:
    assert after(after(got=fresh(900))).freshness is None


@pytest.mark.parametrize(
    ("got", "hints", "wait", "reason"),
    [
        (fresh(1800), UpdateHints(), 1800, DueReason.EXPIRES),
        (fresh(60), UpdateHints(), 300, DueReason.HTTP_EVERY),
        (GOOD, UpdateHints(ttl_s=1800), 1800, DueReason.TTL),
        (GOOD, UpdateHints(update_period_s=1800), 1800, DueReason.UPDATE_PERIOD),
        (fresh(900), UpdateHints(ttl_s=1800), 1800, DueReason.TTL),
        (fresh(3600), UpdateHints(), 3600, DueReason.EXPIRES),
        (replace(GOOD, retry_after_s=7200), UpdateHints(), 7200, DueReason.RETRY_AFTER),
    ],
    ids=["expires", "short freshness", "ttl", "update period", "the longest counts", "max_wait", "retry-after"],
)
def test_headers_and_document_lengthen_the_interval_and_are_named(
    got: FetchResult, hints: UpdateHints, wait: int, reason: DueReason
) -> None:
    record = after(got=got, parsed=ParsedFeed("T", "", "", (), hints))
    assert wait <= wait_s(record) <= wait * 1.11
    assert record.due_reason is reason


@pytest.mark.parametrize(
    ("got", "hints"),
    [
        (fresh(14_400), UpdateHints()),
        (GOOD, UpdateHints(ttl_s=86_400)),
        (GOOD, UpdateHints(update_period_s=7 * 86_400)),
        (GOOD, UpdateHints(skip_hours=frozenset(range(24)) - {11})),
    ],
    ids=["freshness", "ttl", "update period", "skip hours"],
)
@pytest.mark.parametrize("max_wait_s", [900, 3600])
def test_neither_headers_nor_document_make_a_feed_wait_longer_than_the_limit(
    got: FetchResult, hints: UpdateHints, max_wait_s: int
) -> None:
    feed = replace(FEED, max_wait_s=max_wait_s)
    assert (
        0.9 * max_wait_s <= wait_s(after(feed=feed, got=got, parsed=ParsedFeed("T", "", "", (), hints))) <= max_wait_s
    )


def test_an_interval_longer_than_the_limit_stays() -> None:
    assert wait_s(after(feed=replace(FEED, every_s=7200), got=fresh(10_800))) >= 7200


def test_an_interval_of_the_feed_takes_precedence_over_headers_and_document_but_not_over_retry_after() -> None:
    own = replace(FEED, own_every=True)
    parsed = ParsedFeed("T", "", "", (), UpdateHints(3600, None, frozenset(range(20))))
    record = after(feed=own, parsed=parsed, got=fresh(900))
    assert wait_s(record) <= 330
    assert record.due_reason is DueReason.FEED_EVERY
    assert wait_s(after(feed=own, got=replace(GOOD, retry_after_s=900))) >= 900


def test_an_adaptive_feed_follows_its_rhythm_once_there_is_one() -> None:
    adaptive = replace(FEED, adaptive=True)
    assert wait_s(after(feed=adaptive)) <= 330
    record = after(feed=adaptive, published=HOURLY)
    assert 1500 <= wait_s(record) <= 2200
    assert record.due_reason is DueReason.ADAPTIVE
    assert record.last_new_at == NOW


def test_a_failure_backs_off_and_obeys_retry_after() -> None:
    record = failed(FeedState.SERVER_ERROR, failed(FeedState.SERVER_ERROR))
    assert (record.state, record.cause, record.remedy, record.failures) == ("server error", "so it is", "do that", 2)
    assert 1200 <= wait_s(record) <= 1230
    assert wait_s(failed(FeedState.RATE_LIMITED, retry_after_s=7200)) >= 7200
    assert wait_s(failed(FeedState.NOT_FOUND, fresh_s=1800)) >= 1800
    assert record.due_reason is DueReason.BACK_OFF


def test_a_failure_of_the_network_keeps_validators_and_redirects() -> None:
    before = after(got=replace(GOOD, moved_to="https://new.example/"))
    record = failed(FeedState.TIMEOUT, before)
    assert (record.validators, record.body_hash, record.moved_to) == (HELD, b"h", "https://new.example/")


def test_a_feed_that_is_gone_is_not_polled_until_its_settings_change() -> None:
    gone = failed(FeedState.GONE)
    assert gone.due_at == NEVER
    assert configured_record(FEED, gone, NOW, http=HTTP) == gone
    edited = configured_record(replace(FEED, headers=(("X-Key", "k"),)), gone, NOW, http=HTTP)
    assert NOW < edited.due_at <= NOW + timedelta(seconds=330)


@pytest.mark.parametrize("state", [FeedState.NOT_A_FEED, FeedState.EMPTY])
def test_the_validators_of_a_document_that_is_no_feed_are_kept(state: FeedState) -> None:
    record = failed(state, after(), got=replace(GOOD, validators=Validators(b'"2"')))
    assert (record.validators, record.body_hash) == (Validators(b'"2"'), None)
    assert failed(FeedState.TIMEOUT, record).validators == NOTHING


def test_an_empty_response_is_a_failure_and_a_feed_without_entries_is_not() -> None:
    assert wait_s(failed(FeedState.EMPTY, failed(FeedState.EMPTY, got=GOOD), got=GOOD)) >= 1200
    empty = after(NEW, parsed=ParsedFeed("T", "", "rss20", ()))
    assert (empty.state, empty.first_success_at) == (FeedState.OK, NOW)


def test_a_redirect_target_that_keeps_failing_is_given_up() -> None:
    taken = replace(after(), taken_url="https://new.example/feed")
    assert failed(FeedState.DNS, taken).taken_url == "https://new.example/feed"
    assert failed(FeedState.DNS, failed(FeedState.DNS, failed(FeedState.DNS, taken))).taken_url == ""
    gone = failed(FeedState.GONE, taken)
    assert (gone.taken_url, gone.due_at < NEVER) == ("", True)


def test_a_feed_of_a_paused_host_waits_for_the_end_of_the_pause_and_has_not_failed() -> None:
    until = NOW + timedelta(hours=2)
    record = after_host_paused(FEED, after(), HostPaused("wire.example", until))
    assert until <= record.due_at <= until + timedelta(seconds=30)
    assert (record.state, record.failures) == ("ok", 0)
    assert record.due_reason is DueReason.HOST_PAUSED


def test_a_feed_with_another_address_starts_anew() -> None:
    moved = replace(FEED, url="https://other.example/")
    record = configured_record(moved, after(), NOW, http=HTTP)
    assert (record.url, record.validators, record.last_poll_at) == (moved.url, NOTHING, None)


@pytest.mark.parametrize(("every_s", "least", "most"), [(60, 0, 30), (1800, 1200, 1400)], ids=["passed", "to come"])
def test_a_shortened_interval_applies_soon(every_s: float, least: float, most: float) -> None:
    polled = after(feed=replace(FEED, every_s=3600))
    now = NOW + timedelta(seconds=600)
    record = configured_record(replace(FEED, every_s=every_s), polled, now, http=HTTP)
    assert least <= (record.due_at - now).total_seconds() <= most


def test_a_lengthened_interval_applies_after_the_next_poll() -> None:
    assert configured_record(replace(FEED, every_s=3600), after(), NOW, http=HTTP).due_at == after().due_at


def test_changed_settings_do_not_cancel_retry_after() -> None:
    polled = after(got=replace(GOOD, retry_after_s=7200), feed=replace(FEED, every_s=3600))
    assert configured_record(FEED, polled, NOW, http=HTTP).due_at >= NOW + timedelta(seconds=7200)


def test_the_fingerprint_of_the_settings_is_too_short_to_confirm_a_password() -> None:
    marks = {settings_fingerprint(replace(FEED, auth=("me", word)), HTTP) for word in ("a", "b", "c")}
    assert len(marks) == 3
    assert all(len(mark) == 4 for mark in marks)


def test_a_document_that_is_cut_off_is_reported_and_read_whole_at_the_next_poll() -> None:
    record = after(parsed=replace(ParsedFeed("T", "", "", ()), cut_off=True))
    assert (record.state, record.validators, record.body_hash) == (FeedState.TRUNCATED, NOTHING, None)
    assert after(record, parsed=ParsedFeed("T", "", "", ())).state is FeedState.OK


def test_entries_that_were_left_out_are_reported_until_none_are() -> None:
    record = after(parsed=replace(ParsedFeed("T", "", "", ()), left_out=1400))
    assert (record.state, "1,400" in record.cause) == (FeedState.TRUNCATED, True)
    assert after(record, got=SAME).state is FeedState.TRUNCATED


PAGE = replace(FEED, page=object())  # type: ignore[arg-type] - only whether there are selectors counts


def test_a_success_stores_when_and_how_fast_and_forgets_retry_after() -> None:
    record = after(failed(FeedState.RATE_LIMITED, NEW, retry_after_s=60), got=replace(GOOD, url="https://cdn.example/"))
    assert (record.first_success_at, record.last_success_at, record.last_poll_at) == (NOW, NOW, NOW)
    assert (record.latency_s, record.answered_by, record.body_hash, record.not_before) == (
        *(0.2, "https://cdn.example/", b"h"),
        None,
    )
    assert (record.last_new_at, record.rhythm, record.renumbered, record.renumbered_at) == (None, None, "", None)
    slow = after(got=replace(GOOD, elapsed_s=9.0))
    assert (slow.state, slow.cause) == (FeedState.SLOW, "the server took 9.0 s to answer")
    assert slow.remedy.startswith("if polls time out")


def test_new_entries_and_renumbered_ones_are_stored_with_their_time() -> None:
    record = after(published=HOURLY, renumbered="12 entries have new ids")
    assert (record.last_new_at, record.renumbered, record.renumbered_at) == (NOW, "12 entries have new ids", NOW)
    assert record.rhythm is not None
    assert record.rhythm.newest_at == HOURLY[0]
    assert record.state is FeedState.RENUMBERED
    later = after_success(FEED, record, Success(SAME, b"h"), NOW + timedelta(days=1))
    assert (later.renumbered_at, later.last_new_at, later.state) == (NOW, NOW, FeedState.OK)


def test_a_permanent_redirect_is_counted_and_one_to_plain_http_not_taken_over() -> None:
    for safely, taken in ((True, "https://new.example/"), (False, "")):
        record, got = KNOWN, replace(GOOD, moved_to="https://new.example/", moved_safely=safely)
        for days in range(5):
            record = after_success(FEED, record, Success(got, b"h"), NOW + timedelta(days=days))
        assert record.taken_url == taken


def test_a_page_counts_new_and_known_entries_and_a_feed_none() -> None:
    parsed = ParsedFeed("T", "", "", ("new",) * 3, unchanged=("known",) * 4)  # type: ignore[arg-type]
    assert (after(feed=PAGE, parsed=parsed).page_entries, after(feed=PAGE, parsed=parsed).usual_entries) == (7, 7)
    assert after(feed=PAGE).page_entries == 0
    assert after(parsed=parsed).page_entries == 0


def test_a_page_without_entries_says_how_many_it_used_to_give() -> None:
    error = FeedError(FeedState.NOT_A_FEED, "nothing found", "compare the selectors")
    usual = replace(KNOWN, usual_entries=30)
    causes = [
        after_failure(feed, record, error, NOW).cause for feed, record in ((PAGE, usual), (PAGE, KNOWN), (FEED, usual))
    ]
    assert causes == ["nothing found; it used to give about 30 entries", "nothing found", "nothing found"]
    gone = FeedError(FeedState.TIMEOUT, "no answer", "wait")
    assert after_failure(PAGE, usual, gone, NOW).cause == "no answer"


def test_a_failure_stores_when_and_keeps_the_rest() -> None:
    before = after(got=replace(fresh(900), retry_after_s=60))
    record = failed(FeedState.TIMEOUT, before)
    assert (record.last_poll_at, record.last_success_at, record.not_before) == (NOW, NOW, None)
    assert record.freshness == Freshness(900, DueReason.EXPIRES)
    assert failed(FeedState.NOT_FOUND, before, fresh_s=1800).freshness == Freshness(1800, DueReason.CACHE_CONTROL)
    assert failed(FeedState.RATE_LIMITED, before, retry_after_s=60).not_before == NOW + timedelta(seconds=60)


def test_an_unusable_document_replaces_what_its_headers_say_and_other_failures_do_not() -> None:
    got = replace(GOOD, validators=Validators(b'"2"'), url="https://cdn.example/", retry_after_s=90)
    unusable = failed(FeedState.NOT_A_FEED, after(), got=got)
    assert (unusable.answered_by, unusable.not_before) == ("https://cdn.example/", NOW + timedelta(seconds=90))
    other = failed(FeedState.TIMEOUT, after(), got=got)
    assert (other.answered_by, other.validators) == (URL, HELD)
    assert failed(FeedState.NOT_A_FEED, after()).validators == HELD


@pytest.mark.parametrize(("failures", "taken"), [(1, "https://new.example/feed"), (2, "")])
def test_the_third_failure_in_a_row_gives_a_redirect_target_up(failures: int, taken: str) -> None:
    record = replace(after(), taken_url="https://new.example/feed", failures=failures)
    assert failed(FeedState.DNS, record).taken_url == taken


def test_a_feed_that_is_gone_has_that_reason() -> None:
    gone = failed(FeedState.GONE)
    assert (gone.due_reason, gone.taken_url, gone.failures) == (DueReason.GONE, "", 1)


def test_polls_after_the_pause_of_a_host_are_separated_like_any_others() -> None:
    until = NOW + timedelta(hours=2)
    record = after_host_paused(FEED, after(), HostPaused("wire.example", until))
    assert record.due_at - until == timedelta(seconds=0.1 * phase_of("wire") * 300)


def test_a_new_feed_is_due_by_its_phase_among_those_that_are_new_with_it() -> None:
    assert configured_record(FEED, None, NOW, http=HTTP, crowd=100) == FeedRecord(
        "wire", URL, NOW + timedelta(seconds=100 * phase_of("wire")), settings=settings_fingerprint(FEED, HTTP)
    )
    assert configured_record(FEED, None, NOW, http=HTTP).due_at == NOW + timedelta(seconds=30 * phase_of("wire"))


def test_changed_settings_of_a_feed_that_was_not_polled_yet_start_it_anew_unless_it_is_due_sooner() -> None:
    edited = replace(FEED, every_s=600)
    first_at = NOW + timedelta(seconds=30 * phase_of("wire"))
    late, soon = (replace(NEW, due_at=NOW + timedelta(seconds=s), due_reason=DueReason.SKIP) for s in (500, 0))
    found = configured_record(edited, late, NOW, http=HTTP)
    assert (found.due_at, found.due_reason) == (first_at, DueReason.NEW)
    assert found.settings == settings_fingerprint(edited, HTTP)
    found = configured_record(edited, soon, NOW, http=HTTP)
    assert (found.due_at, found.due_reason) == (NOW, DueReason.SKIP)


def test_changed_settings_end_a_back_off_and_name_the_new_reason() -> None:
    down = replace(after(), failures=8, due_at=NOW + timedelta(days=1), due_reason=DueReason.BACK_OFF)
    found = configured_record(replace(FEED, every_s=600, own_every=True), down, NOW, http=HTTP)
    assert (found.due_reason, found.failures) == (DueReason.FEED_EVERY, 8)
    assert 600 <= wait_s(found) <= 660


@pytest.mark.parametrize(
    "change",
    [
        {"timeout_s": 60.0},
        {"user_agent": "monitor; ana@example.org"},
        {"allow_private": (ip_network("10.0.0.0/8"),)},
        {"max_body": 9_000_000},
        {"proxy": "http://proxy.example:3128"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_changed_settings_of_all_requests_end_a_back_off_and_ask_for_the_whole_document(
    change: dict[str, object],
) -> None:
    down = replace(after(), failures=8, due_at=NOW + timedelta(days=1), due_reason=DueReason.BACK_OFF)
    assert down.validators == HELD
    assert configured_record(FEED, down, NOW, http=HTTP) == down
    found = configured_record(FEED, down, NOW, http=replace(HTTP, **change))  # type: ignore[arg-type]
    assert found.due_at <= NOW + timedelta(seconds=330)
    assert (found.validators, found.body_hash) == (Validators(), None)


def test_a_page_with_other_selectors_is_read_anew_and_a_feed_that_works_is_not() -> None:
    page = configured_record(replace(FEED, page=SELECTORS), after(), NOW, http=HTTP)
    assert (page.validators, page.body_hash) == (Validators(), None)
    feed = configured_record(replace(FEED, every_s=600), after(), NOW, http=HTTP)
    assert (feed.validators, feed.body_hash) == (HELD, b"h")


def test_the_usual_interval_is_that_of_the_last_poll_even_if_the_next_was_moved() -> None:
    assert usual_interval_s(FEED, NEW) == 0
    polled = after()
    assert usual_interval_s(FEED, polled) == usual_interval_s(FEED, replace(polled, due_at=NEVER)) == wait_s(polled)


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://other.example/"},
        {"every_s": 301.0},
        {"adaptive": True},
        {"own_every": True},
        {"max_wait_s": 1.0},
        {"auth": ("me", "word")},
        {"headers": (("X-Key", "k"),)},
        {"page": SELECTORS},
    ],
    ids=lambda change: next(iter(change)),
)
def test_each_setting_that_affects_polling_changes_the_fingerprint(change: dict[str, object]) -> None:
    assert settings_fingerprint(replace(FEED, **change), HTTP) != settings_fingerprint(FEED, HTTP)  # type: ignore[arg-type]
    assert settings_fingerprint(replace(FEED, outlet="Wire"), HTTP) == settings_fingerprint(FEED, HTTP)
