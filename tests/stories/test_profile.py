"""What is taken from an entry to compare it with others."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.invented_stories import NOON, item

from monitor.stories import profile_of
from monitor.stories.profile import SUMMARY

WALLET = "0x47666fab8bd0ac7003bce3f5c3585383f09486e2"
ROBBED = profile_of(
    item(
        "[Alert] FBI: Night Heron robs KelpDAO of $42 million",
        f"Jaguar Land Rover (JLR) lost $300,000 and $9; told Chain Post. fbi agents arrested a man. Coins at {WALLET}",
        outlet="The Wire",
        link="https://www.wire.example/a/?utm_source=x&id=7",
        actors=["Night Heron"],
        ids=["heron"],
    )
)
TITLE = ("fbi", "night", "heron", "robs", "kelpdao", "#42000000")


def test_sources_of_an_entry_are_its_outlet_its_link_and_whom_it_cites():
    assert (ROBBED.at, ROBBED.outlet, ROBBED.outlet_key) == (NOON, "The Wire", "wire")
    assert ROBBED.link == "@wire.example/a?id=7"
    assert ROBBED.cited == {"night", "nightheron", "chain", "chainpost"}


def test_words_are_those_of_the_title_without_its_tag_then_those_of_the_summary():
    assert ROBBED.words[: ROBBED.title_size] == TITLE
    assert ROBBED.title_words == set(TITLE)
    assert ROBBED.words[6:11] == ("jaguar", "land", "rover", "jlr", "lost")


def test_a_word_of_the_title_counts_twice_and_one_of_a_tracked_actor_is_not_rare():
    assert ROBBED.rarities["night"] == ROBBED.rarity("heron") == 5.5
    assert ROBBED.rarities["kelpdao"] == 8
    per_count = {word: ROBBED.weight(word) / ROBBED.rarities[word] for word in ROBBED.words}
    once = per_count["jaguar"]
    counts = [round(per_count[word] / once) for word in (*TITLE, "lost")]
    assert counts == [3, 2, 2, 2, 2, 2, 1]  # the summary names the FBI once more
    assert sum(weight**2 for weight in ROBBED.word_weights) == pytest.approx(1)
    assert tuple(ROBBED.weights.values()) == tuple(ROBBED.word_weights)


def test_a_word_counts_three_times_at_most():
    many = profile_of(item("Oakmere robbed", "Oakmere Oakmere Oakmere Oakmere of coins"))
    assert many.weights["oakmer"] / many.weights["coin"] == pytest.approx(
        3 * many.rarities["oakmer"] / many.rarities["coin"]
    )


def test_names_are_written_with_a_capital_and_those_of_the_title_never_without():
    assert ROBBED.title_names == ("kelpdao", "night", "heron")  # "fbi" is written with small letters too
    assert ROBBED.names == tuple(ROBBED.written)
    assert ROBBED.written["kelpdao"] == "KelpDAO"
    assert "agent" not in ROBBED.written
    assert not any(name.startswith("#") for name in ROBBED.names)
    assert (ROBBED.subject, ROBBED.tracked, ROBBED.actor_ids) == ({"fbi"}, {"night", "heron"}, {"heron"})


def test_other_spellings_are_parts_of_compounds_and_joined_names():
    assert ROBBED.other_spellings == {"kelp", "dao", "nightheron"}
    assert (ROBBED.abbreviations, ROBBED.initials) == ({"jlr", "fbi"}, {"jlr"})


def test_small_amounts_are_left_out():
    assert ROBBED.amounts == (("USD", Decimal(42_000_000), "$42 million"), ("USD", Decimal(300_000), "$300,000"))
    assert [value for _, value, _ in profile_of(item("It cost $250,000 or $249,999 or so")).amounts] == [250_000]


def test_acts_are_those_of_the_title_and_those_of_the_whole_text():
    assert (ROBBED.acts, ROBBED.all_acts) == (set(), {"an arrest"})


def test_stories_are_looked_up_by_rare_words_parts_of_names_links_and_indicators():
    key = f"ETH {WALLET}"
    assert ROBBED.indicators == ((key, WALLET),)
    assert {ROBBED.keys[found] for found in (key, "@wire.example/a?id=7")} == {1.0}
    assert (ROBBED.keys["kelp"], ROBBED.keys["dao"]) == (0.1, 0.1)
    assert ROBBED.keys["kelpdao"] == ROBBED.weights["kelpdao"]
    assert "bitcoin" not in profile_of(item("Bitcoin of Oakmere falls")).keys
    assert profile_of(item("Oakmere of users falls")).keys.keys() == {"oakmer", "fall"}


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("(Updated) Oakmere drained overnight", {"oakmer", "drain", "overnight"}),
        ("Oakmere drained overnight [Webinar]", {"oakmer", "drain", "overnight"}),
        ("Oakmere (exchange) drained", {"oakmer", "exchang", "drain"}),
        ("[Oakmere drained overnight]", {"oakmer", "drain", "overnight"}),
    ],
    ids=["before", "after", "within", "nothing else"],
)
def test_a_tag_at_either_end_of_the_title_is_left_out(title, words):
    assert profile_of(item(title)).title_words == words


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Oakmere freezes coins", {"oakmer"}),
        ("FBI: Oakmere robbed", {"fbi"}),
        ("Amber Falcon Systems Group hit", {"amber", "falcon", "system"}),
        ("Amber Falcon: Oakmere robbed", {"amber", "falcon"}),
        ("hackers rob Oakmere", set()),
    ],
    ids=["a name", "before a colon", "three words", "two before a colon", "no name"],
)
def test_the_subject_is_the_name_at_the_beginning(title, subject):
    assert profile_of(item(title)).subject == subject


def test_a_summary_that_repeats_the_title_or_goes_on_for_long_is_not_read():
    title = "Quillbridge drained of $42 million in overnight exploit by thieves"
    assert profile_of(item(title, f"{title} and Oakmere too")).title_size == len(profile_of(item(title)).words)
    assert "oakmer" not in profile_of(item(title, f"{title[:60]} Oakmere")).words
    assert "oakmer" in profile_of(item(title, f"{title[:59]}x Oakmere")).words
    assert "oakmer" in profile_of(item("Bridge drained", "x" * (SUMMARY - 8) + " Oakmere")).words
    assert "oakmer" not in profile_of(item("Bridge drained", "x" * (SUMMARY - 7) + " Oakmere")).words


@pytest.mark.parametrize(("title", "comparable"), [("Oakmere drained", False), ("Oakmere drained overnight", True)])
def test_three_words_are_enough_to_compare(title, comparable):
    assert profile_of(item(title)).is_comparable == comparable


def test_a_text_of_six_amounts_is_a_roundup():
    amounts = [f"${n} million" for n in range(1, 7)]
    assert profile_of(item("Losses of the quarter", ", ".join(amounts))).is_roundup
    assert not profile_of(item("Losses of the quarter", ", ".join([*amounts[:5], amounts[0]]))).is_roundup
    assert not ROBBED.is_roundup


def test_the_features_that_are_kept_are_those_of_the_profile():
    kept = ROBBED.features()
    assert (kept.words, kept.word_weights, kept.title_size) == (ROBBED.words, ROBBED.word_weights, ROBBED.title_size)
    assert (kept.names, kept.all_acts, kept.indicators) == (ROBBED.names, ROBBED.all_acts, ROBBED.indicators)
