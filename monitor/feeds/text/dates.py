"""Read dates in the notations that feeds use. A date that is not certain is unknown (None), never guessed.

RFC 822 and ISO 8601 are tried first; then numeric dates, dates with month names in many languages, and Chinese,
Japanese and Korean dates. A date that could mean two days (``05/06/2026``) is unknown.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from time import struct_time
from zoneinfo import ZoneInfo

from monitor.feeds.text.calendars import in_common_notation
from monitor.feeds.text.day_halves import HALF, LOCAL_HALF, hour_of_day
from monitor.feeds.text.month_names import MONTH_OF, OCTOBER_IN

_LAST_YEAR = 2199  # later ones are of another calendar, or mistakes
_FIRST_YEAR = 1990  # before the web; software writes 1900, 1970 or 1980 if it knows no date

# offsets in minutes; a name with several meanings has the usual one in news (IST: India, CST: the United States)
_ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet", "uct"), 0),
    **dict.fromkeys(("cet", "mez", "met", "bst", "west", "wat", "ist-irl"), 60),
    **dict.fromkeys(("cest", "mesz", "mest", "eet", "cat", "sast"), 120),
    **dict.fromkeys(("msk", "мск", "eest", "trt", "eat", "ast-arabia"), 180),
    **dict.fromkeys(("msd", "gst", "samt"), 240),
    **dict.fromkeys(("pkt", "uzt", "yekt"), 300),
    **dict.fromkeys(("ict", "wib"), 420),
    **dict.fromkeys(("hkt", "sgt", "awst", "pht", "myt", "wita"), 480),
    **dict.fromkeys(("jst", "kst"), 540),
    **dict.fromkeys(("aest",), 600),
    **dict.fromkeys(("aedt",), 660),
    "ist": 330,
    "irst": 210,
    "npt": 345,
    "mmt": 390,
    "acst": 570,
    "acdt": 630,
    "nzst": 720,
    "nzdt": 780,
    "brt": -180,
    "art": -180,
    "clt": -240,
    "cot": -300,
    "pet": -300,
    "nst": -210,
    "ndt": -150,
    "ast": -240,
    "adt": -180,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "akst": -540,
    "akdt": -480,
    "hst": -600,
    "et": -300,
    "ct": -360,
    "mt": -420,
    "pt": -480,  # as feedparser reads them
}
# nearly all dates have one of these two notations
_RFC822 = re.compile(
    r"(?:[a-z]{3,9},? )?(\d{1,2})[ -]([a-z]{3})[ -](\d{4}) (\d{1,2}):(\d\d)(?::(\d\d))? ?(gmt|utc|z|[+-]\d{4})"
)
_ISO8601 = re.compile(r"(\d{4})-(\d\d)-(\d\d)[t ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)? ?(z|[+-]\d\d:?\d\d)")

_SEPARATOR = r"[\s,./-]{0,3}"
_MONTH_NAME = r"([^\W\d_]{3,14})\.?"
_OF = r"(?:\s*(?:de|del|of|d'|年|năm)\s+)?"
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s*([-/.年년])\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})(?!\d)\s*[日일]?")
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})(?!\d)")
_DAY_MONTH = re.compile(
    rf"(?<![\d:])(\d{{1,2}})(?:st|nd|rd|th|er|º|°)?{_SEPARATOR}{_OF}{_MONTH_NAME}{_SEPARATOR}{_OF}(\d{{4}}|\d{{2}})(?![\d:])"
)
_MONTH_DAY = re.compile(rf"{_MONTH_NAME}{_SEPARATOR}(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?![\d:])")
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d)(\d{{4}})\.?{_SEPARATOR}{_MONTH_NAME}{_SEPARATOR}(\d{{1,2}})(?![\d:])")
_UNIX_DATE = re.compile(rf"{_MONTH_NAME}\s+(\d{{1,2}})\s+(?=\d{{1,2}}:\d\d(?::\d\d)?\s)(.{{5,20}}?)\s(\d{{4}})$")
_DOTTED = re.compile(r"(?<![\d.])(\d{2})\.\s?(\d{2})\.\s?(\d{2})\.?(?![\d.])")
_YEAR_LAST = frozenset(("bg", "cs", "da", "de", "fi", "hr", "it", "nb", "no", "pl", "ro", "ru", "sk", "sr", "tr", "uk"))
_YEAR_FIRST_IN = frozenset(("ja", "ko", "zh"))
_TANG = re.compile(r"(?<!\d)(\d{1,2})\s+tháng\s+(\d{1,2})\s*(?:,|năm|/)?\s*(\d{4})(?!\d)")

_WEEK_OR_DAY_OF_YEAR = re.compile(r"\s*\d{4}-?(?:w\d\d|\d{3})(?!\d)")

_TIME = re.compile(
    rf"(?<![\d+-])(?:(?P<before>{HALF})\s*)?(?P<hour>\d{{1,2}})\s*(?:(?:[:h時时시點点.]\s*(?P<minute>\d{{2}})\s*(?:[분分]|min\b)?"
    rf"|[時时시點点]\s*(?P<cjk>\d)\s*[분分]|[時时點点](?P<half>半)|(?:[時时시點点]|h\b)(?!\s*\d))"
    rf"(?:\s*:?\s*(?P<second>\d{{2}})\s*[초秒]?(?:[.,]\d{{1,9}})?)?\s*(?P<after>{HALF}|{LOCAL_HALF})?"
    rf"|\s*(?P<only>{HALF}))(?![\w:])",
)
_CLOCK_WITH_ZONE_LETTER = re.compile(r"(\d{2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?)(z)(?![a-z])")
_OFFSET = re.compile(r"^[\s,]*\(?(?:gmt|utc|ut)?\s*([+-])\s?(\d{1,2})(?::?([0-5]\d))?(?!\d)")
_ZONE_NAME = re.compile(r"^[\s,]*\(?([a-z]{1,5}|мск)\)?(?![\w/])")
_REGION = re.compile(r"([A-Z][a-z]+/[A-Z][A-Za-z_]+)")
_NO_ZONES = frozenset(("uhr", "hrs", "h", "hs", "uur", "ore", "часов", "kl"))


def plausible(moment: datetime) -> datetime | None:
    """Return *moment*; None if it is before 1990 or after 2199.

    Software that does not know a date often writes 1970. An entry that old would cause no alert; an unknown date does
    not prevent one.
    """
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


@lru_cache(256)  # entries of one document often have the same date, and unchanged ones are read again
def parse_date(written: str, language: str = "") -> datetime | None:
    """Return the time that a date names, in UTC; None if it is unreadable, ambiguous or implausible.

    A date without a time zone counts as UTC, one without a time of day as midnight.

    Args:
        written: The date as written in the document.
        language: The language of the document, such as ``de-at``, because some month names differ in meaning; may be
            empty.
    """
    if not 6 <= len(written) <= 100:
        return None
    plain = " ".join(written.lower().split()) if written.isascii() else ""
    if common := _common(plain):
        return plausible(common)
    text = " ".join(unicodedata.normalize("NFKC", written).split())
    region = _REGION.search(text)
    text = unicodedata.normalize("NFC", text.lower()).replace("i̇", "i")
    spoken = language.partition("-")[0].lower()
    found = _date(text if text.isascii() and spoken != "th" else in_common_notation(text, spoken), spoken)
    if found is None:
        return None
    year, month, day, rest = found
    clock = _time_of_day(rest)
    if clock is None:
        return None
    seconds, after = clock
    zone = _zone(after, region[1] if region else "")
    if zone is None:
        return None
    try:
        moment = datetime(year, month, day, tzinfo=zone) + timedelta(seconds=seconds)
        return plausible(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def entry_date(written: str, read: struct_time | None, language: str = "") -> datetime | None:
    """Return the time of an entry's date, in UTC, including rare notations that only feedparser reads.

    Args:
        written: The date as written in the document.
        read: The date as feedparser parsed it; it may wrongly be the first of a month. None: feedparser could not read
            it.
        language: The language of the document; may be empty.
    """
    moment = parse_date(written, language)
    if moment is not None or read is None or not _is_rare(written, read):
        return moment
    try:
        return plausible(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(read)))
    except (ValueError, OverflowError):
        return None


def _is_rare(written: str, read: struct_time) -> bool:
    """Return whether to trust feedparser's reading of a date in a notation that this module does not know.

    It is trusted if the text contains the day of the month that feedparser returned.
    """
    text = unicodedata.normalize("NFKC", written).lower()
    if _WEEK_OR_DAY_OF_YEAR.match(text):
        return True
    if _NUMERIC.search(text) or _date(text, "") is not None:
        return False
    return read.tm_mday in {int(number) for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", text)}


def _common(text: str) -> datetime | None:
    """Return the time of a date in RFC 822 or ISO 8601 notation; None if the notation is another one."""
    if found := _ISO8601.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _RFC822.fullmatch(text):
        year, month, day = int(found[3]), MONTH_OF.get(found[2], 0), int(found[1])
    else:
        return None
    try:
        moment = datetime(year, month, day, int(found[4]), int(found[5]), min(int(found[6] or 0), 59), tzinfo=UTC)
        if found[7][0] not in "+-":
            return moment
        hours, minutes = int(found[7][1:3]), int(found[7][-2:])
        if hours > 23 or minutes > 59:
            return None
        offset = timedelta(hours=hours, minutes=minutes)
        return moment + offset if found[7][0] == "-" else moment - offset
    except (ValueError, OverflowError):
        return None


def _date(text: str, language: str) -> tuple[int, int, int, str] | None:
    """Return year, month and day found in *text*, and the text without them; None if there is no date."""
    if found := _YEAR_FIRST.search(text):
        return int(found[1]), int(found[3]), int(found[4]), _rest(text, found)
    if found := _TANG.search(text):
        return int(found[3]), int(found[2]), int(found[1]), _rest(text, found)
    for pattern, order in ((_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2)), (_YEAR_MONTH_DAY, (1, 2, 3))):
        for found in pattern.finditer(text):
            month = _month(found[order[1]], language)
            if month:
                return _full_year(found[order[0]]), month, int(found[order[2]]), _rest(text, found)
    if (found := _UNIX_DATE.search(text)) and (month := _month(found[1], language)):
        return int(found[4]), month, int(found[2]), found[3]
    if found := _NUMERIC.search(text):
        day_month = _day_and_month(int(found[1]), int(found[3]), found[2])
        return None if day_month is None else (int(found[4]), day_month[1], day_month[0], _rest(text, found))
    if (found := _DOTTED.search(text)) and language in _YEAR_LAST | _YEAR_FIRST_IN:
        numbers = found.groups()[::-1] if language in _YEAR_LAST else found.groups()
        return _full_year(numbers[0]), int(numbers[1]), int(numbers[2]), _rest(text, found)
    if found := _COMPACT.search(text):
        clock = re.sub(r"^t(\d\d)(\d\d)(\d\d)?", lambda c: f" {c[1]}:{c[2]}:{c[3] or '00'} ", text[found.end() :])
        return int(found[1]), int(found[2]), int(found[3]), clock
    return None


def _rest(text: str, found: re.Match[str]) -> str:
    rest = text[found.end() :]
    # the time may stand before the date ("17:05, 27 November 2026"); then the zone does too
    before = text[: found.start()]
    if _TIME.search(rest.lstrip("t ,")) or not _TIME.search(before):
        return rest
    zone = _ZONE_NAME.match(rest)
    return f"{before.rstrip(' ,·|-')} {zone[1]}" if zone and zone[1] in _ZONES else before


def _full_year(written: str) -> int:
    year = int(written)
    return year if len(written) == 4 else year + (1900 if year >= 69 else 2000)


def _month(name: str, language: str) -> int:
    if name in OCTOBER_IN and language in ("", *OCTOBER_IN[name]):
        return 10 if language else 0
    return MONTH_OF.get(name, 0)


def _day_and_month(first: int, second: int, separator: str) -> tuple[int, int] | None:
    """Return day and month of a numeric date such as 27/11; None if either number may be the month.

    With dots as separators the day is always first.
    """
    if separator == "." or first > 12 or first == second:
        return first, second
    return (second, first) if second > 12 else None


def _time_of_day(rest: str) -> tuple[float, str] | None:
    """Return the seconds since midnight and the text after the time of day; None if the time is invalid.

    Without a time of day the seconds are 0.
    """
    rest = rest.strip(" ,").lstrip("t, ")
    found = _TIME.search(_CLOCK_WITH_ZONE_LETTER.sub(r"\1 \2", rest))
    if found is None:
        return None if re.search(r"\d:\d|\d\s*[ap]\.?m", rest) else (0.0, "")
    hour, minute, second = int(found["hour"]), int(found["minute"] or found["cjk"] or 0), int(found["second"] or 0)
    named = found["before"] or found["after"] or found["only"]
    hour_or_none = hour_of_day(hour, named) if named else hour
    if hour_or_none is None or hour_or_none > 24 or minute > 59 or second > 60:
        return None
    hour, minute = hour_or_none, 30 if found["half"] else minute
    return hour * 3600.0 + minute * 60 + second, _CLOCK_WITH_ZONE_LETTER.sub(r"\1 \2", rest)[found.end() :]


def _zone(after: str, region: str) -> timezone | ZoneInfo | None:
    """Return the time zone that follows the time of day, UTC if there is none; None if its name is unknown.

    Args:
        after: The text after the time of day.
        region: A zone such as ``Europe/Berlin`` found in the date; empty if there is none.
    """
    if region:
        try:
            return ZoneInfo(region)
        except (ValueError, OSError, KeyError):  # KeyError: there is no zone with that name
            return None
    if found := _OFFSET.match(after):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes)) if minutes < 24 * 60 else None
    found = _ZONE_NAME.match(after)
    if found is None or found[1] in _NO_ZONES or found[1] in MONTH_OF:
        return UTC
    named = _ZONES.get(found[1])
    return None if named is None else timezone(timedelta(minutes=named))
