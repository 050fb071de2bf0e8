from __future__ import annotations

import pytest

from monitor.stories.report_kinds import MANY_AMOUNTS, acts_in, is_roundup


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        pytest.param("Two men arrested in Porto over the Vantor theft", {"an arrest"}, id="participle as a verb"),
        pytest.param("US sanctioned the Oakmere mixer", {"sanctions"}, id="verb with an object"),
        pytest.param("Founder of Oakmere sentenced to nine years", {"a judgment"}, id="judgment"),
        pytest.param("Jailed hacker sells a memoir", set(), id="participle that describes, at the beginning"),
        pytest.param("Coins move to the sanctioned exchange Oakmere", set(), id="participle that describes"),
        pytest.param("US-sanctioned mixer Oakmere is back", set(), id="compound"),
        pytest.param("Teenager pleads guilty to the Vantor theft", {"a charge"}, id="a plea"),
        pytest.param("Man pleaded not guilty in Vantor case", {"a charge"}, id="another plea"),
        pytest.param("Jury finds founder guilty on all counts", {"a judgment"}, id="a verdict"),
        pytest.param("Oakmere is back", set(), id="none"),
        pytest.param("", set(), id="empty"),
    ],
)
def test_acts_that_a_text_reports(text, acts):
    assert acts_in(text) == acts


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
