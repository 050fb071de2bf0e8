from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FeedState
from monitor.feeds.http.responses import (
    LONGEST_S,
    conditions,
    failure,
    freshness_of,
    merged_validators,
    retry_after_s,
    validators,
)
from monitor.model import Validators

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

FIVE_PAST = "Fri, 20 Nov 2026 12:05:00 GMT"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (401, FeedState.FORBIDDEN),
        (403, FeedState.FORBIDDEN),
        (404, FeedState.NOT_FOUND),
        (410, FeedState.GONE),
        (418, FeedState.REFUSED),
        (429, FeedState.RATE_LIMITED),
        (500, FeedState.SERVER_ERROR),
        (503, FeedState.SERVER_ERROR),
        (204, FeedState.REFUSED),
    ],
)
def test_a_failure_has_its_state_and_names_the_status(status: int, state: FeedState) -> None:
    error = failure(status, {}, b"", NOW)
    assert error.state is state
    assert str(status) in error.cause


@pytest.mark.parametrize(
    ("headers", "page"),
    [({"cf-mitigated": "challenge"}, b""), ({}, b"<html><title>Just a moment...</title>")],
    ids=["header", "page"],
)
def test_a_challenge_is_distinguished_from_a_refusal(headers: dict[str, str], page: bytes) -> None:
    assert failure(403, headers, page, NOW).state is FeedState.CHALLENGED


@pytest.mark.parametrize("etag", [b'"x"', b'W/"x"', b"bare", "„ü“".encode(), b'"a\tb"', b'"""'])
def test_a_validator_is_sent_back_as_it_was_received(etag: bytes) -> None:
    held = validators([(b"eTaG", etag)])
    assert held == Validators(etag)
    assert conditions(held)["If-None-Match"].encode() == etag


@pytest.mark.parametrize("etag", [b'"\xe9"', b"*", b"", b'"a\x7f"', b'"a\x00"'])
def test_a_validator_that_cannot_be_sent_back_so_is_dropped(etag: bytes) -> None:
    assert validators([(b"ETag", etag)]) == Validators()
    assert conditions(Validators(etag)) == {}


def test_a_304_replaces_only_the_validator_it_contains() -> None:
    old = Validators(b'"1"', b"Mon, 02 Nov 2026 00:00:00 GMT")
    assert merged_validators(old, Validators(b'"2"')) == Validators(b'"2"', old.last_modified)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("9" * 400, 86_400),
        ("Fri, 20 Nov 2026 12:05:00 GMT", 300),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 20 Nov 2026 12:05:00 -0000", 300),
        ("Thu, 20 Nov 2098 12:00:00 GMT", 86_400),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date_and_a_day_at_most(value: str, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=600"}, 600),
        ({"Cache-Control": "max-age=" + "9" * 40}, LONGEST_S),
        ({"Cache-Control": 'public, Max-Age = "600" , must-revalidate'}, 600),
        ({"Cache-Control": "max-age=600", "Expires": FIVE_PAST}, 600),
        ({"Cache-Control": "max-age=600", "Age": "200"}, 400),
        ({"Cache-Control": "max-age=600", "Age": "900"}, 0),
        ({"Cache-Control": "max-age=600, no-cache"}, 0),
        ({"Cache-Control": "no-store"}, 0),
        ({"Cache-Control": "s-maxage=600"}, None),
        ({"Cache-Control": "x-max-age=600"}, None),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "max-age=" + "9" * 20}, LONGEST_S),
        ({"Expires": FIVE_PAST}, 300),
        ({"Expires": FIVE_PAST, "Date": "Fri, 20 Nov 2026 12:01:00 GMT"}, 240),
        ({"Expires": FIVE_PAST, "Age": "60"}, 240),
        ({"Expires": "Fri, 20 Nov 2026 11:00:00 GMT"}, 0),
        ({"Expires": "0"}, 0),
    ],
    ids=str,
)
def test_a_response_is_fresh_for_as_long_as_its_headers_say(headers: dict[str, str], seconds: float | None) -> None:
    freshness = freshness_of(headers, NOW)
    assert (freshness and freshness.seconds) == seconds


@given(st.text(), st.text(), st.text(), st.text())
def test_freshness_is_at_most_a_day_whatever_the_headers_hold(control: str, expires: str, date: str, age: str) -> None:
    freshness = freshness_of({"Cache-Control": control, "Expires": expires, "Date": date, "Age": age}, NOW)
    assert freshness is None or 0 <= freshness.seconds <= LONGEST_S
