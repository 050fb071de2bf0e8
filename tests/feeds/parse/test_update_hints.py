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
        (SY.format("\n daily\n"), 86_400),
        (SY.format("hourly"), None),
        (SY.format("hourly") + TIMES.format("1"), None),
        (SY.format("daily") + TIMES.format(" 2 "), 43_200),
        (TIMES.format("4"), 21_600),
        (SY.format("hourly") + TIMES.format("4"), 900),
        (SY.format("seldom") + TIMES.format("2"), None),
        (SY.format("daily") + "<ttl>90</ttl>", 5400),
    ],
)
def test_ttl_and_update_period_are_read_in_seconds(head: str, seconds: float | None) -> None:
    hints = update_hints(head)
    assert (hints.ttl_s if "<ttl>" in head else hints.update_period_s) == seconds


def test_the_hours_and_days_to_skip_are_read() -> None:
    hours = "<skipHours><hour>0</hour><hour> 7</hour><hour>24</hour><hour>x</hour></skipHours>"
    days = "<skipDays>\n<day>Saturday</day><day>sunday</day><day>Caturday</day></skipDays>"
    found = update_hints(hours + days)
    assert (found.skip_hours, found.skip_days) == ({0, 7}, {5, 6})


def test_a_feed_that_skips_every_hour_skips_none() -> None:
    hours = "".join(f"<hour>{n}</hour>" for n in range(24))
    assert update_hints(f"<skipHours>{hours}</skipHours>") == UpdateHints()


def test_hints_within_an_entry_do_not_count() -> None:
    quote = "<description><![CDATA[<skipHours><hour>3</hour></skipHours>]]></description>"
    assert update_hints("", ITEM + quote) == UpdateHints()
