from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from monitor.web.text import excerpt, marked


def test_spans_are_marked_and_everything_is_escaped():
    assert marked("<b>Lazarus & co", [(3, 10)]) == Markup("&lt;b&gt;<mark>Lazarus</mark> &amp; co")


@given(st.text(), st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60))))
def test_marking_loses_and_adds_no_text(text, spans):
    assert marked(text, spans).striptags().split() == Markup(Markup.escape(text)).striptags().split()
    assert Markup(marked(text, spans).replace("<mark>", "").replace("</mark>", "")).unescape() == text


@given(st.text(), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))), st.integers(0, 40))
def test_an_excerpt_is_a_part_of_the_text(text, spans, around):
    shown = Markup(excerpt(text, spans, around).replace("<mark>", "").replace("</mark>", "")).unescape()
    assert shown.removeprefix("… ").removesuffix(" …") in text or shown in text
