from monitor.matching.text import fold
from monitor.matching.vocabulary import load_vocabulary


def test_the_shipped_vocabulary_holds_english_and_the_words_of_the_trade():
    words = load_vocabulary()
    assert {"president", "hacking", "colour", "color", "crypto", "stablecoins"} <= words
    assert len(words) > 70_000


def test_the_shipped_vocabulary_is_folded():
    assert all(fold(word) == word for word in load_vocabulary())
