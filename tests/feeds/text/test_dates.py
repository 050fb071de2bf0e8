from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.text.dates import entry_date, parse_date

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Fri, 27 Nov 2026 12:00:00 GMT",
        "27 Nov 26 12:00 UT",
        "Fri, 27 Nov 2026 13:00 +0100",
        "2026-11-27T12:00:00Z",
        "2026-11-27T21:00:00.5+09:00"[:19] + "+09:00",
        "20261127T120000Z",
        "2026/11/27 12:00",
        "2026.11.27 12:00:00",
        "2026年11月27日 12:00",
        "2026年11月27日 下午8时00分 +0800"[:11] + " 12时00分",
        "2026년 11월 27일 오후 12:00",
        "27-11-2026 12:00",
        "27.11.2026, 12:00 Uhr",
        "11/27/2026 12:00 PM",
        "27. November 2026 13:00 MEZ",
        "27 novembre 2026 à 12h00",
        "27 de noviembre de 2026, 12:00",
        "27 de novembro de 2026 12:00",
        "27 ноября 2026 г. 15:00 MSK",
        "27 Kasım 2026 Cuma 12:00",
        "27 tháng 11, 2026 12:00",
        "November 27th, 2026 at 7:00 a.m. EST",
        "Nov 27, 2026 12:00 PM",
        "Fri Nov 27 12:00:00 2026",
        "2026-11-27 13:00:00 CET",
        "2026-11-27 12:00:00 WET",
        "2026-11-27 21:00 JST",
        "2026-11-27 21:00 KST",
        "2026-11-27 17:30 IST",
        "2026-11-27 13:00 BST",
        "2026-11-27 14:00 CEST",
        "2026-11-27 13:00 Europe/Berlin",
        "12:00, 27 November 2026",
        "２０２６／１１／２７ １２：００",
        "2026年11月27日 午後12時0分",
        "令和8年11月27日 12時00分",
        "15:00, 27 ноября 2026 МСК",
        "27.11.2026, 15:00 (мск)",
        "27 лист. 2026, 12:00",
        "27 de noviembre de 2026, 12:00 p. m.",
        "27 KASIM 2026 12:00",
        "27 Tháng Mười Một, 2026 12:00",
        "27 نوفمبر 2026 12:00",
        "27 בנובמבר 2026 12:00",
        "27. studenoga 2026. 12:00",
        "Thứ Sáu, 27/11/2026, 19:00 (GMT+7)",
        "27/11/2026 12:00 CH",
        "2026-11-27T07:00:00−05:00",
        "27 พ.ย. 2569 12:00 น.",
        "วันศุกร์ที่ 27 พฤศจิกายน พ.ศ. 2569 เวลา 12.00 น.",
        "๒๗ พฤศจิกายน ๒๕๖๙ ๑๒:๐๐",
        "27 พ.ย. 69 12:00",
        "二〇二六年十一月二十七日 12:00",
        "民國115年11月27日 中午12:00",
        "2026年11月27日 12点",
        "2026年11月27日 中午12點",
        "27 novembre 2026 à 12h",
        "27/11/2026 12h00min",
        "27 تشرين الثاني 2026 12:00",
        "27 نوفمبر، 2026 12:00 م",
        "27 नवंबर 2026 12:00",
        "27 noyabr 2026 12:00",
        "Nov 27, 2026 12:00 p.m",
    ],
)
def test_a_date_is_read(written: str) -> None:
    assert parse_date(written) == NOON


@pytest.mark.parametrize(
    "written",
    [
        "05/06/2026 12:00",
        "05-06-2026",
        "2026-13-01",
        "2026-11",
        "November 2026",
        "27 Nov 2026 25:00",
        "27 Nov 2026 12:00 XQZ",
        "27 Nov 2026 12:00 Europe/Kyjiw",
        "27 listopada 2026",
        "yesterday",
        "",
        "1970-01-01",
        "9999-01-01",
        "0000-00-00",
        "99999-01-01",
        "2569-11-27",
        "2026年11月27日 晚上12点",
        "Fri, 27 Nov 2026 12:00:00 +9900",
    ],
)
def test_a_date_that_is_ambiguous_or_unreadable_is_unknown(written: str) -> None:
    assert parse_date(written) is None


@pytest.mark.parametrize(
    ("written", "language"), [("27.11.26, 12:00", "de"), ("27.11.26 12:00", "ru"), ("26. 11. 27. 오후 12:00", "ko")]
)
def test_the_language_decides_where_the_year_of_two_digits_stands(written: str, language: str) -> None:
    assert parse_date(written, language) == NOON
    assert parse_date(written) is None


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2026年11月27日 晚上9點5分", 21),
        ("2026年11月27日 傍晚6点30分", 18),
        ("2026年11月27日 下午3点半", 15),
        ("2026年11月27日 中午1:30", 13),
        ("2026年11月27日 凌晨1点", 1),
        ("2026년 11월 27일 저녁 7시", 19),
        ("27 tháng 11 2026 9:05 tối", 21),
        ("27 نوفمبر 2026 9:05 مساءً", 21),
        ("27 नवंबर 2026 09:05 अपराह्न", 21),
    ],
)
def test_the_word_for_a_part_of_the_day_decides_about_the_hour(written: str, hour: int) -> None:
    moment = parse_date(written)
    assert moment is not None
    assert moment.hour == hour


@pytest.mark.parametrize(
    ("written", "language"), [("27/11/2569", "th"), ("27 Nov 2569", "th"), ("115年11月27日", "zh")]
)
def test_the_language_decides_about_the_calendar(written: str, language: str) -> None:
    assert parse_date(written, language) == NOON.replace(hour=0)
    assert parse_date(written, "en") is None


@pytest.mark.parametrize(("language", "month"), [("pl", 11), ("cs", 11), ("hr", 10)])
def test_the_language_decides_about_a_name_of_two_months(language: str, month: int) -> None:
    found = parse_date("27 listopada 2026", language)
    assert found is not None
    assert found.month == month


def test_what_feedparser_took_for_the_first_of_the_month_is_unknown() -> None:
    first = datetime(2026, 11, 1, tzinfo=UTC).timetuple()
    assert entry_date("2026 (11)", first) is None
    assert entry_date("05/06/2026", datetime(2026, 5, 6, tzinfo=UTC).timetuple()) is None


def test_a_notation_that_only_feedparser_knows_counts() -> None:
    assert entry_date("2026-W48-5", NOON.timetuple()) == NOON


@given(
    st.datetimes(datetime(1990, 1, 2), datetime(2199, 12, 30)).map(lambda at: at.replace(microsecond=0)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_a_date_that_is_written_as_usual_is_read_back(local: datetime, minutes: int) -> None:
    at = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_date(at.isoformat()) == at
    assert parse_date(at.isoformat(" ").replace("-", "/", 2)) == at
    assert parse_date(format_datetime(at)) == at
    assert parse_date(f"{at:%d.%m.%Y} {at:%H:%M:%S} {at:%z}") == at


@given(st.text(max_size=60) | st.from_regex(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4} \d{1,2}:\d\d( [A-Z]{1,4})?"))
def test_any_text_is_a_plausible_date_or_unknown(written: str) -> None:
    found = parse_date(written)
    assert found is None or 1990 <= found.year < 9999
