from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.http.freshness import LONGEST_S, freshness_of, retry_after_s

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FIVE_PAST = "Fri, 20 Nov 2026 12:05:00 GMT"


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
