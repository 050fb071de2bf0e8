"""Every number of a text, with the currency and magnitude that stand around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from monitor.facts.currencies import CODES, COINS, MAGNITUDES, SYMBOLS, WORDS, WORDS_AFTER_MAGNITUDE

MAX_DIGITS = 24  # of a number; more is a hash or a prank


def _any(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in longest_first)


_LONG = _any(m for m in MAGNITUDES if len(m) > 1)
_COMMA = "[,\u00a0\u202f\u2009’']"
_NUMBER = rf"(?>\d{{1,3}}(?:{_COMMA}\d{{2,3}})*{_COMMA}\d{{3}}(?:\.\d+)?|\d{{1,3}}(?:\.\d{{3}}){{2,}}|\d+(?:\.\d+)?)"
_DECIMAL_COMMA = rf"\d{{1,3}},\d{{1,2}}(?=[\s-]?(?:{_LONG})\b)"
_UNIT = rf"{_any((*CODES, *COINS))}|btc|eth|usdt|usdc|stETH|wstETH|mETH|cmETH|(?i:{_any(WORDS)})"
_DIGITS = re.compile(r"\d+")
_LEAD = re.compile(rf"(?<![\w.,:/])(?P<symbol>US\s\$|{_any(SYMBOLS)}|(?:{_any(CODES)})(?:\s?\$)?)\s?\Z")
_LEAD_ROOM = 10  # characters before a number that can hold its currency and what must not stand before that
_QUANTITY = re.compile(
    rf"""
    (?P<number>(?:{_DECIMAL_COMMA})|{_NUMBER})\+?
    (?:[\s-]?(?P<long>(?i:{_LONG}))\b|\s(?P<apart>[KMBT])\b|(?P<short>[kmbtKMBT])\b)?
    (?![\w]|[.,:]\d)
    (?:
        \s?(?P<sign>[€£¥₩₹₽₺]|\$(?!\w))
      | [\s-]?(?P<unit>{_UNIT})(?![\w/])
      | [\s-](?P<doubtful>(?i:{_any(WORDS_AFTER_MAGNITUDE)}))\b(?!\ of\b)
    )?
    """,
    re.VERBOSE,
)
_PART_OF_MORE = re.compile(r"[\w.,:/]")  # before a number: "v2.0", "10.0.0.1", "10:30"
# "11 bitcoin ETFs", "500 BTC wallets": the number counts what comes after the coin
_COUNTED = re.compile(
    r"\s(?:spot\s)?(?:etfs?|etps?|miners?|mining|wallets?|address(?:es)?|atms?|holders?|nodes?|validators?|whales?"
    r"|traders?|transactions?|futures|options|funds?|investors?|exchanges?|companies|treasur(?:y|ies)|projects?|users?"
    r"|developers?|maximalists?|price|prices|upgrade|blocks?|pools?|accounts?|conference|maxis?)\b",
    re.IGNORECASE,
)
# "Nov 21 ETH fell", "layer 2 ETH": the number belongs to what comes before it
_NUMBERED = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october"
    r"|november|december|layer|level|tier|phase|stage|version|top|day|week|part|season|type|class|article|section|step"
    r"|no|number|chapter|round|block)[.#]?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it stands in the text."""

    number: Decimal
    magnitude: int | None  # power of ten, None when none is written
    currency: str  # empty when none is written
    leading: bool  # the currency stands before the number
    start: int
    end: int

    def value(self, magnitude: int | None) -> Decimal:
        """Return the number at *magnitude*, as plain digits."""
        return plain(self.number.scaleb(magnitude or 0))


def plain(number: Decimal) -> Decimal:
    """Return *number* such that ``str`` writes it without an exponent or idle zeros."""
    digits = format(number, "f")
    return Decimal(digits.rstrip("0").rstrip(".") if "." in digits else digits)


def quantities(text: str) -> Iterator[Quantity]:
    """Yield every number of *text* in order; those that count something else have no currency."""
    at = 0
    while digits := _DIGITS.search(text, at):
        start = digits.start()
        lead = _LEAD.search(text[max(0, start - _LEAD_ROOM) : start])
        alone = lead is not None or not start or _PART_OF_MORE.match(text[start - 1]) is None
        match = _QUANTITY.match(text, start) if alone else None
        at = match.end() if match else digits.end()
        number = _number(match["number"]) if match else None
        if match and number is not None:
            yield _quantity(match, number, lead["symbol"] if lead else "", start - len(lead[0]) if lead else start)


def _quantity(match: re.Match[str], number: Decimal, symbol: str, start: int) -> Quantity:
    written = match["long"] or match["apart"] or match["short"]
    magnitude = MAGNITUDES[written.lower()] if written else None
    currency = _leading(symbol) if symbol else _trailing(match, match.string, magnitude)
    end = match.end() if currency else max(match.end(g) for g in ("number", "long", "apart", "short"))
    return Quantity(number, magnitude, currency, bool(symbol), start, end)


def _number(written: str) -> Decimal | None:
    if len(written) > MAX_DIGITS:
        return None
    if re.fullmatch(r"\d{1,3},\d{1,2}", written):
        return Decimal(written.replace(",", "."))
    if written.count(".") > 1:
        return Decimal(written.replace(".", ""))
    return Decimal(re.sub(r"[^\d.]", "", written))


def _leading(symbol: str) -> str:
    return SYMBOLS.get(re.sub(r"\s", "", symbol)) or symbol[:3]


def _trailing(match: re.Match[str], text: str, magnitude: int | None) -> str:
    """Return the currency written behind the number, empty when the number counts or dates something."""
    if match["sign"]:
        return SYMBOLS[match["sign"]]
    if match["doubtful"]:
        return WORDS_AFTER_MAGNITUDE[match["doubtful"].lower()] if magnitude is not None else ""
    unit = match["unit"]
    if not unit or (magnitude is None and _belongs_elsewhere(match, text)):
        return ""
    if _COUNTED.match(text, match.end()):
        return ""
    return WORDS.get(unit.lower()) or unit.upper()


def _belongs_elsewhere(match: re.Match[str], text: str) -> bool:
    number = match["number"]
    is_year = len(number) == 4 and number.isdigit() and 1990 <= int(number) <= 2040
    return is_year or (
        len(number) < 3 and _NUMBERED.search(text[max(0, match.start() - 14) : match.start()]) is not None
    )
