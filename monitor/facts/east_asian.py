"""Amounts as Chinese, Japanese and Korean write them: 14亿6000万美元, 15億ドル, 580억원."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from monitor.facts.currencies import CODES, COINS
from monitor.facts.quantities import Quantity, one_of, plain

_MAGNITUDES = {
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
# before the number: the currency of an amount that ends in 元
_LEADING = {
    "新台幣": "TWD", "新台币": "TWD", "台幣": "TWD", "台币": "TWD", "NT$": "TWD", "港幣": "HKD", "港币": "HKD",
}  # fmt: skip
_LETTER = "\u1100-\u11ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af"

_STEP = r"\d{1,3}(?:,\d{3})+|\d{1,8}(?:\.\d{1,8})?"
_SUM = re.compile(
    rf"""
    (?<![\d.,])(?P<lead>(?:新台[幣币]|台[幣币]|NT\$|人民[幣币]|港[幣币])\s?)?
    (?P<steps>(?>(?:{_STEP})\s?(?:{one_of(_MAGNITUDES)})\s?){{1,3}}(?:(?:{_STEP})\s?)?|(?:{_STEP})\s?)
    (?:余|餘|여|多|枚|個|个|개|名義の)?(?:의\s)?\s?
    (?:(?P<currency>{one_of(_CURRENCIES)})|(?P<ticker>{one_of((*CODES, *COINS))})(?![A-Za-z\d]))
    """,
    re.VERBOSE,
)
_ONE_STEP = re.compile(rf"(?P<number>{_STEP})\s?(?P<magnitude>{one_of(_MAGNITUDES)})?")
_HAS_LETTER = re.compile(f"[{_LETTER}]")


def east_asian_quantities(text: str) -> Iterator[Quantity]:
    """Yield the amounts of *text* that are written in these scripts, in order."""
    if text.isascii() or not _HAS_LETTER.search(text):
        return
    for found in _SUM.finditer(text):
        value = sum((_value(step) for step in _ONE_STEP.finditer(found["steps"])), Decimal(0))
        currency = _LEADING.get((found["lead"] or "").strip(), "") or _CURRENCIES.get(found["currency"] or "")
        currency = currency or found["ticker"]
        if _HAS_LETTER.search(found[0]):
            yield Quantity(plain(value), 0, currency, leading=False, start=found.start(), end=found.end())


def _value(step: re.Match[str]) -> Decimal:
    number = Decimal(step["number"].replace(",", ""))
    return number.scaleb(_MAGNITUDES[step["magnitude"]]) if step["magnitude"] else number
