from __future__ import annotations

import pytest
from support.feed_samples import rss

from monitor.feeds.parse.document import parse_feed
from monitor.model import UpdateHints

ITEM = "<title>x</title>"
SY = "<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>{}</sy:updatePeriod>"
TIMES = "<sy:updateFrequency xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>{}</sy:updateFrequency>"


def update_hints(head: str, *items: str) -> UpdateHints:
    return parse_feed(rss(*(items or (ITEM,)), head=f"<title>x</title>{head}"), "", "https://x.example/").update_hints


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("", None),
        ("<ttl> 30 </ttl>", 1800),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>1e9</ttl>", None),
        ("<ttl>٣</ttl>", None),
        (SY.format("\n hourly\n"), 3600),
        (SY.format("daily") + TIMES.format(" 2 "), 43_200),
        (TIMES.format("4"), 21_600),
        (SY.format("hourly") + TIMES.format("0"), 3600),
        (SY.format("seldom") + TIMES.format("2"), None),
        (SY.format("hourly") + "<ttl>90</ttl>", 5400),
    ],
)
def test_a_document_wishes_to_be_read_as_seldom_as_the_longer_of_ttl_and_period_says(
    head: str, seconds: float | None
) -> None:
    assert update_hints(head).refresh_s == seconds


def test_the_hours_and_days_to_skip_are_read() -> None:
    hours = "<skipHours><hour>0</hour><hour> 7</hour><hour>24</hour><hour>x</hour></skipHours>"
    days = "<skipDays>\n<day>Saturday</day><day>sunday</day><day>Caturday</day></skipDays>"
    found = update_hints(hours + days)
    assert (found.skip_hours, found.skip_days) == ({0, 7}, {5, 6})


def test_a_feed_that_skips_all_the_time_means_nothing_by_it() -> None:
    hours = "".join(f"<hour>{n}</hour>" for n in range(24))
    assert update_hints(f"<skipHours>{hours}</skipHours>") == UpdateHints()


def test_what_an_entry_quotes_is_no_wish_of_the_feed() -> None:
    quote = "<description><![CDATA[<skipHours><hour>3</hour></skipHours>]]></description>"
    assert update_hints("", ITEM + quote) == UpdateHints()
