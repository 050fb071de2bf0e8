from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from monitor.web.text import changes, excerpt, marked


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


def test_a_changed_sentence_is_shown_as_it_was_and_as_it_is():
    found = changes("A one. B two. C three.", "A one. B zwei. C three. D & four.")
    assert found == ["<del>B two.</del>", "<ins>B zwei.</ins>", "<ins>D &amp; four.</ins>"]


def test_a_long_sentence_is_cut():
    assert changes("", "x" * 50, 10) == ["<ins>xxxxxxxxx…</ins>"]


sentences = st.lists(st.sampled_from(["A one.", "B two!", "C three?"]), max_size=8)


@given(sentences, sentences)
def test_what_is_shown_turns_the_earlier_text_into_the_later_one(old, new):
    found = changes(" ".join(old), "\n".join(new))
    removed = Counter(line.striptags() for line in found if line.startswith("<del>"))
    added = Counter(line.striptags() for line in found if line.startswith("<ins>"))
    assert Counter(old) - removed + added == Counter(new)
    assert not removed - Counter(old)


@pytest.mark.parametrize("before", ["a. b. c. ", "a. ", "a "])
def test_two_long_texts_of_repeated_sentences_are_compared(before):
    assert changes(before * 2_000, "c. b. d. " * 2_000)


def test_of_too_many_sentences_those_are_shown_that_are_in_one_text_more_often():
    assert changes("a. b. " * 1_500, "b. a. " * 1_500 + "c. a.") == ["<ins>a.</ins>", "<ins>c.</ins>"]
