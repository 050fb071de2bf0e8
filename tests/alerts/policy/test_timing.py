"""Moments that come back, on ordinary days and on those on which the clock is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.policy.timing import next_moment, quiet_until
from monitor.config.schema.recurrences import DAYS, parse_quiet_hours, parse_quiet_window, parse_recurrence

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("UTC", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def moment(written: str | list[str], after: datetime, zone: ZoneInfo = BERLIN) -> datetime:
    specs = [written] if isinstance(written, str) else written
    return next_moment([parse_recurrence(spec) for spec in specs], zone, after)


def quiet(written: list[str], at: datetime) -> datetime | None:
    return quiet_until([parse_quiet_window(text) for text in written], BERLIN, at)


@pytest.mark.parametrize(
    ("written", "after", "then"),
    [
        ("08:00", "2026-11-20 07:59", "2026-11-20 08:00"),
        ("08:00", "2026-11-20 08:00", "2026-11-21 08:00"),
        ("Mon 09:00", "2026-11-20 12:00", "2026-11-23 09:00"),
        ("Mon 09:00", "2026-11-23 09:00", "2026-11-30 09:00"),
        ("Mon-Fri 08:00", "2026-11-20 08:00", "2026-11-23 08:00"),
        ("Sat-Mon 08:00", "2026-11-20 08:00", "2026-11-21 08:00"),
        (["Mon-Fri 08:00", "Mon-Fri 16:00"], "2026-11-20 09:00", "2026-11-20 16:00"),
        ("00:00", "2026-12-31 23:59", "2027-01-01 00:00"),
    ],
)
def test_the_next_moment_is_the_first_after(written, after, then):
    assert moment(written, berlin(after)) == berlin(then)


def test_a_time_that_the_clock_skips_comes_when_it_jumps():
    assert moment("02:30", berlin("2027-03-28 01:00")) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert moment("02:30", berlin("2027-03-28 03:00")) == berlin("2027-03-29 02:30")


def test_a_time_that_the_clock_shows_twice_comes_once():
    first = moment("02:30", berlin("2026-10-25 01:00"))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert moment("02:30", first) == berlin("2026-10-26 02:30")


def test_a_time_of_a_day_that_the_zone_left_out_comes_when_it_is_left_out():
    apia = ZoneInfo("Pacific/Apia")
    after = datetime(2011, 12, 29, 12, 0, tzinfo=apia)
    assert moment("Fri 08:00", after, apia) == datetime(2011, 12, 31, 0, 0, tzinfo=apia)


@pytest.mark.parametrize(
    ("windows", "at", "until"),
    [
        (["18:00-08:00"], "2026-11-24 12:00", None),
        (["18:00-08:00"], "2026-11-24 18:00", "2026-11-25 08:00"),
        (["18:00-08:00"], "2026-11-25 07:59", "2026-11-25 08:00"),
        (["18:00-08:00"], "2026-11-25 08:00", None),
        (["18:00-08:00", "Sat", "Sun"], "2026-11-20 19:00", "2026-11-23 08:00"),
        (["Sat"], "2026-11-20 23:59", None),
        (["Sat"], "2026-11-21 00:00", "2026-11-22 00:00"),
        (["Fri 18:00-08:00"], "2026-11-20 20:00", "2026-11-21 08:00"),
        (["Fri 18:00-08:00"], "2026-11-21 20:00", None),
        (["12:00-24:00"], "2026-11-20 13:00", "2026-11-21 00:00"),
        (["01:00-02:30"], "2027-03-28 01:30", "2027-03-28 03:00"),
        ([], "2026-11-20 20:00", None),
    ],
)
def test_it_is_quiet_until_the_last_of_the_spans_that_touch_ends(windows, at, until):
    assert quiet(windows, berlin(at)) == (berlin(until) if until else None)


def test_quiet_lasts_until_its_end_is_shown_for_the_second_time():
    assert quiet(["22:00-02:30"], berlin("2026-10-25 01:00")) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "until"), [("20 12:00", "28 00:00"), ("20 00:00", "27 00:00")], ids=["noon", "midnight"]
)
def test_quiet_that_never_ends_is_cut_at_the_first_end_after_a_week(at, until):
    assert quiet(["Mon-Sun"], berlin(f"2026-11-{at}")) == berlin(f"2026-11-{until}")


times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
days = st.one_of(st.sampled_from(DAYS), st.builds("{}-{}".format, st.sampled_from(DAYS), st.sampled_from(DAYS)))
recurrences = st.one_of(times, st.builds("{} {}".format, days, times))


def between(first: int, last: int) -> st.SearchStrategy[datetime]:
    naive = [datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (first, last)]
    return st.datetimes(*naive, timezones=st.just(UTC))


moments = between(2005, 2037)
zones = st.sampled_from(ZONES).map(ZoneInfo)


@given(st.lists(recurrences, min_size=1, max_size=3), zones, moments)
def test_the_next_moment_lies_ahead_within_a_week_and_nothing_of_its_kind_lies_between(written, zone, after):
    then = moment(written, after, zone)
    assert after < then <= after + timedelta(days=8, hours=2)
    assert moment(written, after + (then - after) / 2, zone) == then


@given(recurrences, zones, moments)
def test_the_clock_on_the_wall_shows_the_time_unless_it_skips_it(written, zone, after):
    local = moment(written, after, zone).astimezone(zone)
    wanted = parse_recurrence(written)
    shown = local.hour * 60 + local.minute
    before = (local.astimezone(UTC) - timedelta(seconds=1)).astimezone(zone)
    jumped = before.utcoffset() != local.utcoffset()
    assert jumped or (shown == wanted.minute and local.second == 0 and local.weekday() in wanted.days)


@given(times, zones, between(2012, 2037))
def test_a_daily_moment_comes_once_on_each_day(written, zone, after):
    seen = []
    for _ in range(5):
        after = moment(written, after, zone)
        seen.append(after.astimezone(zone).date())
    assert seen == [seen[0] + timedelta(days=n) for n in range(5)]


windows = st.one_of(days, st.builds("{}-{}".format, times, times), st.builds("{} {}-{}".format, days, times, times))


@given(st.lists(windows.filter(lambda w: w[-5:] != w[-11:-6]), max_size=3), zones, moments)
def test_quiet_ends_in_the_future_and_it_is_not_quiet_then(written, zone, at):
    spans = [parse_quiet_window(text) for text in written]
    until = quiet_until(spans, zone, at)
    if until is None:
        return
    assert until > at
    try:
        parse_quiet_hours(spans)
    except ValueError:
        return
    assert quiet_until(spans, zone, until) is None
