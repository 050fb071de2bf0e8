from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.errors import FeedError, FeedState
from monitor.feeds.parse.json_feed import read_json
from monitor.model import ParsedFeed

URL = "https://wire.example/feed.json"
V11 = "https://jsonfeed.org/version/1.1"


def read(*items: object, **head: object) -> ParsedFeed:
    feed = read_json(json.dumps({"version": V11, "items": list(items), **head}).encode(), URL, 9)
    assert feed is not None
    return feed


def test_a_whole_item_is_read() -> None:
    entry = read(
        {
            "id": "7",
            "url": "/7",
            "title": "Bridge <b>dra</b>ined",
            "summary": "Short",
            "content_html": "<p>Long</p>",
            "date_published": "2026-11-20T13:00:00+01:00",
            "date_modified": "2026-11-20T12:30:00Z",
            "authors": [{"name": "Ann"}, {"name": "Bo"}],
        },
        home_page_url="https://harbour.example/",
    ).entries[0]
    assert (entry.id, entry.link, entry.author) == ("7", "https://harbour.example/7", "Ann, Bo")
    assert (entry.text.title, entry.text.summary, entry.text.content) == ("Bridge drained", "Short", "Long")
    assert entry.published_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert entry.updated_at == datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def test_version_1_0_and_a_byte_order_mark_are_read() -> None:
    body = b'\xef\xbb\xbf {"version": "https://jsonfeed.org/version/1", "title": "T", "language": "pt-BR", "items": []}'
    feed = read_json(body, URL, 9)
    assert feed is not None
    assert (feed.format, feed.title, feed.language) == ("json10", "T", "pt-br")
    assert read().format == "json11"


def test_without_a_summary_the_content_is_the_summary() -> None:
    text = read({"id": "1", "content_text": "only this"}).entries[0].text
    assert (text.summary, text.content) == ("only this", "")


@pytest.mark.parametrize("wrong", [None, 5, True, "x", [], {}, [[]], {"name": 3}], ids=repr)
def test_members_of_the_wrong_type_count_as_absent(wrong: object) -> None:
    names = ["url", "title", "summary", "content_html", "date_published", "date_modified", "authors", "author"]
    entry = read({"id": 12, **dict.fromkeys(names, wrong)}, wrong).entries[0]
    assert (entry.id, entry.published_at, entry.author) == ("12", None, "")
    read(items=wrong, title=wrong, home_page_url=wrong, language=wrong)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59Z", "yesterday", ""])
def test_a_date_that_cannot_be_reckoned_with_is_unknown(moment: str) -> None:
    assert read({"id": "1", "date_published": moment}).entries[0].published_at is None


def test_an_item_has_one_hash_whatever_the_order_of_its_members() -> None:
    first, second = read({"id": "1", "title": "a"}, {"title": "a", "id": "1"}).entries
    assert first.raw_hash == second.raw_hash != read({"id": "1", "title": "b"}).entries[0].raw_hash


def test_of_too_many_items_without_dates_both_ends_are_read() -> None:
    assert [entry.id for entry in read(*({"id": n} for n in range(20))).entries] == [*"01234", "16", "17", "18", "19"]


def test_a_feed_without_a_version_or_with_raw_line_breaks_is_read() -> None:
    body = b'{"title": "T", "items": [{"id": "1", "title": "two\nlines"}]}'
    feed = read_json(body, URL, 9)
    assert feed is not None
    assert (feed.format, feed.entries[0].text.title) == ("json11", "two lines")


def test_other_json_is_no_feed() -> None:
    with pytest.raises(FeedError, match="not a JSON Feed") as caught:
        read_json(b'{"version": 2}', URL, 9)
    assert caught.value.state is FeedState.NOT_A_FEED


@pytest.mark.parametrize(
    "body", [b"<rss/>", b"", b'{"version": ', b"[" * 9, b"{" * 100_000], ids=lambda b: repr(b[:12])
)
def test_what_is_no_json_object_is_left_to_others(body: bytes) -> None:
    assert read_json(body, URL, 9) is None


@pytest.mark.parametrize(
    ("member", "written", "text"),
    [
        ("content_text", "x <script> y &amp; z", "x <script> y &amp; z"),
        ("content_text", "<p>x &amp; y</p>", "x & y"),
        ("summary", "a <b> c", "a <b> c"),
        ("content_html", "a <b>c &amp; d", "a c & d"),
    ],
)
def test_only_html_is_markup(member: str, written: str, text: str) -> None:
    assert read({"id": "1", member: written}).entries[0].text.summary == text


@pytest.mark.parametrize(
    ("written", "title"), [("Use <b> &#8217;s", "Use <b> ’s"), ("<b>Oak</b>mere &amp; co", "Oakmere & co")]
)
def test_a_title_with_references_or_whole_elements_is_read_as_it_was_meant(written: str, title: str) -> None:
    assert read({"id": "1", "title": written}).entries[0].text.title == title


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["\ud800", "2026-11-27", "/a", "<b>", "\0"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "url", "id"]), inner, max_size=2)
    ),
    max_leaves=4,
)
MEMBERS = (
    "id",
    "url",
    "external_url",
    "title",
    "summary",
    "content_html",
    "content_text",
    "author",
    "authors",
    "date_published",
)
HEAD = ("title", "language", "home_page_url", "description", "version", "items")


@given(
    st.lists(st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=5) | JSON, max_size=3),
    st.dictionaries(st.sampled_from(HEAD), JSON, max_size=2),
)
@example([], {"language": "\ud800"})
@example([], {"version": f"{V11}\ud800"})
def test_members_of_any_type_are_read_or_ignored_and_every_text_can_be_stored(
    items: list[object], head: dict[str, object]
) -> None:
    with contextlib.suppress(FeedError):
        feed = read(*items, **head)
        texts = [feed.title, feed.language, feed.format]
        for entry in feed.entries:
            texts += [entry.id, entry.link, entry.author, entry.text.title, entry.text.summary, entry.text.content]
        assert [text.encode().decode() for text in texts] == texts
