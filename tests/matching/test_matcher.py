import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples
from support.work import grows_with_length_alone

from monitor.matching.matcher import Matcher
from monitor.model import Actor, Keyword, Scope, Text

HERON = Actor(
    "heron",
    "Night Heron",
    aliases=("Night Heron", "NHG"),
    weak=("Heron",),
    context=("steal*", "wallet"),
    exclude=("Heron Lake",),
)
WADER = Actor("wader", "Waders", ("wading crews",), yields_to=frozenset({"heron"}))
THEFT = Keyword("theft", ("drain*", "wallet"))


def matcher(*actors, keywords=(THEFT,), phrases=(), vocabulary=frozenset()):
    return Matcher(actors or (HERON, WADER), keywords, phrases, vocabulary=vocabulary)


def mentioned(text, *actors, summary="", **more):
    found = matcher(*actors, **more).find(Text(text, summary)).mentions
    return [(m.subject, m.text) for m in found]


def rejected(text, *actors, **more):
    candidates = matcher(*actors, **more).explain(Text(text))
    return [(c.mention.text, c.rejected_because) for c in candidates if not c.counts]


def test_a_mention_quotes_its_field_and_counts_words_across_fields():
    (_, m) = matcher().find(Text("one two drained", "by Night Heron")).mentions
    assert (m.field, m.start, m.end, m.text) == ("summary", 3, 14, "Night Heron")
    assert (m.word, m.words, m.sentence, m.edits, m.alias) == (4, 2, 1, 0, "Night Heron")


def test_overlapping_mentions_of_one_actor_are_one():
    assert mentioned("wallet of Night Heron") == [("theft", "wallet"), ("heron", "Night Heron")]


def test_of_two_aliases_for_one_span_the_one_with_fewer_edits_is_named():
    (mention,) = matcher(Actor("one", "1", ("Ostrakon", "Ostracon"))).find(Text("Ostracon")).mentions
    assert (mention.alias, mention.edits) == ("Ostracon", 0)


def test_a_shared_alias_gives_each_actor_its_mention():
    both = Actor("a", "A", ("Night Heron",)), Actor("b", "B", ("night heron",))
    assert mentioned("Night Heron", *both) == [("a", "Night Heron"), ("b", "Night Heron")]


def test_a_weak_name_needs_context_within_reach():
    assert mentioned("Heron steals") == [("heron", "Heron")]
    assert mentioned("Heron flies") == []
    assert rejected("Heron flies") == [("Heron", "weak: no context word within 15 words")]


@pytest.mark.parametrize(
    ("within", "text", "counts"),
    [
        pytest.param(2, "Heron who steals", True, id="two words away"),
        pytest.param(1, "Heron who steals", False, id="one word too far"),
        pytest.param(Scope.SENTENCE, "Heron flew far. It steals", False, id="next sentence"),
        pytest.param(Scope.ANYWHERE, "Heron flew far. It steals", True, id="anywhere"),
    ],
)
def test_within_says_how_near_context_must_be(within, text, counts):
    actor = Actor("h", "H", (), weak=("Heron",), context=("steal*",), within=within)
    assert bool(mentioned(text, actor)) is counts


def test_context_reaches_across_fields_and_is_never_the_name_itself():
    assert mentioned("Heron", summary="steals") == [("heron", "Heron")]
    own = Actor("w", "W", (), weak=("wallet crew",), context=("wallet",))
    assert mentioned("wallet crew", own, keywords=()) == []


def test_a_weak_name_without_context_words_never_counts():
    assert rejected("Heron", Actor("h", "H", (), weak=("Heron",))) == [
        ("Heron", "weak: the actor has no context words")
    ]


def test_exclude_removes_the_mention_it_overlaps_and_no_other():
    assert mentioned("Heron Lake wallet: Heron steals")[1:] == [("heron", "Heron")]
    assert rejected("wallet at Heron Lake") == [("Heron", 'inside "Heron Lake"')]


def test_a_general_actor_yields_to_a_particular_one_anywhere_in_the_item():
    assert mentioned("wading crews", summary="a Night Heron trick") == [("heron", "Night Heron")]
    assert ("wading crews", "yields to heron") in rejected("wading crews and Night Heron")
    assert mentioned("wading crews") == [("wader", "wading crews")]


def test_no_actor_yields_to_a_rejected_mention():
    assert mentioned("wading crews see a Heron") == [("wader", "wading crews")]


def test_two_actors_that_yield_to_each_other_both_stay():
    a = Actor("a", "A", ("river crew",), yields_to=frozenset({"b", "c"}))
    b = Actor("b", "B", ("lake crew",), yields_to=frozenset({"a", "c"}))
    c = Actor("c", "C", ("Night Heron",))
    assert len(mentioned("river crew and lake crew", a, b, c)) == 2
    assert mentioned("river crew, lake crew, Night Heron", a, b, c) == [("c", "Night Heron")]


def test_no_fuzzy_match_where_another_name_stands_as_written():
    actors = Actor("one", "1", ("Ostrakon",)), Actor("two", "2", ("Ostracon",))
    assert mentioned("Ostracon", *actors) == [("two", "Ostracon")]
    assert rejected("Ostracon", *actors) == [("Ostracon", 'is "Ostracon", a name of two, as written')]
    assert mentioned("Ostraxon", *actors) == [("one", "Ostraxon"), ("two", "Ostraxon")]


def test_keywords_match_in_any_case_and_in_the_plural_but_not_misspelled():
    assert mentioned("WALLETS") == [("theft", "WALLETS")]
    assert mentioned("walet") == []


def test_the_phrases_that_occur_are_named():
    found = matcher(phrases=("price forecast", "bird*")).find(Text("A Price-Forecast", "for birds"))
    assert found.phrases == {"price forecast", "bird*"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("nhg", 'case differs: "NHG" matches only as written', id="case"),
        pytest.param("Night Haran", '"Night Haran" is 2 edits away: too many for a name of this length', id="edits"),
        pytest.param("Night Herons Knight Heron", '"knight" is an ordinary word, not a misspelling', id="word"),
    ],
)  # fmt: skip
def test_a_near_miss_is_explained(text, reason):
    actor = Actor("heron", "H", ("Night Heron", "NHG"))
    assert reason in [why for _, why in rejected(text, actor, vocabulary=frozenset(["knight"]))]


def test_fuzzy_off_allows_no_edit_and_the_explanation_says_so():
    strict = Actor("heron", "H", ("Night Heron",), fuzzy=0)
    assert mentioned("Night Herron", strict) == []
    assert rejected("Night Herron", strict) == [
        ("Night Herron", '"Night Herron" is 1 edit away, and this name allows no edits')
    ]


WORDS = ["Night", "Heron", "heron", "Lake", "wading crews", "steals", "NHG,", ".", "é", "漢字", "wallet", "drained"]


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_find_returns_the_mentions_that_explain_shows_as_counting(parts):
    text, found = Text(" ".join(parts[:15]), " ".join(parts[15:])), matcher()
    counted = tuple(c.mention for c in found.explain(text) if c.counts)
    assert found.find(text).mentions == counted
    for m in counted:
        assert getattr(text, m.field)[m.start : m.end] == m.text


@pytest.mark.parametrize(
    "text_of",
    [
        pytest.param(lambda n: "Heron " * n + "birds " * 50 + "steals " * n, id="weak names far from context"),
        pytest.param(lambda n: "Heron Lake " * n, id="excluded names"),
        pytest.param(lambda n: "Night Heron " * n, id="names"),
        pytest.param(lambda n: "Nigth Heron " * n, id="misspellings"),
        pytest.param(lambda n: "wading crews Night Heron " * n, id="names that yield"),
    ],
)
def test_matching_time_is_linear_in_the_length_of_a_hostile_text(text_of):
    find = matcher().find
    assert grows_with_length_alone(lambda text: find(Text("", text)), text_of, 1_500)
