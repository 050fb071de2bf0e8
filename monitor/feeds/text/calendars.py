"""Convert dates of other calendars and with other digits into the notation of the Gregorian calendar."""

from __future__ import annotations

import re

from monitor.feeds.text.month_names import with_simple_names

# the year before the first of each era: Reiwa, Heisei and the Republic of China (Taiwan)
_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
_ERA = re.compile(rf"({'|'.join(_ERAS)})\s*(\d{{1,3}}|元)\s*年")
_TAIWAN_YEAR = re.compile(r"(?<!\d)(1\d\d)(?=年\d{1,2}月)")
_HAN_DIGITS = {digit: number for number, digits in enumerate(("〇零", *"一二三四五六七八九")) for digit in digits}
_HAN_NUMBER = re.compile(rf"[{''.join(_HAN_DIGITS)}十]{{1,4}}(?=[年月日號号时時點点分])")
_DASHES = str.maketrans("‐‒–—−،", "-----,")
_BUDDHIST = re.compile(r"(?<!\d)(2[45]\d\d)(?!\d)")
_BUDDHIST_SHORT = re.compile(r"([a-z]{3} )(\d\d)(?![\d:])")
_BUDDHIST_YEARS = 543  # the Thai calendar is that many years ahead
_ERA_WORDS = re.compile(r"พ\s?\.\s?ศ\s?\.?|\bb\.?e\.?(?=\s*2[45]\d\d)|ค\s?\.\s?ศ\s?\.?")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_THAI = re.compile("[\u0e00-\u0e7f]")
_TANG_NAMES = ("một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
_TANG_NAME = re.compile(rf"tháng\s+({'|'.join(sorted(_TANG_NAMES, key=len, reverse=True))})(?!\w)")


def in_common_notation(text: str, language: str) -> str:
    """Return a date in which other calendars, digits and names of months are replaced by the usual ones.

    These are the Japanese and Taiwanese eras, the Thai calendar, Chinese numerals, and names that are no single word.

    Args:
        text: The date in lower case, normalised.
        language: The language of the document without its region; may be empty.
    """
    text = _OTHER_DIGIT.sub(lambda digit: str(int(digit[0])), text.translate(_DASHES))
    text = _HAN_NUMBER.sub(_han_number, text)
    text = _ERA.sub(lambda era: f"{_ERAS[era[1]] + int(era[2].replace('元', '1'))}年", text)
    if language == "zh":
        text = _TAIWAN_YEAR.sub(lambda year: str(int(year[1]) + _ERAS["民國"]), text)
    text = _TANG_NAME.sub(lambda name: f"tháng {_TANG_NAMES.index(name[1]) + 1}", text)
    is_thai = language == "th" or _THAI.search(text) is not None
    text = " ".join(with_simple_names(text).split())
    if not is_thai:
        return text
    text = _BUDDHIST.sub(lambda year: str(int(year[1]) - _BUDDHIST_YEARS), _ERA_WORDS.sub("", text))
    return _BUDDHIST_SHORT.sub(lambda year: f"{year[1]}{2500 + int(year[2]) - _BUDDHIST_YEARS}", text)


def _han_number(written: re.Match[str]) -> str:
    """Return a number in Chinese numerals: ``二〇二六`` as 2026, ``二十七`` as 27."""
    tens, ten, ones = written[0].partition("十")
    if not ten:
        return "".join(str(_HAN_DIGITS[digit]) for digit in tens)
    return str((_HAN_DIGITS[tens[-1]] if tens else 1) * 10 + (_HAN_DIGITS.get(ones[:1], 0)))
