import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples

from monitor.matching.folding import fold
from monitor.matching.words import Words, folded_words, sentences
from monitor.model import Text


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        pytest.param("GARANT", "garant", id="case"),
        pytest.param("Gára\u0301nt", "garant", id="marks"),
        pytest.param("Ｇａｒａｎｔ", "garant", id="full width"),
        pytest.param("Gаrаnт", "garant", id="cyrillic look-alikes"),
        pytest.param("Gar\u200bant", "garant", id="zero width"),
        pytest.param("STRASSE", "strasse", id="plain"),
        pytest.param("straße", "strasse", id="sharp s"),
        pytest.param("İzmir", "izmir", id="dotted capital i"),
        pytest.param(unicodedata.normalize("NFD", "항구"), "항구", id="hangul is composed again"),
    ],
)
def test_folding_removes_what_disguises_a_word(word, folded):
    assert fold(word) == folded


def test_a_name_in_cyrillic_still_equals_itself():
    assert fold("Гаранткс") == fold("ГАРАНТКС")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Blue-Finch's nest", ("blue", "finch", "s", "nest"), id="hyphen and apostrophe part"),
        pytest.param("blue_finch", ("blue", "finch"), id="underscore parts"),
        pytest.param("Blue&nbsp;Finch&#8217;s", ("blue", "finch", "s"), id="entities part"),
        pytest.param("cafe\u0301 x", ("cafe", "x"), id="combining mark"),
        pytest.param("그룹Finch는", ("그룹", "finch", "는"), id="scripts part"),
        pytest.param("— … !", (), id="none"),
    ],
)
def test_text_is_split_into_the_words_of_names(text, words):
    assert folded_words(text) == words


@settings(max_examples=examples(300), deadline=None)
@given(st.text(st.characters(), max_size=100), st.text(st.characters(), max_size=100))
def test_spans_quote_the_stored_text(title, summary):
    words = Words(Text(title, summary))
    assert len(words.spans) == len(words.low)
    for (start, end), low in zip(words.spans, words.low, strict=True):
        field, base = words.place(start)
        stored = {"title": title, "summary": summary}[field][start - base : end - base]
        assert fold(stored) == fold(low)


def test_no_character_shifts_the_spans_after_it():
    every = "".join(map(chr, range(0x20, 0x30000)))
    words = Words(Text(f"{every} heron"))
    assert words.joined[slice(*words.spans[-1])] == "heron"
    assert len(words.plain) == len(words.joined)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("They stole. We wept.", [0, 0, 1, 1], id="full stop"),
        pytest.param("Dr. Finch of the U.S. Treasury", [0] * 7, id="title and initials"),
        pytest.param("It lost $1.5 million! Really?", [0, 0, 0, 0, 0, 1], id="number"),
        pytest.param("It fell. so they say", [0] * 5, id="before a small letter"),
        pytest.param("港口。灰色", [0, 1], id="ideographic stop"),
        pytest.param('He said "go." Then left', [0, 0, 0, 1, 1], id="closing quote"),
        pytest.param("They departed. We stayed", [0, 0, 1, 1], id="long word before"),
        pytest.param("They departed.  We stayed", [0, 0, 1, 1], id="two spaces"),
        pytest.param("They departed. we stayed", [0, 0, 0, 0], id="long word before a small letter"),
        pytest.param("See example.org. Then wait...  Now", [0, 0, 0, 1, 1, 2], id="address and dots"),
    ],
)
def test_sentences_are_numbered(text, sentences):
    words = Words(Text(text))
    assert [words.sentence(start) for start, _ in words.spans] == sentences


def test_a_field_ends_a_sentence_and_words_count_on():
    words = Words(Text("one two", "three", "four"))
    assert words.low == ["one", "two", "three", "four"]
    assert [words.sentence(start) for start, _ in words.spans] == [0, 0, 1, 2]
    assert [words.place(start)[0] for start, _ in words.spans] == ["title", "title", "summary", "content"]


def test_a_megabyte_is_split_quickly():
    assert len(Words(Text("a\u0301" * 300_000, "x " * 200_000)).spans) == 200_001


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_sentence_is_found_by_the_number_of_any_word_in_it(title, summary):
    text = Text(title, summary)
    words = Words(text)
    for start, end in words.spans:
        assert words.joined[start:end] in sentences(text)[words.sentence(start)]


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        pytest.param("one two three", [0, 1, 2], id="english"),
        pytest.param("один два три", [0, 1, 2], id="russian"),
        pytest.param("회색 항구가 문을", [0, 1, 2], id="korean"),
        pytest.param("灰色的港口 打开了", [0, 2.5], id="chinese"),
        pytest.param("a b c d e f g h i j 灰", [*range(11)], id="one chinese character in english"),
        pytest.param("đường về cảng xám đã đóng", [0, 2 / 3, 4 / 3, 2, 8 / 3, 10 / 3], id="vietnamese"),
    ],
)
def test_distances_count_words_as_long_as_english_ones(text, positions):
    words = Words(Text(text))
    assert (words.distance_offsets or [*range(11)])[: len(positions)] == pytest.approx(positions)
