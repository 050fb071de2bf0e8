from monitor.backtest.spelling_counts import SpellingCount, count_spellings
from monitor.model import Actor, Text

HERON = Actor("heron", "Night Heron", ("Night Heron", "Heron Crew"), weak=("Heron",), context=("phish*",))


def test_each_spelling_is_counted_in_the_entries_where_it_counts():
    texts = [
        Text("Night Heron stole it"),
        Text("A heron was seen"),
        Text("Heron in phishing"),
        Text("Night Heron, the Night Heron"),
    ]
    assert count_spellings(texts, [HERON]) == [
        SpellingCount("heron", "Night Heron", 2, ("Night Heron stole it", "Night Heron, the Night Heron")),
        SpellingCount("heron", "Heron", 1, ("Heron in phishing",)),
        SpellingCount("heron", "Heron Crew", 0, ()),
    ]


def test_examples_are_limited_and_the_count_is_not():
    texts = [Text(f"Night Heron {number}") for number in range(9)]
    (first, *_) = count_spellings(texts, [HERON], most_examples=2)
    assert (first.entries, len(first.examples)) == (9, 2)
