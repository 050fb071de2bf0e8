from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from monitor.feeds.text.repair import close_truncated, repair_references, replace_bad_characters

# without a bound on how the expressions go back, some of these would take hours


@pytest.mark.parametrize("before", ["<!--a-->", "<?x?>", "<!--a--> <?x y?>\n"])
def test_many_comments_before_the_root_are_left_alone(before: str) -> None:
    body = f"{before * 40}<rss/>".encode()
    assert replace_bad_characters(body) == body


@pytest.mark.parametrize("start", [b"<![CDATA[", b"<!--", b"<?"])
def test_many_sections_that_do_not_end_are_left_alone(start: bytes) -> None:
    body = start * 20_000
    assert repair_references(body) == body


def test_a_document_type_behind_comments_and_instructions_is_removed() -> None:
    body = b'<?xml version="1.0"?>\n<!-- a > b --><?x <!-- ?><!DOCTYPE rss SYSTEM "rss.dtd"><rss/>'
    assert replace_bad_characters(body) == b'<?xml version="1.0"?>\n<!-- a > b --><?x <!-- ?><rss/>'


def test_sections_that_end_are_not_changed_and_the_text_beside_them_is() -> None:
    body = b"a & b<![CDATA[c & d]]> & <!-- e & f --> & <?g & h?>&nbsp;<![CDATA[ & i"
    wanted = "a &amp; b<![CDATA[c & d]]> &amp; <!-- e & f --> &amp; <?g & h?>\u00a0<![CDATA[ &amp; i"
    assert repair_references(body).decode() == wanted


PIECES = (
    "&",
    "&amp;",
    "&nbsp;",
    "&#5;",
    "&#xD800;",
    "&#xD83D;&#xDE00;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "é",
    "a;",
    "&unknown;",
)
texts = st.lists(st.sampled_from(PIECES) | st.text(st.characters(exclude_characters="<\r"), max_size=3)).map("".join)


@given(texts)
def test_references_are_repaired_once(text: str) -> None:
    repaired = repair_references(text.encode())
    assert repair_references(repaired) == repaired


@given(texts.filter(lambda text: "<" not in text and "]]>" not in text))
def test_any_text_between_tags_becomes_well_formed(text: str) -> None:
    body = repair_references(replace_bad_characters(f"<a>{text}</a>".encode()))
    assert etree.fromstring(body).tag == "a"


@given(st.integers(1, 120))
def test_a_feed_that_is_cut_off_anywhere_is_closed_again(length: int) -> None:
    body = b"<rss><channel><title>A</title><item><title>B</title></item><item><title>C</title></item></channel></rss>"
    closed = close_truncated(body[:length])
    whole = length >= len(body) - len(b">") or length < len(b"<rss")
    assert (closed is None) == whole
    if closed is not None:
        items = etree.fromstring(closed).findall(".//item")
        assert len(items) == body[:length].count(b"</item>")
