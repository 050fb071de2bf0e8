import pytest

from monitor.matching import Matcher
from monitor.matching.vocabulary import MIN_STORIES, WordCounter
from monitor.model import Actor, Text

HERON = Actor("heron", "Vermilion Heron", ("Vermilion Heron", "Ostrakon"))


def learned(*texts, stories=MIN_STORIES, **kept):
    count = WordCounter(frozenset(["harbour"]), never=kept.pop("never", ()))
    for story in range(stories):
        for text in texts:
            count.add(story, Text(text), **kept)
    return count.words()


def test_a_word_of_enough_stories_is_learned_in_any_spelling():
    assert learned("Ostrakan’s HARBOUR, Öst 2024 b2b") == {"ostrakan", "ost"}


def test_a_word_is_counted_once_a_story():
    assert learned(*["Ostrakan"] * 20, stories=MIN_STORIES - 1) == frozenset()


def test_what_may_be_a_name_or_turned_out_to_be_one_is_not_learned():
    assert learned("Ostrakan paper", except_for=["Ostrakan"]) == {"paper"}
    assert learned("Ostrakan paper", never=["the Ostrakan"]) == {"paper"}


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        pytest.param("Ostrakan opens", "ostrakan", False, id="a slip"),
        pytest.param("Vermillion Heron opens", "vermillion", False, id="a slip in a phrase"),
        pytest.param("Ostrakon opens", "ostrakon", True, id="the name itself"),
        pytest.param("VermilionHeron opens", "vermilionheron", True, id="run together"),
        pytest.param("Ostra kon opens", "kon", True, id="parted"),
    ],
)
def test_a_learned_word_is_no_slip_and_no_hindrance_to_a_name(text, word, found):
    assert Matcher([HERON], ()).find(Text(text)).mentions
    assert bool(Matcher([HERON], (), learned=frozenset([word])).find(Text(text)).mentions) is found
