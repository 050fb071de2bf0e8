from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.times import point_in_time, span_seconds

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3d", datetime(2026, 11, 24, 9, 30, tzinfo=UTC)),
        ("90m", datetime(2026, 11, 27, 8, 0, tzinfo=UTC)),
        ("2w", datetime(2026, 11, 13, 9, 30, tzinfo=UTC)),
        ("today", datetime(2026, 11, 27, tzinfo=UTC)),
        ("yesterday", datetime(2026, 11, 26, tzinfo=UTC)),
        ("2026-11-26", datetime(2026, 11, 26, tzinfo=UTC)),
        ("2026-11-26T14:00", datetime(2026, 11, 26, 14, 0, tzinfo=UTC)),
        ("2026-11-26 14:00", datetime(2026, 11, 26, 14, 0, tzinfo=UTC)),
        ("2026-11-26T14:00+02:00", datetime(2026, 11, 26, 12, 0, tzinfo=UTC)),
        ("soon", None),
        ("2026-13-01", None),
        ("999999y", None),
        ("", None),
    ],
)
def test_a_point_in_time_is_a_span_a_day_a_date_or_a_date_and_time(text, expected):
    assert point_in_time(text, now=NOW) == expected


def test_a_day_that_ends_a_period_belongs_to_it():
    assert point_in_time("2026-11-26", now=NOW, end_of_day=True) == datetime(2026, 11, 26, 23, 59, 59, 999999, UTC)
    assert point_in_time("yesterday", now=NOW, end_of_day=True).day == 26


@pytest.mark.parametrize(("text", "expected"), [("30m", 1800.0), ("1.5h", 5400.0), ("4", None), ("101y", None)])
def test_a_span_has_a_unit_and_at_most_a_hundred_years(text, expected):
    assert span_seconds(text) == expected
