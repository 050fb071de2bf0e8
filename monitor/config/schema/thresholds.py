"""Parse amounts of money for ``min_amount``, such as ``$1M``."""

from __future__ import annotations

import re
from decimal import Decimal

from monitor.config.schema.values import InvalidValue, quoted
from monitor.model import Threshold

SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP"}
SCALES = {
    **dict.fromkeys(("k", "thousand"), 3),
    **dict.fromkeys(("m", "mn", "million"), 6),
    **dict.fromkeys(("b", "bn", "billion"), 9),
    **dict.fromkeys(("t", "tn", "trillion"), 12),
}
# the scale must end at a word boundary: "5 TUSD" is five TUSD, not five trillion USD
AMOUNT = re.compile(
    r"(?:(?P<symbol>[$€£])|(?P<before>[A-Z]{3,5}) ?)?"
    r"(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3}){1,6}|[0-9]{1,18})(?:\.[0-9]{1,18})?)"
    rf"(?: ?(?P<scale>(?i:{'|'.join(sorted(SCALES, key=len, reverse=True))}))\b)?"
    r"(?: ?(?P<after>[A-Z]{3,5}))?"
)


def parse_threshold(value: object) -> Threshold:
    """Return the amount of money written as ``"$1M"``, ``"500 BTC"`` or ``"€2 million"``.

    The currency is one of $ € £ or a code of three to five capitals, before or after the number. Commas may separate
    thousands; the letters K, M, B, T (also in lower case) and the words thousand to trillion multiply the number.

    Raises:
        InvalidValue: *value* has no number, no currency or two, or is not above zero.
    """
    match = AMOUNT.fullmatch(value.strip()) if isinstance(value, str) and len(value) <= 64 else None
    if match is None:
        raise InvalidValue(f"must be an amount, not {quoted(value)}", 'write it as "$1M", "€2.5 million" or "500 BTC"')
    currencies = [c for c in (SYMBOLS.get(match["symbol"]), match["before"], match["after"]) if c]
    if not currencies:
        raise InvalidValue(
            f"has no currency: {quoted(value)}", f"write {quoted('$' + match[0])} or {quoted(match[0] + ' BTC')}"
        )
    if len(set(currencies)) > 1:
        raise InvalidValue(f"has two currencies: {quoted(value)}", "write one of them")
    number = Decimal(match["number"].replace(",", "")).scaleb(SCALES.get((match["scale"] or "").lower(), 0))
    if not number:
        raise InvalidValue(f"must be above zero, not {quoted(value)}", "delete it if any amount will do")
    return Threshold(number, currencies[0], str(value))
