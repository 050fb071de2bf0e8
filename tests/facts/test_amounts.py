import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.facts.amounts import read_amounts
from monitor.model import Text


def amounts(text):
    return [f"{a.value} {a.currency}" for a in read_amounts(Text(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a loss of $62 million today", ["62000000 USD"]),
        ("$2.31B gone", ["2310000000 USD"]),
        ("$2,310,000,000 gone.", ["2310000000 USD"]),
        ("$2.5-billion", ["2500000000 USD"]),
        ("$7M-worth of tokens", ["7000000 USD"]),
        ("nearly $310 Million", ["310000000 USD"]),
        ("US$ 5m and US $6 million", ["5000000 USD", "6000000 USD"]),
        ("€30m, £4bn, ¥9 billion", ["30000000 EUR", "4000000000 GBP", "9000000000 JPY"]),
        ("EUR 12 million; USD500", ["12000000 EUR", "500 USD"]),
        ("A$5.5 million or C$4", ["5500000 AUD", "4 CAD"]),
        ("4.5 million dollars", ["4500000 USD"]),
        ("a 12-million-dollar heist", ["12000000 USD"]),
        ("7 million Hong Kong dollars", ["7000000 HKD"]),
        ("20 million €, 50€ and 10$ more", ["20000000 EUR", "50 EUR", "10 USD"]),
        ("about 330,500 ETH and 2.75 BTC", ["330500 ETH", "2.75 BTC"]),
        ("a 5,100 Bitcoin transfer, 3m USDT", ["5100 BTC", "3000000 USDT"]),
        ("90,376 stETH", ["90376 STETH"]),
        ("8 billion won", ["8000000000 KRW"]),
        ("3 million pounds", ["3000000 GBP"]),
        ("₹1,00,000 and ₹5 crore", ["100000 INR", "50000000 INR"]),
        ("€1,5 million", ["1500000 EUR"]),
        ("€1.461.000.000", ["1461000000 EUR"]),
        ("$1.50", ["1.5 USD"]),
        ("$100", ["100 USD"]),
    ],
)
def test_an_amount_is_read(text, expected):
    assert amounts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$60–70 million", ["60000000 USD", "70000000 USD"]),
        ("$60 to $70 million", ["60000000 USD", "70000000 USD"]),
        ("$60M-$70M", ["60000000 USD", "70000000 USD"]),
        ("$6 million to $7 million", ["6000000 USD", "7000000 USD"]),
        ("between $6 and $7 million", ["6000000 USD", "7000000 USD"]),
        ("3 to 5 million dollars", ["3000000 USD", "5000000 USD"]),
        ("100-200 BTC", ["100 BTC", "200 BTC"]),
        ("$900,000-$1 million", ["900000 USD", "1000000 USD"]),
    ],
)
def test_a_range_gives_both_ends_with_one_span(text, expected):
    low, high = read_amounts(Text(text))
    assert [f"{a.value} {a.currency}" for a in (low, high)] == expected
    assert (low.start, low.end, low.text) == (high.start, high.end, high.text)


@pytest.mark.parametrize(
    "text",
    [
        "in 2024", "1inch network", "BTC hits 100k", "$GREY pumps", "5 million users", "11 bitcoin ETFs",
        "In 2024 BTC rose", "Nov 21 ETH fell", "layer 2 ETH staking", "ETH 2.0", "Web3 10 years", "Team 3 won", "v2.0",
        "500 pounds of ore", "10.0.0.1 BTC", "block 840000", "up 5% BTC", "BTC at 10:30 ETH", "$12,3456", "a $ 1inch",
        "500 BTC wallets", "in 2024 dollars", "38 APT groups", "12 BTC/USD", "$", "",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_left_alone(text):
    assert amounts(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$5 million to 10 wallets", ["5000000 USD"]),
        ("$5 million - 3 hours ago", ["5000000 USD"]),
        ("down from $80 to $60", ["80 USD", "60 USD"]),
        ("$36,200-400", ["36200 USD"]),
        ("$40 and $50 million", ["40 USD", "50000000 USD"]),
        ("$5 million, €6 million", ["5000000 USD", "6000000 EUR"]),
        ("In 2025, $3.02 billion", ["3020000000 USD"]),
    ],
)
def test_neighbours_are_not_a_range(text, expected):
    assert amounts(text) == expected


def test_an_amount_quotes_its_field():
    title, summary = read_amounts(Text("lost $5m", "or 3 BTC"))
    assert (title.field, title.start, title.end, title.text) == ("title", 5, 8, "$5m")
    assert (summary.field, summary.start, summary.text) == ("summary", 3, "3 BTC")


@settings(max_examples=300, deadline=None)
@given(st.text(st.one_of(st.sampled_from("$€1234567890.,-– kmMbBtTC"), st.characters()), max_size=60))
def test_any_text_is_read_without_an_error(text):
    for a in read_amounts(Text(text)):
        assert text[a.start : a.end] == a.text
        assert "E" not in str(a.value)


@pytest.mark.parametrize("piece", ["1,", "1", "$", "$1 to ", "1.000", "1 and ", "9,999 ", "between "])
def test_a_megabyte_of_anything_is_read_in_linear_time(piece):
    text = Text("", piece * (300_000 // len(piece)))
    started = time.process_time()
    read_amounts(text)
    assert time.process_time() - started < 3
