from datetime import UTC, datetime

from monitor.learning.names_in_text.name_words import crime_word, theft_word
from monitor.learning.near_misses import NearMissCollector, near_names
from monitor.matching import Rejection
from monitor.model import Actor, Entry, Text
from monitor.watchlist import Watchlist

HERON = Actor("heron", "Heron", ("Zirkonia", "=ZYLK"), ("Stilt",), context=("wallet",))


def missed(*titles: str, actor: Actor = HERON):
    watchlist = Watchlist({"heron": actor}, {}, {})
    collector = NearMissCollector(watchlist)
    for n, title in enumerate(titles):
        entry = Entry("f", str(n), f"outlet {n}", "", Text(title), "", None, None, datetime.now(UTC), b"")
        matches = watchlist.matcher.explain(entry.text)
        collector.add(entry, near_names(watchlist, entry.text, matches, crime_word(entry.text)))
    return collector.result()


def test_a_name_with_an_edit_too_many():
    (miss,) = missed("Zrikonai stole $3M", "Hack by Zrikonai")
    assert (miss.text, miss.rejection, miss.entries, len(miss.outlets)) == ("Zrikonai", Rejection.EDITS, 2, 2)
    assert (miss.words, miss.found, miss.tried) == (("Zrikonai",), 2, 2)
    assert "Zrikonai" in miss.actor_after.aliases


def test_another_first_letter_or_a_word_in_small_letters_is_no_typo():
    assert missed("Bzikonai stole $3M", "the zrikonai stole $3M") == ()


def test_other_capitals_than_an_exact_spelling_requires():
    (miss,) = missed("Zylk stole $3M")
    assert (miss.rejection, miss.words, miss.found) == (Rejection.CASE, ("=Zylk",), 1)


def test_a_weak_name_without_context_gets_the_word_beside_it():
    (miss,) = missed("Stilt hacked a bank", "Police say that Stilt hacked it")
    assert (miss.rejection, miss.words, miss.found) == (Rejection.NO_CONTEXT, ("hacked",), 2)


def test_a_weak_name_whose_context_is_too_far_away_gets_a_longer_reach():
    (miss,) = missed(f"Stilt hacked {'very ' * 16} large wallet")
    assert (miss.words, miss.actor_after.within) == ((), 20)


def test_an_actor_that_the_entry_mentions_anyway_is_not_missed():
    assert missed("Zirkonia stole $3M; Stilt was there") == ()


def test_words_for_thefts_and_attacks_in_several_languages():
    assert theft_word(Text("Hackers drained it")) == "Hackers"
    assert theft_word(Text("Хакеры похитили 3 млн")) == "Хакеры"
    assert theft_word(Text("거래소 해킹")) == "해킹"
    assert theft_word(Text("A stealthy vole")) == ""
    assert (theft_word(Text("A breach")), crime_word(Text("A breach"))) == ("", "breach")
