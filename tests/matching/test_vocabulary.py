import pytest

from monitor.matching import Matcher
from monitor.matching.folding import fold
from monitor.matching.vocabulary import MIN_STORIES, WordCounter, load_vocabulary
from monitor.model import Actor, Text

HERON = Actor("heron", "Vermilion Heron", ("Vermilion Heron", "Ostrakon"))


def learned(*texts, stories=MIN_STORIES, **kept):
    counter = WordCounter(frozenset(["harbour"]), never=kept.pop("never", ()))
    for story in range(stories):
        for text in texts:
            counter.add(story, Text(text), **kept)
    return counter.words()


def test_a_word_of_enough_stories_is_learned_in_any_spelling():
    assert learned("Ostrakan’s HARBOUR, Öst 2024 b2b") == {"ostrakan", "ost"}


def test_a_word_counts_once_per_story():
    assert learned(*["Ostrakan"] * 20, stories=MIN_STORIES - 1) == frozenset()


def test_possible_and_confirmed_names_are_not_learned():
    assert learned("Ostrakan paper", except_for=["Ostrakan"]) == {"paper"}
    assert learned("Ostrakan paper", never=["the Ostrakan"]) == {"paper"}


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        pytest.param("Ostrakan opens", "ostrakan", False, id="a misspelling"),
        pytest.param("Vermillion Heron opens", "vermillion", False, id="a misspelling in a phrase"),
        pytest.param("Ostrakon opens", "ostrakon", True, id="the name itself"),
        pytest.param("VermilionHeron opens", "vermilionheron", True, id="joined"),
        pytest.param("Ostra kon opens", "kon", True, id="split"),
    ],
)
def test_a_learned_word_is_not_a_misspelling_and_may_be_part_of_a_name(text, word, found):
    assert Matcher([HERON], ()).find(Text(text)).mentions
    assert bool(Matcher([HERON], (), learned=frozenset([word])).find(Text(text)).mentions) is found


def test_the_shipped_vocabulary_holds_english_and_the_words_of_the_trade():
    words = load_vocabulary()
    assert {"gonzalez", "montevideo", "thunderbird", "wireshark"} <= words
    assert {"president", "hacking", "colour", "color", "crypto", "stablecoins"} <= words
    assert len(words) > 70_000


def test_the_shipped_vocabulary_is_folded():
    assert all(fold(word) == word for word in load_vocabulary())
