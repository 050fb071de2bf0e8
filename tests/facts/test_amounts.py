import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.effort import examples
from support.work import grows_with_length_alone

from monitor.facts import quantities
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
        (
            "2.5 billion naira, 900 million rupiah, 3 million ringgit",
            ["2500000000 NGN", "900000000 IDR", "3000000 MYR"],
        ),
        ("12 billion dong and 7 million shekels", ["12000000000 VND", "7000000 ILS"]),
        ("3,000 wrapped ether and 20 wrapped bitcoin", ["3000 WETH", "20 WBTC"]),
        ("3 million pounds", ["3000000 GBP"]),
        ("₹1,00,000 and ₹5 crore", ["100000 INR", "50000000 INR"]),
        ("€1,5 million", ["1500000 EUR"]),
        ("€1.461.000.000", ["1461000000 EUR"]),
        ("$1.50", ["1.5 USD"]),
        ("$100", ["100 USD"]),
        ("₩44 billion", ["44000000000 KRW"]),
        ("KRW 44.5 billion and JPY 48.2bn", ["44500000000 KRW", "48200000000 JPY"]),
        ("9 billion Korean won", ["9000000000 KRW"]),
        (
            "CNY 30 million, RMB 3 million, CN¥2m, 30 million yuan",
            ["30000000 CNY", "3000000 CNY", "2000000 CNY", "30000000 CNY"],
        ),
        ("¥5 million yuan", ["5000000 CNY"]),
        ("CHF 2.5 million, 2 million Swiss francs, CHF1.2m", ["2500000 CHF", "2000000 CHF", "1200000 CHF"]),
        (
            "₹2,000 crore, Rs 235 crore, Rs. 5 lakh, ₹500 Cr",
            ["20000000000 INR", "2350000000 INR", "500000 INR", "5000000000 INR"],
        ),
        ("₹1.5 lakh crore", ["1500000000000 INR"]),
        ("USD 7m, USD1.5bn, 1.5bn USD, USD$5m", ["7000000 USD", "1500000000 USD", "1500000000 USD", "5000000 USD"]),
        ("7 mln euros, €20mn, $20mil", ["7000000 EUR", "20000000 EUR", "20000000 USD"]),
        ("$3.2bn-plus, $3bn-worth, $50M+", ["3200000000 USD", "3000000000 USD", "50000000 USD"]),
        ("$2.46 billion-dollar theft", ["2460000000 USD"]),
        ("EUR 1.5 m, $7 k", ["1500000 EUR", "7000 USD"]),
        ("$6 million AUD, $2.3 million Canadian dollars", ["6000000 AUD", "2300000 CAD"]),
        ("12 000 BTC, $2 461 000 000, 12 500 €", ["12000 BTC", "2461000000 USD", "12500 EUR"]),
        ("€1.461,50 and 5,5 BTC", ["1461.5 EUR", "5.5 BTC"]),
        ("300,000 USD Coin, 41,000 wBTC, 7,500BTC", ["300000 USDC", "41000 WBTC", "7500 BTC"]),
        ("2,000 Ethereum stolen; 12.5 million XRP tokens", ["2000 ETH", "12500000 XRP"]),
        ("70 billion roubles, 1.2 million Ukrainian hryvnia", ["70000000000 RUB", "1200000 UAH"]),
        ("5 millones de dólares, 1.460 millones de dólares", ["5000000 USD", "1460000000 USD"]),
        ("R$ 5 milhões, R$ 7 mil", ["5000000 BRL", "7000 BRL"]),
        ("1,5 milliard de dollars, 50 millions d'euros", ["1500000000 USD", "50000000 EUR"]),
        ("1,46 Milliarden Dollar, 5 Mio. Euro, 3 Mrd. €", ["1460000000 USD", "5000000 EUR", "3000000000 EUR"]),
        ("50 млн долларов, 1,46 млрд рублей", ["50000000 USD", "1460000000 RUB"]),
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
        ("$100-200", ["100 USD", "200 USD"]),
        ("USD1-12", ["1 USD", "12 USD"]),
        ("fees of EUR 1,500–2,000 each", ["1500 EUR", "2000 EUR"]),
        ("USD100-200 million", ["100000000 USD", "200000000 USD"]),
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
        "In 2024 BTC rose", "Nov 21 ETH fell", "layer 2 ETH staking", "ETH 2.0", "Web3 10 years", "Team 3 won",
        "v2.0", "500 pounds of ore", "10.0.0.1 BTC", "block 840000", "up 5% BTC", "BTC at 10:30 ETH", "$12,3456",
        "a $ 1inch", "500 BTC wallets", "in 2024 dollars", "38 APT groups", "12 BTC/USD", "$", "", "S&P 500", "10x",
        "$LAZ", "Web3", "Layer 2", "5 Ethereum wallets", "7 ETH-based tokens", "3 ETH hacks",
        "16 Ethereum predictions", "24/7", "ran 5 m behind", "5 mil views", "Uniswap v3 ETH pool", "100% ETH",
        "24 BTC/day", "15 Bitcoin-backed loans",
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
        ("costs $500 - 2,000 users left", ["500 USD"]),
        ("ERC20-12 million USD", []),
        ("$40 and $50 million", ["40 USD", "50000000 USD"]),
        ("$5 million, €6 million", ["5000000 USD", "6000000 EUR"]),
        ("In 2025, $3.02 billion", ["3020000000 USD"]),
        ("$100 T-shirt", ["100 USD"]),
        ("sold for $1.5 M. Then", ["1500000 USD"]),
        ("lost $2. 46 billion (£133. 9 million)", ["2460000000 USD", "133900000 GBP"]),
        ("it costs $5. 3 people bought it", ["5 USD"]),
        ("$5 M&A fee", ["5 USD"]),
        ("on Nov 21 300 BTC moved", ["300 BTC"]),
        ("£7bn ($9.3bn)", ["7000000000 GBP", "9300000000 USD"]),
    ],
)
def test_neighbours_are_not_a_range(text, expected):
    assert amounts(text) == expected


def test_an_amount_quotes_its_field():
    title, summary = read_amounts(Text("lost $5m", "or 3 BTC"))
    assert (title.field, title.start, title.end, title.text) == ("title", 5, 8, "$5m")
    assert (summary.field, summary.start, summary.text) == ("summary", 3, "3 BTC")


@settings(max_examples=examples(300), deadline=None)
@given(st.text(st.one_of(st.sampled_from("$€1234567890.,-– kmMbBtTC"), st.characters()), max_size=60))
def test_any_text_is_read_without_an_error(text):
    for a in read_amounts(Text(text)):
        assert text[a.start : a.end] == a.text
        assert "E" not in str(a.value)


@pytest.mark.parametrize("piece", ["1,", "1", "$", "$1 to ", "1.000", "1 and ", "9,999 ", "between "])
def test_work_grows_with_the_length_alone(piece):
    size = 10_000 // len(piece)
    assert grows_with_length_alone(lambda text: read_amounts(Text("", text)), lambda n: piece * n, size)


_PIECES = """
    1 12 3.5 1,250 2,7 300 2024 $ € US$ Rp PHP TRY EUR - – ~ ～ to and à de of from between m k bn million mln millones
    triệu dollars euro USD BTC ETH wallets zł 億 元 원 ERC v + ' , . / : ( ) a the lost up
"""


@given(st.lists(st.sampled_from(_PIECES.split()), max_size=12), st.sampled_from(["", " ", "\u00a0"]))
@example(["USD", "1", "-", "12"], "")
@example(["USD", "1", "-", "12"], " ")
@example(["$", "1", "-", "12"], "")
@settings(max_examples=examples(1_000), deadline=None)
def test_passing_over_numbers_by_what_stands_beside_them_changes_nothing(pieces, joint):
    text = Text(joint.join(pieces))
    fast = read_amounts(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantities, "_may_be_amount", lambda *_: True)
        assert read_amounts(text) == fast
