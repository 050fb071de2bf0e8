from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.policy.timing import quiet_until
from monitor.config.schema.recurrences import DAYS, MINUTES_OF_DAY, parse_quiet_window, parse_recurrence
from monitor.config.schema.thresholds import SCALES, parse_threshold
from monitor.config.schema.values import (
    MAX_DURATION_S,
    UNIT_BYTES,
    UNIT_S,
    InvalidValue,
    parse_duration,
    parse_listen,
    parse_network,
    parse_size,
    quoted,
)

days = st.integers(0, 6)
minutes = st.integers(0, MINUTES_OF_DAY - 1)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@given(st.integers(0, 10**9 - 1), st.integers(0, 999), st.sampled_from([*UNIT_S]))
def test_a_duration_is_its_number_times_its_unit_and_at_most_a_hundred_years(whole, thousandths, unit):
    text = f"{whole}.{thousandths:03}{unit}"
    seconds = (whole + thousandths / 1000) * UNIT_S[unit]
    if seconds > MAX_DURATION_S:
        with pytest.raises(InvalidValue, match="longer than 100 years"):
            parse_duration(text)
    else:
        assert parse_duration(text) == pytest.approx(seconds)


@given(st.integers(0, 999_999), st.sampled_from([*UNIT_BYTES]), st.sampled_from(["", " "]))
def test_a_size_is_its_number_times_its_unit(number, unit, space):
    assert parse_size(f"{number}{space}{unit}") == number * UNIT_BYTES[unit]


@given(st.integers(1, 10**12), st.sampled_from(["", *SCALES]), st.sampled_from(["$", "USD ", ""]), st.booleans())
def test_an_amount_is_its_number_times_its_scale(number, scale, before, grouped):
    written = f"{number:,}" if grouped else f"{number}"
    after = "" if before else "USD"
    found = parse_threshold(before + " ".join(filter(None, (written, scale, after))))
    assert (found.value, found.currency) == (Decimal(number).scaleb(SCALES.get(scale, 0)), "USD")


@given(days, days, minutes)
def test_weekly_times_are_on_each_day_from_the_first_to_the_last(first, last, minute):
    text = f"{DAYS[first]}-{DAYS[last]} {clock(minute)}"
    wanted, day = {first}, first
    while day != last:
        day = (day + 1) % 7
        wanted.add(day)
    found = parse_recurrence(text)
    assert (found.days, found.minute) == (wanted, minute)


@given(days, minutes, minutes, st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))  # noqa: DTZ001
def test_it_is_quiet_exactly_from_the_start_to_the_end_on_the_days_on_which_it_begins(day, start, end, local):
    text = f"{DAYS[day]} {clock(start)}-{clock(end)}"
    if start == end:
        with pytest.raises(InvalidValue, match="begins and ends at the same time"):
            parse_quiet_window(text)
        return
    at = local.replace(tzinfo=UTC)
    length = timedelta(minutes=(end - start) % MINUTES_OF_DAY)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    begins = [midnight - timedelta(days=ago) + timedelta(minutes=start) for ago in range(2)]
    wanted = any(begin.weekday() == day and begin <= at < begin + length for begin in begins)
    assert (quiet_until([parse_quiet_window(text)], UTC, at) is not None) == wanted


@given(st.ip_addresses(), st.integers(1, 65_535))
def test_an_address_to_listen_at_is_read_back(address, port):
    written = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
    host, found = parse_listen(written)
    assert (ip_address(host), found) == (address, port)


@given(st.ip_addresses(), st.integers(0, 128))
def test_a_network_is_read_back_and_the_hint_for_one_with_host_bits_is_a_network(address, length):
    length = min(length, address.max_prefixlen)
    network = ip_network((int(address), length), strict=False) if address.version == 6 else None
    network = network or ip_network(f"{address}/{length}", strict=False)
    assert parse_network(str(network)) == network
    with contextlib.suppress(InvalidValue):
        assert address in parse_network(f"{address}/{length}")


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.none() | st.lists(st.text()) | st.datetimes())
def test_any_value_is_quoted_on_one_short_line(value):
    text = quoted(value)
    assert text.isprintable()
    assert len(text) <= 60 * 12
