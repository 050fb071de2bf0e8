"""Find amounts whose numbers are written in words or in Chinese, Japanese or Korean characters.

For example "half a billion dollars", 14亿6000万美元, 15億ドル, 580억원.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from monitor.facts.currencies import CODES, COINS, MAGNITUDES, WORDS, folded, one_of
from monitor.facts.quantities import Quantity, counts_something, currency_of, plain_decimal
from monitor.facts.scanning import latin_bytes

_SMALL = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_PARTS = {
    "a": "1", "half": "0.5", "half a": "0.5", "a half": "0.5", "quarter": "0.25", "a quarter": "0.25", "quarter of a":
    "0.25", "a quarter of a": "0.25", "three quarters of a": "0.75", "half of a": "0.5",
}  # fmt: skip
_HALF_MORE = ("and", "a", "half")

# the currency must be in the plural: "a million-dollar question" is not an amount
_PLURALS = one_of(w for w in WORDS if w not in ("dollar", "us dollar", "euro"))
_MAGNITUDE = re.compile(
    rf"(?<=[\s-])(?P<magnitude>thousand|million|billion|trillion)[\s-](?P<unit>{_PLURALS}|pounds)(?!\w)", re.IGNORECASE
)
_NUMBER_WORDS = re.compile(
    rf"(?<![\w-])(?:(?:{one_of((*_SMALL, *_TENS))}|hundred|a|and|half|quarters?|of)[\s-])+\Z", re.IGNORECASE
)
_MAGNITUDES = {word: MAGNITUDES[word] for word in ("thousand", "million", "billion", "trillion")}
_CHARACTERS_BEFORE = 60  # characters before the magnitude
_NO_SUM = re.compile(r"(?:\blike|\d)\s\Z", re.IGNORECASE)  # "feel like a million dollars", "5 and a half million"

_CHARACTER_MAGNITUDES = {
    "千": 3, "천": 3, "万": 4, "萬": 4, "만": 4, "十万": 5, "십만": 5, "百万": 6, "百萬": 6, "백만": 6,
    "千万": 7, "千萬": 7, "천만": 7, "亿": 8, "億": 8, "억": 8, "十亿": 9, "十億": 9, "십억": 9, "百亿": 10,
    "百億": 10, "백억": 10, "千亿": 11, "千億": 11, "천억": 11, "万亿": 12, "兆": 12, "조": 12,
}  # fmt: skip
_CURRENCIES = {
    "美元": "USD", "美金": "USD", "美ドル": "USD", "米ドル": "USD", "ドル": "USD", "달러": "USD", "미국달러": "USD",
    "円": "JPY", "日元": "JPY", "日圓": "JPY", "엔": "JPY", "ウォン": "KRW", "韩元": "KRW", "韓元": "KRW", "원": "KRW",
    "元": "CNY", "人民币": "CNY", "人民幣": "CNY", "元人民币": "CNY", "위안": "CNY", "欧元": "EUR", "歐元": "EUR",
    "ユーロ": "EUR", "유로": "EUR", "港元": "HKD", "港币": "HKD", "新台币": "TWD", "新台幣": "TWD", "卢布": "RUB",
    "比特币": "BTC", "比特幣": "BTC", "ビットコイン": "BTC", "비트코인": "BTC", "以太币": "ETH", "以太坊": "ETH",
    "以太幣": "ETH", "イーサ": "ETH", "イーサリアム": "ETH", "이더": "ETH", "이더리움": "ETH", "泰达币": "USDT",
}  # fmt: skip
# written before the number; decides the currency of an amount that ends in 元
_LEADING = {
    "新台幣": "TWD", "新台币": "TWD", "台幣": "TWD", "台币": "TWD", "NT$": "TWD", "港幣": "HKD", "港币": "HKD",
}  # fmt: skip
_LETTER = "\u1100-\u11ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af"

_STEP = r"\d{1,3}(?:,\d{3})+|\d{1,8}(?:\.\d{1,8})?"
_SUM = re.compile(
    rf"""
    (?<![\d.,])(?P<lead>(?:新台[幣币]|台[幣币]|NT\$|人民[幣币]|港[幣币])\s?)?
    (?P<steps>(?>(?:{_STEP})\s?(?:{one_of(_CHARACTER_MAGNITUDES)})\s?){{1,3}}(?:(?:{_STEP})\s?)?|(?:{_STEP})\s?)
    (?:余|餘|여|多|枚|個|个|개|名義の)?(?:의\s)?\s?
    (?:(?P<currency>{one_of(_CURRENCIES)})|(?P<ticker>{one_of((*CODES, *COINS))})(?![A-Za-z\d]))
    """,
    re.VERBOSE,
)
_ONE_STEP = re.compile(rf"(?P<number>{_STEP})\s?(?P<magnitude>{one_of(_CHARACTER_MAGNITUDES)})?")
_HAS_LETTER = re.compile(f"[{_LETTER}]")


def spelled_quantities(text: str) -> Iterator[Quantity]:
    """Yield the amounts of *text* whose number is written in English words: "half a billion dollars".

    Words that do not form one number are left out.
    """
    for found in _magnitudes(text):
        room = max(0, found.start() - _CHARACTERS_BEFORE)
        said = _NUMBER_WORDS.search(text[room : found.start()])
        if said is None or counts_something(text, found["unit"], found.end()):
            continue
        start = room + said.start()
        words = re.split(r"[\s-]", folded(said[0]).rstrip("-"))
        if words[0] == "and" and _NO_SUM.search(text[:start][-8:]):
            continue
        while words and words[0] in ("and", "of"):
            start += len(words.pop(0)) + 1
        number = None if _NO_SUM.search(text[:start][-8:]) and words == ["a"] else _number_in_words(words)
        if number is not None:
            magnitude, unit = _MAGNITUDES[folded(found["magnitude"])], found["unit"]
            currency = "GBP" if folded(unit) == "pounds" else currency_of(unit)
            yield Quantity(number, magnitude, currency, leading=False, start=start, end=found.end())


def _magnitudes(text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of a magnitude and the currency after it, such as "million dollars", in *text*."""
    data = latin_bytes(text)
    if data is None:
        lower = folded(text)
        if "illion" in lower or "housand" in lower:
            yield from _MAGNITUDE.finditer(text)
        return
    for start in sorted(_magnitude_starts(data.lower())):
        if match := _MAGNITUDE.match(text, start):
            yield match


def _magnitude_starts(lower: bytes) -> Iterator[int]:
    """Yield where "thousand", "million", "billion" or "trillion" may start in *lower*, a text in lower case."""
    for part, before in ((b"illion", 1), (b"illion", 2), (b"housand", 1)):
        at = lower.find(part)
        while at >= 0:
            if at >= before:
                yield at - before
            at = lower.find(part, at + 1)


def _number_in_words(words: list[str]) -> Decimal | None:
    """Return the number that English *words* spell: 0.5 for "half a", 20 for "twenty"; None if they spell none."""
    part = _PARTS.get(" ".join(words))
    if part is not None:
        return Decimal(part)
    more = tuple(words[-3:]) == _HALF_MORE
    whole = _whole(words[:-3] if more else words)
    return None if whole is None else Decimal(whole) + (Decimal("0.5") if more else 0)


def _whole(words: list[str]) -> int | None:
    if "hundred" in words:
        at = words.index("hundred")
        before, after = words[:at], words[at + 1 :]
        hundreds = 1 if before == ["a"] else _SMALL.get(" ".join(before), 0)
        rest = _below_hundred(after[1:] if after[:1] == ["and"] else after) if after else 0
        return None if not hundreds or rest is None else 100 * hundreds + rest
    return _below_hundred(words)


def _below_hundred(words: list[str]) -> int | None:
    if len(words) == 1:
        return _SMALL.get(words[0]) or _TENS.get(words[0])
    if len(words) == 2 and words[0] in _TENS and _SMALL.get(words[1], 10) < 10:
        return _TENS[words[0]] + _SMALL[words[1]]
    return None


def east_asian_quantities(text: str) -> Iterator[Quantity]:
    """Yield the amounts of *text* that are written in Chinese, Japanese or Korean, in order: 15億ドル."""
    if text.isascii() or not _HAS_LETTER.search(text):
        return
    for found in _SUM.finditer(text):
        value = sum((_value(step) for step in _ONE_STEP.finditer(found["steps"])), Decimal(0))
        currency = _LEADING.get((found["lead"] or "").strip(), "") or _CURRENCIES.get(found["currency"] or "")
        currency = currency or found["ticker"]
        if _HAS_LETTER.search(found[0]):
            yield Quantity(plain_decimal(value), 0, currency, leading=False, start=found.start(), end=found.end())


def _value(step: re.Match[str]) -> Decimal:
    number = Decimal(step["number"].replace(",", ""))
    return number.scaleb(_CHARACTER_MAGNITUDES[step["magnitude"]]) if step["magnitude"] else number
