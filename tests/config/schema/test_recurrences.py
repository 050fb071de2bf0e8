import re

import pytest

from monitor.config.schema.recurrences import (
    QUIET_WINDOW,
    RECURRENCE,
    parse_quiet_hours,
    parse_quiet_window,
    parse_recurrence,
)
from monitor.config.schema.values import InvalidValue

ALL = set(range(7))


@pytest.mark.parametrize(
    ("text", "days", "minute"),
    [
        ("08:00", ALL, 480),
        ("Mon 09:00", {0}, 540),
        ("Mon-Fri 08:30", {0, 1, 2, 3, 4}, 510),
        ("Fri-Mon 00:00", {4, 5, 6, 0}, 0),
        ("Sun-Sun 23:59", {6}, 1439),
    ],
)
def test_a_weekly_time_has_days_and_a_time(text, days, minute):
    assert re.fullmatch(RECURRENCE, text)
    found = parse_recurrence(text)
    assert (found.days, found.minute, found.written) == (days, minute, text)


@pytest.mark.parametrize(
    "value", ["8:00", "24:00", "08:60", "mon 08:00", "Monday 08:00", "Mon,Tue 08:00", "Mon", "", " 08:00", 8, None, []]
)
def test_anything_else_is_not_a_weekly_time(value):
    with pytest.raises(InvalidValue, match="must be a time of day"):
        parse_recurrence(value)


@pytest.mark.parametrize(
    ("text", "days", "start", "end"),
    [
        ("18:00-08:00", ALL, 1080, 480),
        ("Sat", {5}, 0, 1440),
        ("Sat-Sun", {5, 6}, 0, 1440),
        ("Mon-Fri 12:00-13:00", {0, 1, 2, 3, 4}, 720, 780),
        ("Fri 18:00-24:00", {4}, 1080, 1440),
    ],
)
def test_a_period_has_days_start_and_end(text, days, start, end):
    assert re.fullmatch(QUIET_WINDOW, text)
    found = parse_quiet_window(text)
    assert (found.days, found.start, found.end, found.written) == (days, start, end, text)


@pytest.mark.parametrize("value", ["18:00", "18-08", "Sat 18:00", "24:00-08:00", "Saturday", "", 5, ["Sat"]], ids=repr)
def test_anything_else_is_not_a_period(value):
    with pytest.raises(InvalidValue, match="must be a period"):
        parse_quiet_window(value)


def test_a_period_of_length_zero_is_rejected():
    with pytest.raises(InvalidValue, match="begins and ends at the same time"):
        parse_quiet_window("08:00-08:00")


@pytest.mark.parametrize(
    "written", [["Mon-Sun"], ["Mon-Fri", "Sat", "Sun"], ["08:00-20:00", "20:00-08:00"]], ids=" ".join
)
def test_quiet_hours_must_not_cover_the_week(written):
    with pytest.raises(InvalidValue, match="covers the whole week"):
        parse_quiet_hours([parse_quiet_window(text) for text in written])


def test_quiet_hours_may_leave_a_single_minute():
    assert parse_quiet_hours([parse_quiet_window("08:01-08:00")])
