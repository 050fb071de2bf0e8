from __future__ import annotations

from decimal import Decimal

import pytest

from monitor.model import Actor, Amount, Text, Threshold
from monitor.watchlist.amount_threshold import first_sufficient_amount, lower_ends
from monitor.watchlist.compile import Watchlist
from monitor.watchlist.judge import find_evidence

WATCHLIST = Watchlist({"heron": Actor("heron", "Night Heron", ("Night Heron",))}, {}, {})
MILLION, HALF = Threshold(Decimal(1_000_000), "USD", "$1M"), Threshold(Decimal(500_000), "USDC", "500k USDC")


def found(title, summary="", thresholds=(MILLION,)):
    evidence = find_evidence(WATCHLIST, Text(title, summary))
    sufficient = first_sufficient_amount(thresholds, evidence, evidence.mentions)
    return sufficient and (sufficient[0].text, sufficient[1].written)


@pytest.mark.parametrize(
    ("summary", "thresholds", "amount"),
    [
        ("Night Heron took $2M and $3M", (MILLION,), ("$2M", "$1M")),
        ("Night Heron took $600,000", (MILLION, HALF), ("$600,000", "500k USDC")),
        ("Night Heron took $2M", (MILLION, HALF), ("$2M", "$1M")),
        ("Night Heron took 2M USDC", (MILLION,), ("2M USDC", "$1M")),
        ("Night Heron took $100 from a firm valued at $5 billion", (MILLION,), None),
        ("Night Heron took $100", (MILLION, HALF), None),
    ],
    ids=["the first", "the other threshold", "the first threshold", "a stablecoin", "no loss", "too small"],
)
def test_the_first_amount_that_reaches_a_threshold_is_found(summary, thresholds, amount):
    assert found("News", summary, thresholds) == amount


def test_an_amount_far_away_is_passed_over_and_one_in_the_title_is_not():
    far = "$5m" + " x" * 60 + " Night Heron took $2m"
    assert found("News", far) == ("$2m", "$1M")
    assert found("A theft of $7m", far) == ("$7m", "$1M")


def test_of_each_range_the_lower_end_is_kept_in_order():
    def amount(value: int, field: str, start: int) -> Amount:
        return Amount(Decimal(value), "USD", "", field, start, start + 4)

    low, high, other, elsewhere = (
        amount(*of) for of in ((1, "title", 3), (2, "title", 3), (9, "title", 8), (5, "summary", 3))
    )
    assert lower_ends([high, low, other, elsewhere]) == [low, other, elsewhere]
    assert lower_ends([low, high]) == [low]
