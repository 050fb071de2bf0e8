"""Amounts as the press of each language writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.facts.amounts import read_amounts
from monitor.facts.currencies import (
    CODES,
    COINS,
    FOREIGN_MAGNITUDES,
    MAGNITUDES,
    SYMBOLS,
    WORDS,
    WORDS_AFTER_MAGNITUDE,
)
from monitor.model import Text


def amounts(text):
    return [f"{a.value} {a.currency}" for a in read_amounts(Text(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Robo de 3,5 millones de euros", ["3500000 EUR"], id="es"),
        pytest.param("Pérdidas de 20 mil millones de yenes", ["20000000000 JPY"], id="es mil"),
        pytest.param("Desvio de R$ 12 mi e de R$ 1,2 bi", ["12000000 BRL", "1200000000 BRL"], id="pt short"),
        pytest.param("Perda de 7 milhões de dólares", ["7000000 USD"], id="pt"),
        pytest.param("Un préjudice de 2,6 Md€ et de 15 M€", ["2600000000 EUR", "15000000 EUR"], id="fr"),
        pytest.param("Schaden von 4,8 Mio. Euro, 3 Mrd. Dollar", ["4800000 EUR", "3000000000 USD"], id="de"),
        pytest.param("Furto da 12 milioni di dollari e 40mila euro", ["12000000 USD", "40000 EUR"], id="it"),
        pytest.param("Похищено 45 млн долларов и 3,7 млрд рублей", ["45000000 USD", "3700000000 RUB"], id="ru"),
        pytest.param("Вкрали $45 мільйонів та 9 мільярдів гривень", ["45000000 USD", "9000000000 UAH"], id="uk"),
        pytest.param("Skradziono 45 mln dolarów i 2,5 mln zł", ["45000000 USD", "2500000 PLN"], id="pl"),
        pytest.param("2,5 milyon lirayla kaçtı, 4 milyar dolarlık vurgun", ["2500000 TRY", "4000000000 USD"], id="tr"),
        pytest.param("Thiệt hại 11 triệu USD, 3 tỷ đồng", ["11000000 USD", "3000000000 VND"], id="vi"),
        pytest.param("Rugi Rp300 miliar atau 19 juta dolar AS", ["300000000000 IDR", "19000000 USD"], id="id"),
        pytest.param("سرقة 45 مليون دولار و3 مليارات يورو", ["45000000 USD"], id="ar"),
        pytest.param("損失新台幣4億5千萬元", ["450000000 TWD"], id="zh-Hant"),
        pytest.param("损失约3.2亿美元", ["320000000 USD"], id="zh-Hans"),
        pytest.param("約61億円相当が流出", ["6100000000 JPY"], id="ja"),
        pytest.param("1조 2천억 원 상당", ["1200000000000 KRW"], id="ko"),
        pytest.param("Ukradli 45 milionů dolarů? Za 3 miljoner dollar", ["3000000 USD"], id="sv"),
    ],
)
def test_magnitudes_and_currencies_of_a_language(text, expected):
    assert amounts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("un vol de 130 à 140 millions de dollars", ["130000000 USD", "140000000 USD"], id="fr"),
        pytest.param("entre 30 000 et 70 000 $ réclamés", ["30000 USD", "70000 USD"], id="fr between"),
        pytest.param("entre 3 y 5 millones de euros", ["3000000 EUR", "5000000 EUR"], id="es"),
        pytest.param("de 3 a 5 millones de euros", ["3000000 EUR", "5000000 EUR"], id="es from"),
        pytest.param("da 3 a 5 milioni di euro", ["3000000 EUR", "5000000 EUR"], id="it"),
        pytest.param("3 bis 5 Millionen Euro", ["3000000 EUR", "5000000 EUR"], id="de"),
        pytest.param("zwischen 3 und 5 Millionen Euro", ["3000000 EUR", "5000000 EUR"], id="de between"),
        pytest.param("от 3 до 5 млн долларов", ["3000000 USD", "5000000 USD"], id="ru"),
        pytest.param("od 3 do 5 mln dolarów", ["3000000 USD", "5000000 USD"], id="pl"),
        pytest.param("từ 3 đến 5 triệu USD", ["3000000 USD", "5000000 USD"], id="vi"),
        pytest.param("antara 3 dan 5 juta dolar", ["3000000 USD", "5000000 USD"], id="id"),
    ],
)
def test_both_ends_of_a_range_are_read(text, expected):
    assert amounts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("$280 milliardokkal", id="an unknown form of a magnitude"),
        pytest.param("$45 миллиардищ", id="in another script"),
        pytest.param("$9 gazillion", id="an invented word"),
        pytest.param("$4 மில்லியன்", id="in a script with signs that are no letters"),
        pytest.param("€7 სამილიონო ზარალი", id="in a script without tables"),
    ],
)
def test_an_unknown_magnitude_makes_the_amount_unknown_and_never_small(text):
    assert amounts(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Forum on PHP 7.4 exploited, 5 PHP bugs", [], id="a language"),
        pytest.param("Users TRY 4 passwords", [], id="a verb in capitals"),
        pytest.param("200 CAD files leaked", [], id="drawings"),
        pytest.param("PHP 7.4 million taken, PHP 7,400,000 too", ["7400000 PHP", "7400000 PHP"], id="pesos"),
        pytest.param("$300 CAD", ["300 CAD"], id="a sign and a code"),
        pytest.param("RFC 9110 ETH, EIP-1559 ETH, CVE-2024-1234 SOL", [], id="numbers of documents"),
        pytest.param("5 BTC-10 BTC", ["5 BTC", "10 BTC"], id="a range of coins is no document"),
    ],
)
def test_a_code_that_is_a_word_needs_more_than_a_number(text, expected):
    assert amounts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "He lost 5 millıon dollars",
        "7 billionſ of dollars",
        "three millıon dollarſ",
        "4 MİLYON DOLAR",
        "5 dollaRſ",
        "₿ 5 ſ",
    ],
)
def test_letters_whose_lower_case_is_another_letter_are_no_error(text):
    read_amounts(Text(text))


@pytest.mark.parametrize(
    ("text", "may_be_loss"),
    [
        pytest.param("The college has an endowment of $9 billion.", False, id="endowment"),
        pytest.param("The bank, with annual revenue of about $3 billion, was robbed", False, id="revenue"),
        pytest.param("a startup with a $2 billion valuation", False, id="valuation"),
        pytest.param("a $40 billion company", False, id="company"),
        pytest.param("market cap fell to $5 billion", False, id="market cap"),
        pytest.param("market cap tops $5 billion", False, id="verb in the present"),
        pytest.param("Valued at $2 billion, Oakmere was robbed", False, id="the value of a company"),
        pytest.param("capitalización de mercado de 900 millones de dólares", False, id="es"),
        pytest.param("выручка составила 5 млрд рублей", False, id="ru"),
        pytest.param("市值约3.2亿美元", False, id="zh"),
        pytest.param("Umsatz von rund 3 Mrd. Euro", False, id="de"),
        pytest.param("Thieves took $9 billion.", True, id="theft"),
        pytest.param("coins valued at $45 million were stolen", True, id="the value of what was stolen"),
        pytest.param("sales of the token stopped. Thieves took $9 million", True, id="another sentence"),
    ],
)
def test_the_size_of_something_is_no_loss(text, may_be_loss):
    assert [amount.may_be_loss for amount in read_amounts(Text(text))] == [may_be_loss]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Prejuízo de 1,5 bilhão de reais", ["1500000000 BRL"], id="pt"),
        pytest.param("15 millones de pesos", ["15000000 MXN"], id="es"),
        pytest.param("Lösegeld von 250.000 Euro", ["250000 EUR"], id="de"),
        pytest.param("Gestohlen: mehr als 1.200 Bitcoin", ["1200 BTC"], id="coins"),
        pytest.param("He paid 1.200 BTC", ["1.2 BTC"], id="en: a decimal point"),
        pytest.param("Wallet von Oakmere: 0.250 BTC", ["0.25 BTC"], id="a part of a coin"),
        pytest.param("20 mille euros, $9 tusen", ["20000 EUR", "9000 USD"], id="thousands"),
    ],
)
def test_a_point_parts_thousands_in_languages_that_write_it_so(text, expected):
    assert amounts(text) == expected


TABLE_WORDS = [*SYMBOLS, *CODES, *COINS, *WORDS, *WORDS_AFTER_MAGNITUDE, *MAGNITUDES, *FOREIGN_MAGNITUDES]
# letters that a case-insensitive expression takes for each other, although their lower case differs
LOOK_ALIKE = {"i": "ıİIi", "s": "ſS", "k": "\u212aK", "å": "\u212b", "μ": "µ"}
FORMS = ("{}", "$5 {}", "5 {}", "{} 5", "5 {} dollars", "five {} dollars", "half a {} dollars", "$5-{} 7", "3万{}")


@given(st.sampled_from(TABLE_WORDS), st.sampled_from(FORMS), st.randoms(use_true_random=False))
def test_no_spelling_of_any_word_of_the_tables_is_an_error(word, form, random):
    spelled = "".join(random.choice(LOOK_ALIKE.get(c, c) + c.upper()) for c in word)
    read_amounts(Text(form.format(spelled)))
