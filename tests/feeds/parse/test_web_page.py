from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.pages import block, page

from monitor.errors import FeedError, FeedState
from monitor.feeds.parse.web_page import read_page
from monitor.model import PageSelectors

URL = "https://office.example/notices"
ROWS = PageSelectors(".list .row", "h3 a", "h3 a@href", ".when", ".teaser")
DAY = datetime(2026, 11, 20, tzinfo=UTC)


def test_entries_have_title_link_date_and_summary_in_the_order_of_the_page():
    parsed = read_page(page([block(n, date=f"November {20 - n}, 2026") for n in range(3)]), URL, ROWS)
    assert [entry.text.title for entry in parsed.entries] == [
        "Notice about Vantor exchange",
        "Notice about Oakmere exchange",
        "Notice about Quillbridge exchange",
    ]
    first = parsed.entries[0]
    assert (first.link, first.published_at, first.text.summary) == (
        "https://office.example/notices/0",
        DAY,
        "About Vantor.",
    )
    assert (parsed.title, parsed.language) == ("Notices | Office", "en")


@pytest.mark.parametrize(
    ("base", "link", "expected"),
    [
        pytest.param("", "/a", "https://office.example/a", id="from the root"),
        pytest.param("", "a?b=1#c", "https://office.example/a?b=1#c", id="from the page"),
        pytest.param("https://cdn.example/x/", "a", "https://cdn.example/x/a", id="from the base of the page"),
        pytest.param("", "//other.example/a", "https://other.example/a", id="another host"),
        pytest.param("", "javascript:alert(1)", "", id="no web address"),
    ],
)
def test_relative_links(base, link, expected):
    parsed = read_page(page([block(1, link=link)], base=base), URL, ROWS)
    assert parsed.entries[0].link == expected


@pytest.mark.parametrize(
    ("lang", "date"),
    [
        pytest.param("en", "Nov 20, 2026", id="English"),
        pytest.param("de", "20. November 2026", id="German"),
        pytest.param("fr", "20 novembre 2026", id="French"),
        pytest.param("ru", "20 ноября 2026 г.", id="Russian"),
        pytest.param("ja", "2026年11月20日", id="Japanese"),
        pytest.param("en", "2026-11-20", id="numbers"),
    ],
)
def test_dates_in_the_words_of_the_language(lang, date):
    assert read_page(page([block(1, date=date)], lang=lang), URL, ROWS).entries[0].published_at == DAY


@pytest.mark.parametrize(("language", "month"), [("hr", 10), ("pl", 11)])
def test_the_language_of_the_feed_precedes_that_of_the_page(language, month):
    selectors = replace(ROWS, language=language)
    parsed = read_page(page([block(1, date="5 listopada 2026")], lang="en"), URL, selectors)
    assert parsed.entries[0].published_at == datetime(2026, month, 5, tzinfo=UTC)


def test_a_missing_or_ambiguous_date_is_unknown():
    parsed = read_page(page([block(1), block(2, date="05/06/2026"), block(3, date="soon")]), URL, ROWS)
    assert [entry.published_at for entry in parsed.entries] == [None, None, None]


def test_the_attribute_of_an_element_is_taken_and_the_block_itself_can_be_the_title():
    blocks = ['<a class="hit" href="/1" data-at="2026-11-20">Oakmere <i>halts</i> withdrawals</a>']
    parsed = read_page(page(blocks), URL, PageSelectors("a.hit", "", "@href", "@data-at"))
    entry = parsed.entries[0]
    assert (entry.text.title, entry.link, entry.published_at) == (
        "Oakmere halts withdrawals",
        "https://office.example/1",
        DAY,
    )


def test_a_block_without_a_title_and_a_repeated_one_are_left_out():
    blocks = [block(1), block(1), '<div class="row"><p>Advertisement</p></div>']
    assert len(read_page(page(blocks), URL, ROWS).entries) == 1


def test_known_entries_are_not_read_again():
    first = read_page(page([block(1), block(2)]), URL, ROWS)
    again = read_page(page([block(3), block(1), block(2)]), URL, ROWS, known=[e.raw_hash for e in first.entries])
    assert [entry.link for entry in again.entries] == ["https://office.example/notices/3"]
    assert [before for before, _ in again.unchanged] == [1, 1]


def test_a_script_or_a_counter_in_a_block_is_no_change():
    one = read_page(page([block(1)]), URL, ROWS).entries[0]
    other = read_page(page([block(1).replace("track(1)", "track(7)")]), URL, ROWS).entries[0]
    assert one.raw_hash == other.raw_hash


@pytest.mark.parametrize(
    ("selectors", "cause"),
    [
        pytest.param(PageSelectors(".gone"), 'no part of the page matches entry = ".gone"', id="no block"),
        pytest.param(PageSelectors(".row", ".gone"), "matches 2 blocks, but title", id="no title"),
        pytest.param(PageSelectors("div[["), "is not a CSS selector", id="no selector"),
    ],
)
def test_a_page_without_entries_is_a_failure_with_a_way_out(selectors, cause):
    with pytest.raises(FeedError, match=cause.replace("(", r"\(").replace(".", r"\.")) as caught:
        read_page(page([block(1), block(2)]), URL, selectors)
    assert caught.value.state is FeedState.NOT_A_FEED
    assert "feeds --discover" in caught.value.remedy


@pytest.mark.parametrize("body", [b"", b"   ", b"\n"])
def test_an_empty_page_is_empty(body):
    with pytest.raises(FeedError) as caught:
        read_page(body, URL, ROWS)
    assert caught.value.state is FeedState.EMPTY


def test_a_deeply_nested_block_is_read():
    deep = "<div>" * 200 + "Oakmere exchange robbed" + "</div>" * 200
    parsed = read_page(page([f'<div class="row"><h3><a href="/1">{deep}</a></h3></div>']), URL, ROWS)
    assert parsed.entries[0].text.title == "Oakmere exchange robbed"


def test_blocks_beyond_the_limit_are_counted(monkeypatch):
    monkeypatch.setattr("monitor.feeds.parse.web_page.MAX_ENTRIES", 3)
    parsed = read_page(page([block(n) for n in range(8)]), URL, ROWS)
    assert ([entry.link for entry in parsed.entries], parsed.left_out) == (
        [f"https://office.example/notices/{n}" for n in range(3)],
        5,
    )


def test_links_of_a_saved_page_are_resolved_against_its_canonical_address():
    body = page([block(1)]).replace(b"</head>", b'<link rel="canonical" href="https://office.example/all"></head>')
    assert read_page(body, "", ROWS).entries[0].link == "https://office.example/notices/1"


def test_a_date_in_words_that_says_no_day_is_read_from_its_datetime_attribute():
    row = "<li><a href='/1'>Bank robbed</a><time datetime='2026-11-20T09:05:00-05:00'>3 hours ago</time></li>"
    (entry,) = read_page(row.encode(), URL, PageSelectors("li", date="time")).entries
    assert entry.published_at == datetime(2026, 11, 20, 14, 5, tzinfo=UTC)


def test_a_link_around_an_image_does_not_hide_the_title():
    row = "<li><a href='/1'><img alt=''></a><a href='/1'>Bank robbed</a></li>"
    (entry,) = read_page(row.encode(), URL, PageSelectors("li")).entries
    assert entry.text.title == "Bank robbed"
