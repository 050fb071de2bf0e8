"""Amounts whose number is written in words: "half a billion dollars", "two hundred million euros"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from monitor.facts.counting import counts_something
from monitor.facts.currencies import MAGNITUDES, WORDS, folded
from monitor.facts.quantities import Quantity, currency_of, one_of

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

# "a million-dollar question" is none: the currency stands in the plural
_PLURALS = one_of(w for w in WORDS if w not in ("dollar", "us dollar", "euro"))
_MAGNITUDE = re.compile(
    rf"(?<=[\s-])(?P<magnitude>thousand|million|billion|trillion)[\s-](?P<unit>{_PLURALS}|pounds)(?!\w)", re.IGNORECASE
)
_NUMBER_WORDS = re.compile(
    rf"(?<![\w-])(?:(?:{one_of((*_SMALL, *_TENS))}|hundred|a|and|half|quarters?|of)[\s-])+\Z", re.IGNORECASE
)
_MAGNITUDES = {word: MAGNITUDES[word] for word in ("thousand", "million", "billion", "trillion")}
_ROOM = 60  # characters before the magnitude
_NO_SUM = re.compile(r"(?:\blike|\d)\s\Z", re.IGNORECASE)  # "feel like a million dollars", "5 and a half million"


def spelled_quantities(text: str) -> Iterator[Quantity]:
    """Yield the amounts of *text* that are written in words, in order; what does not read as one number is left out."""
    plain = folded(text)
    if "illion" not in plain and "housand" not in plain:
        return
    for found in _MAGNITUDE.finditer(text):
        room = max(0, found.start() - _ROOM)
        said = _NUMBER_WORDS.search(text[room : found.start()])
        if said is None or counts_something(text, found["unit"], found.end()):
            continue
        start = room + said.start()
        words = re.split(r"[\s-]", folded(said[0]).rstrip("-"))
        if words[0] == "and" and _NO_SUM.search(text[:start][-8:]):
            continue
        while words and words[0] in ("and", "of"):
            start += len(words.pop(0)) + 1
        number = None if _NO_SUM.search(text[:start][-8:]) and words == ["a"] else _number(words)
        if number is not None:
            magnitude, unit = _MAGNITUDES[folded(found["magnitude"])], found["unit"]
            currency = "GBP" if folded(unit) == "pounds" else currency_of(unit)
            yield Quantity(number, magnitude, currency, leading=False, start=start, end=found.end())


def _number(words: list[str]) -> Decimal | None:
    """Return the number that *words* say, None when they say none."""
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
