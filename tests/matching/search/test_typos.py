from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.search.typos import FuzzyWordIndex, edits_between

WORDS = {"morrigan": 1, "quillonborough": 2, "verdigrisation": 2, "heron": 1, "heroes": 1}
INDEX = FuzzyWordIndex(WORDS)
LETTERS = st.sampled_from("abehinorqu")


@st.composite
def misspelled(draw):
    word = draw(st.sampled_from(sorted(WORDS)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(word)))
        insert = draw(st.one_of(st.just(""), LETTERS))
        word = draw(
            st.sampled_from([word[:at] + insert + word[at:], word[:at] + insert + word[at + 1 :], swapped(word, at)])
        )
    return word


def swapped(word, at):
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


@given(misspelled())
def test_every_word_within_its_budget_is_found(word):
    distances = {w: edits_between(word, w, budget) for w, budget in WORDS.items()}
    expected = {(w, edits) for w, edits in distances.items() if edits}
    assert set(INDEX.near(word)) == expected


def test_a_word_is_not_a_misspelling_of_itself():
    assert INDEX.near("heron") == []
    assert INDEX.near("") == []
