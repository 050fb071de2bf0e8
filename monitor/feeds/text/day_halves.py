"""The words of many languages for the halves and parts of a day, for clocks of 12 hours."""

from __future__ import annotations

import re


def _words(listed: str) -> list[str]:
    return listed.split()


_MORNING = _words("""
    am a.m. a.m a._m. a. 上午 午前 早上 清晨 早晨 凌晨 오전 새벽 아침 π.μ. πμ sáng öö ص صباحا صباحًا صباحاً पूर्वाह्न सुबह
    ق.ظ ก่อนเที่ยง
""")
_AFTERNOON = _words("""
    pm p.m. p.m p._m. p. 下午 午後 傍晚 오후 저녁 μ.μ. μμ chiều ös م مساء مساءً अपराह्न शाम ب.ظ หลังเที่ยง
""")
# an hour from 11 to 3 o'clock
_NOON = _words("中午 正午 trưa 낮 ظهرا ظهرًا ظهراً दोपहर")
# an hour from 5 to 11 o'clock; at 12 and later it is not certain which day is meant
_NIGHT = _words("晚上 晚间 晚間 夜间 深夜 夜 밤 tối đêm रात")
# Vietnamese abbreviations, which are words of other languages: only after the time
_LOCAL = {"sa": "sáng", "ch": "chiều"}


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word.replace("_", " ")) for word in sorted(words, key=len, reverse=True))


# regular expressions for the names of the parts of a day, in lower case
HALF = _alternatives([*_MORNING, *_AFTERNOON, *_NOON, *_NIGHT])
LOCAL_HALF = _alternatives([*_LOCAL])


def hour_of_day(hour: int, part: str) -> int | None:
    """Return the hour from 0 to 23 that a clock of 12 hours means; None if that is not certain.

    An hour above 12 is returned unchanged.

    Args:
        hour: The hour as written.
        part: The name of the half or part of the day, which matches HALF or LOCAL_HALF.
    """
    if hour > 12:
        return hour
    name = _LOCAL.get(part, part).replace(" ", "_")
    if name in _NOON:
        return hour if hour >= 11 else hour + 12 if 1 <= hour <= 3 else None
    if name in _NIGHT:
        return hour + 12 if 5 <= hour <= 11 else None
    return hour % 12 + (12 if name in _AFTERNOON else 0)
