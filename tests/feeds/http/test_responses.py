from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.errors import FeedState
from monitor.feeds.http.responses import conditions, failure, merged_validators, validators
from monitor.model import Validators

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


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
