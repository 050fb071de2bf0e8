from __future__ import annotations

import pytest

from monitor.stories.roundup import MANY_AMOUNTS, is_roundup


@pytest.mark.parametrize(
    "title",
    [
        "Weekly round-up: a bridge drained and a trader sued",
        "Security newsletter of November 22",
        "The Daily: Quillbridge drained of $42M and more",
        "This week in theft",
        "Bridge hacks and listings: Hodler's Digest, Nov. 15 – 22",
        "Quillbridge Drained of $42 Million; Vantor Sued in Texas; Oakmere Lists in London",
        "Top 5 hacks of the quarter",
        "Crypto Daybook Europe",
    ],
)
def test_a_title_of_several_events_is_a_roundup(title):
    assert is_roundup(title, 0)


@pytest.mark.parametrize(
    "title",
    [
        "Quillbridge drained of $42 million in overnight exploit",
        "Ether funds lose $454 million in weekly outflows",
        "Bitcoin holds support at weekly close",
        "Clinic loses names, addresses, phone numbers, and more",
        "Regulators of Vantor, Oakmere and Quillbridge meet in Lisbon",
        "Quillbridge, hacked on Sunday, pays 1,000 users",
    ],
)
def test_a_title_of_one_event_is_none(title):
    assert not is_roundup(title, MANY_AMOUNTS - 1)
