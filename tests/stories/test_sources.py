from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories import count_outlets
from monitor.stories.sources import cited_in, count_sources, link_key, outlet_key


@pytest.mark.parametrize(
    ("outlets", "count"),
    [
        pytest.param(["Chain Post", "Chain Post"], 1, id="twice"),
        pytest.param(["Chain Post", "chainpost.com", "www.chainpost.com"], 1, id="its site"),
        pytest.param(["The Ledger", "Ledger"], 1, id="article"),
        pytest.param(["Chain Post", "Ledger Wire"], 2, id="two"),
        pytest.param([], 0, id="none"),
    ],
)
def test_outlets_are_counted_not_entries(outlets, count):
    assert count_outlets(outlets) == count


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("http://a.example/x", "https://www.a.example/x/", id="scheme, www, slash"),
        pytest.param("https://a.example/x?utm_source=rss&id=7", "https://a.example/x?id=7#top", id="campaign"),
    ],
)
def test_links_to_one_article_are_equal(one, other):
    assert link_key(one) == link_key(other) != ""


@pytest.mark.parametrize(
    "link", ["", "https://a.example", "https://a.example/", "http://[", "no link"[:0], "https://a.example/x?y=\ud800"]
)
def test_a_site_is_no_article(link):
    assert link_key(link) == ""


def test_pages_that_differ_in_their_number_differ():
    assert link_key("https://a.example/index.php?id=1") != link_key("https://a.example/index.php?id=2")


@pytest.mark.parametrize(
    "text",
    [
        "Funds moved, according to the Chain Post.",
        "Bridge halted: Chain Post",
        "Chain Post first reported the theft.",
        "Coins left, reported by Chain Post",
    ],
)
def test_a_named_source_is_found(text):
    assert outlet_key("The Chain Post") in cited_in(text)


@given(st.text(max_size=100))
def test_any_text_can_be_read(text):
    assert "" not in cited_in(text)
    assert outlet_key(text) == outlet_key(outlet_key(text)) or text
    link_key(text)


SAME = "Larkspur bridge loses $42 million overnight"


@pytest.mark.parametrize(
    ("reports", "sources"),
    [
        ([], 0),
        ([("Wire", "A", 1), ("Herald", "B", 1)], 2),
        ([("Wire", "A", 1), ("The Wire", "B", 1)], 1),
        ([("Wire", SAME, 1), ("Copyist", SAME.upper(), 1)], 1),
        ([("Wire", "Bridge hacked", 1), ("Herald", "Bridge hacked", 1)], 2),
        ([("Wire", SAME, 1), ("Herald", "B", 1), ("Herald", SAME, 1)], 1),
        ([("Wire", "A", 1), ("Ministry", "B", 2)], 3),
        ([("Ministry", "A", 1), ("Ministry", "B", 2)], 2),
    ],
    ids=["none", "two", "one name", "a copy", "few words", "joined by a later copy", "weight", "the heavier report"],
)
def test_sources_are_counted_and_not_reports(reports, sources):
    assert count_sources(reports) == sources


def test_a_copy_of_five_words_is_recognised_in_other_punctuation():
    reports = [
        ("Wire", "Larkspur bridge loses coins overnight", 1),
        ("Post", "Larkspur-bridge loses coins, overnight!", 1),
    ]
    assert count_sources(reports) == 1
