from zoneinfo import available_timezones

import pytest

from monitor.config.schema.thresholds import parse_threshold
from monitor.config.schema.values import (
    InvalidValue,
    parse_contact,
    parse_duration,
    parse_fuzzy,
    parse_id,
    parse_language,
    parse_network,
    parse_severity,
    parse_within,
    parse_zone,
    quoted,
)
from monitor.model import Scope


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("2h", 7200), ("7d", 604_800), ("2y", 63_072_000), ("1.5h", 5400), ("0s", 0)],
)
def test_a_duration_is_a_number_and_a_unit(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "value",
    ["", "5", "m", "5 m", "-5m", "5M", "1h30m", "٣m", "101y", "9999999999s", 5, 5.5, True, None, ["5m"]],
    ids=repr,
)
def test_anything_else_is_not_a_duration(value):
    with pytest.raises(ValueError, match=r"duration|100 years"):
        parse_duration(value)


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("$1M", "1000000", "USD"),
        ("500 BTC", "500", "BTC"),
        ("€2 million", "2000000", "EUR"),
        ("£1.5bn", "1500000000", "GBP"),
        ("$1,250,000.50", "1250000.50", "USD"),
        ("USD 5k", "5000", "USD"),
        ("0.5 ETH", "0.5", "ETH"),
        ("3 trillion KRW", "3000000000000", "KRW"),
        ("5 TUSD", "5", "TUSD"),
        ("5TUSD", "5", "TUSD"),
        ("7 BNB", "7", "BNB"),
        ("7 M BNB", "7000000", "BNB"),
        ("$5 USD", "5", "USD"),
    ],
)
def test_an_amount_has_a_value_and_a_currency(text, value, currency):
    threshold = parse_threshold(text)
    assert (f"{threshold.value:f}", threshold.currency, threshold.written) == (value, currency, text)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("500", "has no currency"),
        ("$5 EUR", "two currencies"),
        ("$0", "above zero"),
        ("1,5M BTC", "must be an amount"),
        ("5 btc", "must be an amount"),
        ("-5 BTC", "must be an amount"),
        ("$" + "9" * 400, "must be an amount"),
        (5, "must be an amount"),
        (float("nan"), "must be an amount"),
    ],
    ids=lambda v: str(v)[:12],
)
def test_an_invalid_amount_is_explained(value, message):
    with pytest.raises(InvalidValue, match=message):
        parse_threshold(value)


@pytest.mark.parametrize(
    ("text", "within"), [("15 words", 15), ("1 word", 1), ("sentence", Scope.SENTENCE), ("anywhere", Scope.ANYWHERE)]
)
def test_a_distance_is_words_or_a_scope(text, within):
    assert parse_within(text) == within


@pytest.mark.parametrize(("value", "edits"), [("auto", None), ("off", 0), (0, 0), (2, 2)], ids=str)
def test_fuzzy_is_a_number_of_edits(value, edits):
    assert parse_fuzzy(value) == edits


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (parse_within, "0 words"),
        (parse_within, 15),
        (parse_fuzzy, True),
        (parse_fuzzy, -1),
        (parse_fuzzy, 10**30),
        (parse_severity, "HIGH"),
        (parse_severity, 3),
        (parse_id, "a b"),
        (parse_id, "tag:x"),
        (parse_id, ""),
        (parse_id, "é"),
        (parse_language, "english!"),
        (parse_contact, "a\nb@c"),
        (parse_contact, "(x)"),
        (parse_network, "10.0.0.1/8"),
        (parse_network, "localhost"),
        (parse_network, 10),
        (parse_zone, ""),
        (parse_zone, "Europe"),
        (parse_zone, "../etc/passwd"),
        (parse_zone, "Mars/Olympus"),
        (parse_zone, "a/" * 5_000),
        (parse_zone, "Europe/Berlin\n"),
        (parse_zone, 1),
    ],
    ids=lambda v: getattr(v, "__name__", repr(v)),
)
def test_invalid_values_are_rejected(parse, value):
    with pytest.raises(InvalidValue):
        parse(value)


@pytest.mark.parametrize(
    ("parse", "value", "hint"),
    [
        (parse_network, "10.0.0.1/8", 'write "10.0.0.0/8"'),
        (parse_zone, "Europe/Belin", 'did you mean "Europe/Berlin"?'),
        (parse_severity, "HIGH", 'did you mean "high"?'),
        (parse_duration, 300, 'write "300s" for seconds'),
    ],
    ids=["network", "zone", "severity", "duration"],
)
def test_hints_say_how_to_fix_a_value(parse, value, hint):
    with pytest.raises(InvalidValue) as caught:
        parse(value)
    assert caught.value.hint == hint


def test_a_quoted_value_is_short_and_on_one_line():
    assert quoted("a\x1b[31m\u202eb\n") == '"a\\u001b[31m\\u202eb\\n"'
    assert len(quoted("x" * 1000)) < 70
    assert quoted(10**5000) == "a number of that size"


def test_every_time_zone_of_the_database_is_one():
    assert all(parse_zone(name).key == name for name in available_timezones())
