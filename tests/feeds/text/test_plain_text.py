from __future__ import annotations

import sys
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.text.plain_text import clean_text

MEANT = {
    "inline tags part no word": ("<b>Laz</b>arus", "Lazarus"),
    "block tags part words": ("one<br>two<p>three</p>four<td>five", "one two three four five"),
    "entities": ("AT&amp;T&nbsp;rose &#8217;s &#x2014; &eacute;", "AT&T rose ’s — é"),
    "escaped twice": ("Bitcoin&amp;#8217;s AT&amp;amp;T", "Bitcoin’s AT&T"),
    "escaped markup stays text": ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
    "a chat command is text": ("&lt;!channel> <b>x</b> AT&amp;T", "<!channel> x AT&T"),
    "script and style go": ("a<script>var x = '<b>'</script>b<STYLE>p{}</STYLE>c", "a b c"),
    "comments go": ("a<!-- <b>not this -->b", "a b"),
    "an attribute may hold brackets": ("""<img alt="a<b>c" title='>'> seen""", "seen"),
    "comparisons stay": ("AT&T up 5 < 6 > 2, a<b and x>y", "AT&T up 5 < 6 > 2, a<b and x>y"),
    "names in brackets stay": ("mail <Kim-Suky> or <https://x.example>", "mail <Kim-Suky> or <https://x.example>"),
    "half an entity stays": ("R&LTD &copycat &amp", "R&LTD &copycat &amp"),
    "an open script hides nothing": (
        "How <script> tags bring <style> Lazarus",
        "How <script> tags bring <style> Lazarus",
    ),
    "an open comment hides nothing": ("see <!-- Lazarus", "see <!-- Lazarus"),
    "foreign markup goes": ("<o:p>Word</o:p><amp-img src=x>mark", "Word mark"),
    "a CDATA left over": ("<![CDATA[<i>in</i>side]]>", "inside"),
    "a document": ("<!DOCTYPE html><html><head><title>T</title></head><body>b</body></html>", "T b"),
    "white space": (" a\t\n b\u00a0\u2003c\u2028d ", "a b c d"),
    "control characters": ("a\x00b\x07c\x1fd\x85e\x9bf", "abc d e›f"),
    "invisible characters stay": ("Laz\u200barus\u00ad \u202eGroup", "Laz\u200barus\u00ad \u202eGroup"),
    "surrogates": ("a\ud800b &#xd800;", "a\ufffdb \ufffd"),
    "references out of range": ("&#x110000; &#9999999;", "\ufffd \ufffd"),
    "numbers without a semicolon": ("Lazarus&#39s &#8217 &#x0001F600; AT&#T", "Lazarus's ’ 😀 AT&#T"),
    "letters whose lower case is longer": ("İİİ<script>x</script>y", "İİİ y"),
}


@pytest.mark.parametrize(("markup", "text"), MEANT.values(), ids=MEANT)
def test_text_comes_out_as_it_was_meant(markup: str, text: str) -> None:
    assert clean_text(markup) == text


@given(st.text(st.characters(exclude_characters="<&", exclude_categories=("Cc", "Cs"))))
def test_plain_text_only_has_its_spaces_folded(text: str) -> None:
    assert clean_text(text) == " ".join(text.split())


words = st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=8)


@given(words, st.sampled_from(["p", "div", "li", "td", "h2", "x-card", "o:p"]))
def test_words_in_block_tags_come_out_apart(said: list[str], tag: str) -> None:
    assert clean_text("".join(f"<{tag} class='c'>{word}</{tag}>" for word in said)) == " ".join(said)


@given(words, st.sampled_from(["b", "i", "span", "a", "em"]))
def test_pieces_in_inline_tags_come_out_as_one_word(said: list[str], tag: str) -> None:
    assert clean_text("".join(f'<{tag} title="t">{piece}</{tag}>' for piece in said)) == "".join(said)


@given(st.text(st.sampled_from("ab <>&;/!-'\"=")))
def test_any_text_gives_one_line_that_loses_nothing_when_it_has_no_tag(text: str) -> None:
    cleaned = clean_text(text)
    assert cleaned == " ".join(cleaned.split())
    if ">" not in text:
        assert cleaned == " ".join(text.split())


@pytest.mark.parametrize(
    "piece", ["<!--", '<a "', "<a '", "<script>", "<", "&", "<div>", '"', "</", "<![CDATA["], ids=repr
)
def test_no_repetition_takes_more_than_a_moment(piece: str) -> None:
    tracer = sys.gettrace()
    sys.settrace(None)  # a measurement of coverage makes each line slower
    try:
        started = process_time()
        clean_text("<a " + piece * (300_000 // len(piece)))
        assert process_time() - started < 2
    finally:
        sys.settrace(tracer)
