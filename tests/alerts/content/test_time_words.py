from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.content.time_words import moment_words, span_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (59.9, "59 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7199, "119 min"),
        (7200, "2 h"),
        (172800, "48 h"),
        (172801, "2 d"),
        (864000, "10 d"),
    ],
)
def test_a_span_has_its_natural_unit(seconds, words):
    assert span_words(seconds) == words


def test_a_moment_is_written_in_the_readers_zone():
    at = datetime(2026, 7, 1, 22, 5, tzinfo=UTC)
    assert moment_words(at, zone=ZoneInfo("Europe/Berlin"), now=at) == "2 Jul 00:05 CEST"


def test_a_moment_of_another_year_names_the_year():
    at = datetime(2025, 12, 30, 12, 0, tzinfo=UTC)
    now = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
    assert moment_words(at, zone=ZoneInfo("UTC"), now=now) == "30 Dec 2025 12:00 UTC"
