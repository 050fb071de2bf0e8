from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.tokens import MAX_RARITY, initials, is_abbreviation, rarity, stem, tokens


def keys(text: str) -> list[str]:
    return [key for key, _ in tokens(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("hackers", "hacking", id="endings"),
        pytest.param("stolen", "theft", id="theft"),
        pytest.param("Korean", "Korea", id="people"),
        pytest.param("120K", "120,000", id="thousand"),
        pytest.param("17.5M", "17.5 million", id="million"),
        pytest.param("10. 5 million", "10.5 million", id="torn number"),
        pytest.param("N. Korea", "North Korea", id="half of Korea"),
        pytest.param("U. S.", "U.S.", id="torn initials"),
        pytest.param("Ｂｙｂｉｔ", "Bybit", id="width"),
        pytest.param("café", "cafe", id="accent"),
        pytest.param("BTC", "bitcoin", id="ticker"),
    ],
)
def test_two_ways_to_write_it_are_one(one, other):
    assert keys(one) == keys(other)


@pytest.mark.parametrize("text", ["the", "and of", "a", "", "—", "said"])
def test_what_says_nothing_is_left_out(text):
    assert keys(text) == []


def test_the_word_is_given_as_it_is_written():
    assert list(tokens("Quillbridge's exploiters")) == [("quillbridg", "Quillbridge"), ("exploit", "exploiters")]


def test_names_give_their_initials():
    assert initials("Jaguar Land Rover and the European Central Bank, but not Bank Rover") == {"jlr", "ecb"}
    assert (is_abbreviation("JLR"), is_abbreviation("Jlr"), is_abbreviation("US")) == (True, False, False)


def test_common_words_say_less_than_rare_ones():
    assert rarity(stem("bitcoin")) < rarity(stem("sanctions")) < rarity("quillbridg") == MAX_RARITY


@given(st.text(max_size=200))
def test_any_text_has_keys_that_are_not_empty(text):
    assert all(key and written for key, written in tokens(text))


@given(st.text(max_size=40))
def test_rarity_is_within_its_bounds(word):
    assert 0 <= rarity(word) <= MAX_RARITY
