from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.store.db.timestamps import moment, stored

# a day within what a datetime can hold, so that any zone can show them
moments = st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1 < at.year < 9999)


def test_a_moment_is_stored_in_utc_with_milliseconds():
    berlin = timezone(timedelta(hours=1))
    assert stored(datetime(2026, 11, 22, 11, 28, 15, 123_987, berlin)) == "2026-11-22T10:28:15.123Z"


@given(moments)
def test_a_moment_comes_back_cut_to_milliseconds(at):
    assert moment(stored(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)


@given(moments, moments)
def test_stored_moments_sort_as_they_pass(one, other):
    one, other = moment(stored(one)), moment(stored(other))
    assert (stored(one) < stored(other)) == (one < other)


def test_no_moment_stays_none():
    assert stored(None) is None
    assert moment(None) is None


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        stored(datetime(2026, 11, 22))  # noqa: DTZ001 - the fault under test
