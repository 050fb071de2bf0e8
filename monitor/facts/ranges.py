"""How languages write a range: "$40-50 million", "de 280 à 285 millions", "entre 20 000 et 60 000 $"."""

from __future__ import annotations

import re

_OPENER_ROOM = 14  # characters before the first number

_DASH = re.compile(r"\s?[-–—~～〜]\s?")
_TO_WORDS = ("to", "à", "bis", "đến", "tới", "hingga", "sampai", "ila", "إلى", "до")
_TO = re.compile(rf"\s(?:{'|'.join(_TO_WORDS)})\s", re.IGNORECASE)
# these are other words as well, and make a range only behind "from"
_DOUBTFUL_TO_WORDS = ("a", "al", "do", "as")
_DOUBTFUL_TO = re.compile(rf"\s(?:{'|'.join(_DOUBTFUL_TO_WORDS)})\s", re.IGNORECASE)
_FROM = re.compile(r"(?<!\w)(?:from|de|da|dai|od|от|від|von|dari|từ|из)\s\Z", re.IGNORECASE)
_AND_WORDS = ("and", "et", "y", "e", "und", "и", "та", "і", "i", "dan", "và", "en", "oraz", "و")
_AND = re.compile(rf"\s(?:{'|'.join(_AND_WORDS)})\s", re.IGNORECASE)
_BETWEEN = re.compile(
    r"(?<!\w)(?:between|entre|tra|fra|zwischen|между|між|między|antara|giữa|tussen|بين)\s\Z", re.IGNORECASE
)
RANGE_WORDS = frozenset((*_TO_WORDS, *_DOUBTFUL_TO_WORDS, *_AND_WORDS))


def joins(text: str, start: int, end: int, other: int) -> bool:
    """Return whether the words between two numbers, such as "to", make them the ends of a range.

    Args:
        text: The text.
        start: Where the first number begins, its currency included.
        end: Where it ends.
        other: Where the second number begins.
    """
    gap = text[end:other]
    if _DASH.fullmatch(gap) or _TO.fullmatch(gap):
        return True
    before = text[max(0, start - _OPENER_ROOM) : start]
    return bool(
        (_AND.fullmatch(gap) and _BETWEEN.search(before)) or (_DOUBTFUL_TO.fullmatch(gap) and _FROM.search(before))
    )


def is_dash(gap: str) -> bool:
    """Return whether nothing but a dash stands between two numbers."""
    return _DASH.fullmatch(gap) is not None
