"""Find the numbers of a text that may be amounts of money, with the currency and magnitude written next to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from monitor.facts.currencies import (
    CODES,
    COINS,
    DOUBTFUL_CODES,
    FOREIGN_MAGNITUDES,
    MAGNITUDES,
    MIXED_COINS,
    RANGE_WORDS,
    SHARED_SIGNS,
    SYMBOLS,
    WORDS,
    WORDS_AFTER_MAGNITUDE,
    folded,
    folded_keys,
    one_of,
)
from monitor.facts.scanning import DigitRuns, latin_bytes

MAX_DIGITS = 24  # a number with more digits is not an amount
UNKNOWN = ""  # the currency of a number that has none

_ALL_MAGNITUDES = folded_keys(MAGNITUDES | FOREIGN_MAGNITUDES)
_FOREIGN = frozenset(map(folded, FOREIGN_MAGNITUDES))
_WORDS = folded_keys(WORDS)
_AFTER_MAGNITUDE = folded_keys(WORDS_AFTER_MAGNITUDE)
_LONG = one_of(m for m in (*MAGNITUDES, *FOREIGN_MAGNITUDES) if len(m) > 1)
_COMMA = "[,\u00a0\u202f\u2009’']"
_NUMBER = (
    rf"(?>\d{{1,3}}(?:{_COMMA}\d{{2,3}})*{_COMMA}\d{{3}}(?:\.\d+)?|\d{{1,3}}(?:\.\d{{3}}){{2,}}"
    r"|\d{1,3}(?:\.\d{3})+,\d{1,2}(?!\d)|\d{1,4},\d{1,2}(?![\d,])|\d+(?:\.\d+)?)"
)
_SPACED_NUMBER = (
    rf"(?>\d{{1,3}}(?:\s\d{{3}})+(?:[.,]\d{{1,2}})?|\d{{1,3}}\.\s\d{{1,3}}(?=\s?(?:(?i:{_LONG})|[kmbKMB])\b))"
)
_ALL_TICKERS = (*CODES, *COINS, *MIXED_COINS)
_TICKERS = one_of(_ALL_TICKERS)
_UNIT = rf"(?i:{one_of(WORDS)})|{_TICKERS}"
_SIGNS = "€£¥₩₹₽₺₴"
DASHES = "-–—~～〜"  # between the ends of a range; the hyphen first, as a class of an expression needs it
_DIGITS = re.compile(r"\d+")
_LEAD = re.compile(rf"(?<![\w.,:/])(?P<symbol>US\s\$|{one_of(SYMBOLS)}|(?:{one_of(CODES)})(?:\s?\$)?)\s?\Z")
_CODE_ROOM = 20
_LEAD_ROOM = 7  # characters before a number in which its currency is searched


def _quantity_pattern(number: str) -> re.Pattern[str]:
    return re.compile(
        rf"""
        (?P<number>{number})\+?
        (?:[\s-]?(?P<long>(?i:{_LONG}))(?!\w)|\s(?P<apart>[KMBTkmb])\b(?![-&'’/]|\.\w)|(?P<short>[kmbtKMBT])\b)?
        (?:
            (?P<touching>{_TICKERS})(?![\w/]|-(?!worth)[a-z])
          | (?![\w]|[.,:]\d)
            (?:
                \s?(?P<sign>[{_SIGNS}]|\$(?!\w))
              | (?:[\s-]|\s(?:d[ei]\s|d['’]))(?P<unit>{_UNIT})(?![\w/]|-(?!worth)[a-z])
              | (?:[\s-]|\sd[ei]\s)(?P<doubtful>(?i:{one_of(WORDS_AFTER_MAGNITUDE)}))\b(?!\ of\b)
            )?
        )
        """,
        re.VERBOSE,
    )


_QUANTITY = _quantity_pattern(_NUMBER)
_SPACED_QUANTITY = _quantity_pattern(_SPACED_NUMBER)
_TORN = re.compile(r"\d{1,3}\.\s\d{1,3}\s?(?:[kmb]n?|million|billion)\b", re.IGNORECASE)  # "$1. 46 billion"
_SPACED = re.compile(r"\d{1,3}(?:\s\d{3})+(?!\d|,\d{3})")

# what looks like a magnitude in a language or script that the tables lack
_UNKNOWN_MAGNITUDE = re.compile(
    r"\s?(?:(?i:m[iı]l|mld|mlrd|mrd|b[iı]l|tr[iı]l|мил|міл|бил|біл|трил|млр)[^\W\d_]+"
    r"|[^\W\d_]*(?i:[iı]ll[iı][oó]|[iı]ll[iı]ard|[iı]l[yj][oa][nr])[^\W\d_]*"  # "gazillion"
    r"|[^\W\d_a-zA-Z\u00c0-\u024f][^\s!-@\[-\u024f]{3,})"  # a script with signs that are no letters, as Tamil
)
_SMALL = 1_000  # a larger number needs no magnitude
_THOUSANDS = re.compile(rf"\d(?:{_COMMA}|\.|\s)\d{{3}}")

# characters and words next to amounts and ranges; most other numbers are excluded by this fast check
_BEFORE = frozenset(c[-1] for c in (*SYMBOLS, *CODES, "$"))
_BEFORE_OR_DASH = _BEFORE | frozenset(DASHES)  # "$100-200": the second number has nothing but the dash before it
_FIRST_WORDS = frozenset(
    folded(re.split(r"[\s-]", word)[0])
    for word in (*MAGNITUDES, *FOREIGN_MAGNITUDES, *WORDS, *WORDS_AFTER_MAGNITUDE, *_ALL_TICKERS)
) | {"de", "di", *RANGE_WORDS}
# at most as far as a number may reach: an article may consist of nothing but digits and commas
_NEXT = re.compile(
    rf"[\d.,\s\u00a0\u202f\u2009’'+]{{0,64}}+(?:-|(?P<sign>[{_SIGNS}${DASHES[1:]}])|(?P<word>[^\W\d_]+\.?))"
)
_APOSTROPHE = "d"  # "d'euros"

# "11 bitcoin ETFs", "500 BTC wallets": the number counts what comes after the coin
_COUNTED = re.compile(
    r"\s(?:spot\s)?(?:etfs?|etps?|miners?|mining|wallets?|address(?:es)?|atms?|holders?|nodes?|validators?|whales?"
    r"|traders?|transactions?|futures|options|funds?|investors?|exchanges?|companies|firms?|treasur(?:y|ies)|projects?"
    r"|users?|developers?|maximalists?|price|prices|upgrades?|blocks?|pools?|accounts?|conferences?|maxis?|clients?|apps?"
    r"|dapps?|contracts?|forks?|bridges?|startups?|scams|layers?|l2s?|rollups?|kiosks?|machines?|halvings?"
    r"|millionaires?|billionaires?|thefts|hacks|networks?|chains?)\b",
    re.IGNORECASE,
)
_PLURAL = re.compile(
    rf"{_COUNTED.pattern}|\s(?!(?:is|was|has|as|this|its|plus|across|less|versus|vs|thus|towards|unless)\b)[a-z]+s\b",
    re.IGNORECASE,
)
# "Nov 21 ETH fell", "layer 2 ETH": the number belongs to what comes before it
# if a text has one of these non-English words, 1.460 means 1460
_POINTED = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_FOREIGN_TEXT = re.compile(
    r"(?<!\w)(?:der|von|als|und|bei|mit|für|mehr|über|el|los|las|del|por|más|mais|il|di|dei|gli|più|oltre|les|des|du|pour"
    r"|dos|ve|için|yang|của)(?!\w)"
)
# "RFC 9110 ETH", "EIP-1559": the number of a document, however large; "CVE-2024-1234"
_CODED = re.compile(
    r"\b(?:RFC|ISO|IEEE|IEC|EIP|ERC|BIP|DIN|[Pp]ort|[Mm]odel|[Bb]uild|Boeing|Airbus)\s\Z|\b(?P<code>[A-Z][A-Z\d]*)-(?:\d+-)*\Z"
)
_NUMBERED = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october"
    r"|november|december|layer|level|tier|phase|stage|version|top|day|week|part|season|type|class|article|section|step"
    r"|no|number|chapter|round|block)[.#]?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text, with its currency and magnitude ("million") as far as they are written."""

    number: Decimal
    magnitude: int | None  # the power of ten; None if no magnitude is written
    currency: str  # empty if no currency is written
    leading: bool  # the currency stands before the number
    start: int
    end: int

    def value(self, magnitude: int | None) -> Decimal:
        """Return the number multiplied by 10 to the power of *magnitude*; None counts as 0."""
        return plain_decimal(self.number.scaleb(magnitude or 0))


def plain_decimal(number: Decimal) -> Decimal:
    """Return *number* in a form that ``str`` writes without an exponent and without trailing zeros."""
    digits = format(number, "f")
    return Decimal(digits.rstrip("0").rstrip(".") if "." in digits else digits)


def quantities(text: str) -> Iterator[Quantity]:
    """Yield the numbers of *text*, in order, that may be amounts of money or ends of a range.

    A number without a currency, magnitude or range next to it is left out. If a number counts things ("500 BTC
    wallets"), its ``currency`` is empty.
    """
    digits_after = _digit_runs(text)
    at = 0
    while digits := digits_after(at):
        start, end = digits
        if not _may_be_amount(text, start, end):
            at = end
            continue
        lead = _leading_currency(text, start)
        alone = (
            lead is not None
            or not start
            or not (_is_inside_longer_token(text[start - 1]) or _is_part_of_code(text, start))
        )
        match = _match(text, start, led=lead is not None) if alone else None
        at = match.end() if match else end
        number = _number(match, _has_thousands_point(match)) if match else None
        if match and number is not None:
            yield _quantity(match, number, lead["symbol"] if lead else "", start - len(lead[0]) if lead else start)


def _digit_runs(text: str) -> Callable[[int], tuple[int, int] | None]:
    """Return a function that, given a position, returns start and end of the first run of digits at or after it."""
    data = latin_bytes(text)
    if data is not None:
        return DigitRuns(data).after

    def after(position: int) -> tuple[int, int] | None:
        found = _DIGITS.search(text, position)
        return found.span() if found else None

    return after


def _leading_currency(text: str, start: int) -> re.Match[str] | None:
    """Return the match of a currency ("US$") directly before the number at *start*; None if there is none."""
    before = text[max(0, start - _LEAD_ROOM) : start]
    last = before[-2:-1] if before[-1:].isspace() else before[-1:]
    return _LEAD.search(before) if last in _BEFORE else None


def _is_inside_longer_token(character: str) -> bool:
    """Return whether the *character* before a number shows that it is part of something else: "v2.0", "10:30"."""
    return character.isalnum() or character in "_.,:/"


def _may_be_amount(text: str, start: int, end: int) -> bool:
    """Return whether a number may be an amount or an end of a range, judged by the characters directly around it."""
    before = text[start - 2 : start] if start > 1 else text[:start]
    if not _BEFORE_OR_DASH.isdisjoint(before):
        return True
    follows = _NEXT.match(text, end)
    if follows is None:
        return False
    word = follows["word"]
    if word is None:
        return True
    lower = folded(word)
    return lower in _FIRST_WORDS or lower.rstrip(".") in _FIRST_WORDS or lower[:1] == _APOSTROPHE


def _match(text: str, start: int, *, led: bool) -> re.Match[str] | None:
    if led and _TORN.match(text, start):
        return _SPACED_QUANTITY.match(text, start)
    spaced = _SPACED.match(text, start)
    # "10 000 BTC", but not "on Nov 21 300 BTC"
    if spaced and (led or spaced[0].count(" ") > 1 or not _belongs_to_word_before(text, start)):
        return _SPACED_QUANTITY.match(text, start)
    return _QUANTITY.match(text, start)


def _quantity(match: re.Match[str], number: Decimal, symbol: str, start: int) -> Quantity:
    written = match["long"] or match["apart"] or match["short"] or ""
    is_length = match["apart"] and match["apart"].islower() and not symbol  # "5 m"
    magnitude = _ALL_MAGNITUDES.get(folded(written)) if written else None
    if is_length or (magnitude is None and (written or _may_be_magnitude(match, number, symbol))):
        return Quantity(number, None, UNKNOWN, leading=False, start=start, end=match.end("number"))
    if symbol == "R$" and folded(written) == "mil":
        magnitude = 3  # in Portuguese
    behind = _trailing_currency(match, magnitude, signed=symbol in SHARED_SIGNS)
    currency = behind
    if symbol:
        sign = _leading(symbol)
        currency = behind if behind in SHARED_SIGNS.get(symbol, ()) else sign
        if symbol in DOUBTFUL_CODES and not _is_large(match, magnitude):
            currency = UNKNOWN
    end = match.end() if currency else max(match.end("number"), *map(match.end, ("long", "apart", "short")))
    return Quantity(number, magnitude, currency, leading=bool(symbol), start=start, end=end)


def _may_be_magnitude(match: re.Match[str], number: Decimal, symbol: str) -> bool:
    """Return whether an unknown word after a number with a currency may be a magnitude in another language.

    The amount is unknown then: "$5 milijona".
    """
    return bool(symbol) and number < _SMALL and _UNKNOWN_MAGNITUDE.match(match.string, match.end("number")) is not None


def _is_large(match: re.Match[str], magnitude: int | None) -> bool:
    """Return whether a number with an ambiguous currency code ("TRY 3") is large enough to be an amount of money."""
    return magnitude is not None or _THOUSANDS.search(match["number"]) is not None


def _has_thousands_point(match: re.Match[str]) -> bool:
    """Return whether the text writes a number such as 1.460 with a point to separate thousands, as in German."""
    if match["long"]:
        return folded(match["long"]) in _FOREIGN
    return _POINTED.fullmatch(match["number"]) is not None and _FOREIGN_TEXT.search(match.string) is not None


def _number(match: re.Match[str], is_foreign: bool) -> Decimal | None:
    written = match["number"]
    if len(written) > MAX_DIGITS:
        return None
    if written.isdecimal():
        return Decimal(written)
    written = re.sub(r"\s", "", written)
    if re.fullmatch(r"[\d.]+,\d{1,2}", written):
        return Decimal(written.replace(".", "").replace(",", "."))
    if written.count(".") > 1 or (is_foreign and _POINTED.fullmatch(written)):
        return Decimal(written.replace(".", ""))
    return Decimal(re.sub(r"[^\d.]", "", written))


def _leading(symbol: str) -> str:
    return SYMBOLS.get(re.sub(r"\s", "", symbol)) or symbol[:3]


def _trailing_currency(match: re.Match[str], magnitude: int | None, *, signed: bool) -> str:
    """Return the currency that is written after the number; empty if the number counts or dates something.

    Args:
        match: The match of the number and what follows it.
        magnitude: The power of ten written after the number; None if there is none.
        signed: Whether a currency sign before the number shows that it is money.
    """
    if match["sign"]:
        return SYMBOLS[match["sign"]]
    if match["doubtful"]:
        return _AFTER_MAGNITUDE.get(folded(match["doubtful"]), UNKNOWN) if magnitude is not None else UNKNOWN
    unit = match["unit"] or match["touching"]
    text = match.string
    if not unit or (magnitude is None and _belongs_elsewhere(match, text)) or counts_something(text, unit, match.end()):
        return UNKNOWN
    if match["long"] == "mil" and not unit.isascii():
        return UNKNOWN  # "mil" is a thousand in Spanish, but a million in the slang of traders
    if unit in DOUBTFUL_CODES and not signed and not _is_large(match, magnitude):
        return UNKNOWN
    return currency_of(unit)


def currency_of(unit: str) -> str:
    """Return the code or ticker (USD, BTC) of *unit*, a currency as written after a number; empty if it is none."""
    return _WORDS.get(folded(unit)) or (unit.upper() if unit in _ALL_TICKERS else UNKNOWN)


def _belongs_elsewhere(match: re.Match[str], text: str) -> bool:
    number = match["number"]
    is_year = len(number) == 4 and number.isdigit() and 1990 <= int(number) <= 2040
    return is_year or (len(number) < 3 and _belongs_to_word_before(text, match.start()))


def counts_something(text: str, unit: str, end: int) -> bool:
    """Return whether a coin after a number only describes the things that are counted: "500 BTC wallets".

    Args:
        text: The text of the field that contains the number.
        unit: The coin after the number.
        end: Where the coin ends, in characters.
    """
    # "Ethereum" usually means the network, so any plural after it may be what is counted
    return (_PLURAL if unit.lower() == "ethereum" else _COUNTED).match(text, end) is not None


def _is_part_of_code(text: str, start: int) -> bool:
    """Return whether the number at *start* belongs to a code or a document's title: "CVE-2024-1234", "RFC 9110"."""
    found = _CODED.search(text[max(0, start - _CODE_ROOM) : start])
    if found is None:
        return False
    code = found["code"] or ""
    # "USD100-200 million" is a range, "ERC20-12" is not
    return code not in _ALL_TICKERS and code.rstrip("0123456789") not in CODES


def _belongs_to_word_before(text: str, start: int) -> bool:
    """Return whether the number at *start* belongs to the word before it, as in "Nov 21" or "layer 2"."""
    return _NUMBERED.search(text[max(0, start - 14) : start]) is not None
