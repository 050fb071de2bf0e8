import pytest
from support.work import grows_with_length_alone

from monitor.facts import read_amounts
from monitor.model import Text


def amounts(text):
    return [f"{a.value} {a.currency}" for a in read_amounts(Text(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("half a billion dollars gone", ["500000000 USD"]),
        ("a haul of half-a-million euros", ["500000 EUR"]),
        ("over a million dollars", ["1000000 USD"]),
        ("One million dollars in an hour", ["1000000 USD"]),
        ("two and a half million dollars", ["2500000 USD"]),
        ("one-and-a-half billion yen", ["1500000000 JPY"]),
        ("thirty-four million dollars", ["34000000 USD"]),
        ("three hundred million dollars", ["300000000 USD"]),
        ("a hundred and twenty million dollars", ["120000000 USD"]),
        ("a quarter of a billion dollars", ["250000000 USD"]),
        ("three quarters of a billion dollars", ["750000000 USD"]),
        ("theft of a million dollars", ["1000000 USD"]),
        ("his house and a million dollars", ["1000000 USD"]),
        ("twelve thousand ether", ["12000 ETH"]),
        ("a thousand bitcoins", ["1000 BTC"]),
        ("five million pounds", ["5000000 GBP"]),
        ("half a million dollars to a million dollars", ["500000 USD", "1000000 USD"]),
        ("$3 million, then two million dollars", ["3000000 USD", "2000000 USD"]),
    ],
)
def test_a_number_in_words_is_read(text, expected):
    assert amounts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "millions of dollars", "tens of millions of dollars", "several hundred million dollars",
        "a few million dollars", "a million-dollar question", "a billion-dollar heist",
        "he felt like a million dollars", "nine-figure sum", "one in a million", "a million users",
        "two million bitcoin holders", "5 and a half million dollars", "one two million dollars",
        "per million dollars", "hundred million dollars",
    ],
)  # fmt: skip
def test_what_says_no_number_is_left(text):
    assert amounts(text) == []


def test_a_sum_in_words_is_quoted_whole():
    (one,) = read_amounts(Text("They took two and a half million dollars home"))
    assert one.text == "two and a half million dollars"


@pytest.mark.parametrize("piece", ["a million dollars ", "a and a half ", "hundred ", "million dollars ", "twenty-"])
def test_work_grows_with_the_length_alone(piece):
    size = 10_000 // len(piece)
    assert grows_with_length_alone(lambda text: read_amounts(Text("", text)), lambda n: piece * n, size)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("黑客盗走5000万美元", ["50000000 USD"]),
        ("损失约12.5亿美元。", ["1250000000 USD"]),
        ("14億6000萬美元", ["1460000000 USD"]),
        ("被盗3万枚ETH", ["30000 ETH"]),
        ("价值2亿元人民币", ["200000000 CNY"]),
        ("転送された15億ドル", ["1500000000 USD"]),
        ("482億円相当のビットコイン", ["48200000000 JPY"]),
        ("4,502ビットコイン", ["4502 BTC"]),
        ("피해액은 580억원", ["58000000000 KRW"]),
        ("5억 3천만 달러", ["530000000 USD"]),
        ("5억 3000만 달러", ["530000000 USD"]),
        ("1조 원", ["1000000000000 KRW"]),
        ("약 34만 2000 이더리움", ["342000 ETH"]),
        ("약 580億ウォン（4,200만 달러）", ["58000000000 KRW", "42000000 USD"]),
    ],
)
def test_a_sum_is_read(text, expected):
    assert amounts(text) == expected


@pytest.mark.parametrize("text", ["2024年", "5000万人", "第3期", "100%", "월 3회", "9.11事件", "3億の利用者"])
def test_what_is_no_money_is_left(text):
    assert amounts(text) == []


def test_a_sum_quotes_its_text():
    text = Text("빗썸", "해커가 580억원을 빼냈다")
    (one,) = read_amounts(text)
    assert text.summary[one.start : one.end] == one.text == "580억원"


@pytest.mark.parametrize("piece", ["1万", "5億 ", "1亿2万3千", "億", "1,000万 ", "5억 3000만 달러 "])
def test_work_for_east_asian_sums_grows_with_the_length_alone(piece):
    size = 10_000 // len(piece)
    assert grows_with_length_alone(lambda text: read_amounts(Text("", text)), lambda n: piece * n, size)
