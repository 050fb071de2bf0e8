import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples
from support.work import grows_with_length_alone

from monitor.matching import Matcher, Rejection
from monitor.model import Actor, Combination, Keyword, Scope, Text

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
    assert rejected("Heron flies") == [("Heron", "weak alias: no context word within 15 words")]


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
        ("Heron", "weak alias: the actor has no context words")
    ]


def test_exclude_removes_the_mention_it_overlaps_and_no_other():
    assert mentioned("Heron Lake wallet: Heron steals")[1:] == [("heron", "Heron")]
    assert rejected("wallet at Heron Lake") == [("Heron", 'inside the excluded phrase "Heron Lake"')]


def test_a_general_actor_yields_to_a_particular_one_anywhere_in_the_item():
    assert mentioned("wading crews", summary="a Night Heron trick") == [("heron", "Night Heron")]
    assert ("wading crews", "yields to heron, which the text also mentions") in rejected("wading crews and Night Heron")
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
    assert rejected("Ostracon", *actors) == [("Ostracon", '"Ostracon" is exactly a name of two')]
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


def test_a_regular_expression_excludes_a_mention_and_alone_finds_nothing():
    actor = Actor("h", "H", ("Night Heron",), exclude=("/heron \\d/", "/gull/"))
    assert mentioned("Night Heron 3 and a gull", actor, keywords=()) == []
    assert mentioned("Night Heron and a gull", actor, keywords=()) == [("h", "Night Heron")]
    assert matcher(actor, keywords=()).find(Text("a gull, heron 4")).mentions == ()


def test_a_weak_alias_allows_no_edits():
    assert mentioned("Ostrakkon steals", Actor("o", "O", (), weak=("Ostrakon",), context=("steals",))) == []


def test_a_generic_context_word_needs_a_second_one():
    actor = Actor("h", "H", (), weak=("Heron",), context=("theft",), context_generic=("seized", "vendor*", "nest"))
    assert mentioned("Heron nest seized", actor, keywords=()) == [("h", "Heron")]
    assert mentioned("Heron vendor and vendors", actor, keywords=()) == []
    assert mentioned("Heron theft", actor, keywords=()) == [("h", "Heron")]
    (match,) = matcher(actor, keywords=()).explain(Text("Heron nest seized"))
    assert match.context == '"nest", 1 word away and "seized", 2 words away'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Ostrak", True, id="as written"),
        pytest.param("Ostrok", False, id="edit without context"),
        pytest.param("Ostrok steals", True, id="edit with context"),
        pytest.param("0strak", True, id="digit for a letter"),
    ],
)
def test_a_short_name_needs_context_for_an_edit(text, found):
    actor = Actor("o", "O", ("Ostrak",), context=("steals",))
    assert bool(mentioned(text, actor)) is found


def test_a_name_without_its_plural_s_needs_context():
    assert rejected("Ostrakbot", Actor("o", "O", ("Ostrakbots",))) == [
        ("Ostrakbot", "a short name with a typo: the actor has no context words")
    ]


RIVER_CREW = Actor(
    "crew",
    "Crew",
    (),
    context=("steal*",),
    combine=(
        Combination((("Riverland*", "RVL"), ("crew*", "agent*", "raiders of the north")), within=3),
        Combination((("Riverland*", "RVL"), ("linked", "tied to")), within=2, needs_context=True),
    ),
    exclude=("Riverland crew neck",),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Riverlanders send agents", "Riverlanders send agents", id="in order"),
        pytest.param("raiders of the north of RVL", "raiders of the north of RVL", id="in reverse order"),
        pytest.param("agents fly to the town of RVL", None, id="too far apart"),
        pytest.param("They left Riverland. Agents say so", None, id="in two sentences"),
        pytest.param("RVL-linked gulls", None, id="weak without context"),
        pytest.param("RVL-linked gulls steal bread", "RVL-linked", id="weak with context"),
        pytest.param("a Riverland crew neck is on sale", None, id="excluded"),
        pytest.param("Riverland", None, id="one group only"),
    ],
)  # fmt: skip
def test_a_combination_of_terms_is_one_mention(text, found):
    assert mentioned(text, RIVER_CREW, keywords=()) == ([("crew", found)] if found else [])


def test_a_combination_is_the_smallest_that_has_all_terms():
    (mention,) = matcher(RIVER_CREW, keywords=()).find(Text("agents, agents of Riverland, then")).mentions
    assert (mention.text, mention.alias) == ("agents of Riverland", "agent* + Riverland*")


def test_one_word_is_not_two_terms_of_a_combination():
    actor = Actor("c", "C", (), combine=(Combination((("RVL",), ("agent*", "spy"), ("agents", "coder")), within=9),))
    assert mentioned("RVL sends agents", actor, keywords=()) == []
    assert mentioned("RVL sends agents and a coder", actor, keywords=()) == [("c", "RVL sends agents and a coder")]


def test_a_combination_in_text_without_spaces():
    actor = Actor("crew", "Crew", (), combine=(Combination((("川国",), ("工作员", "集团")), within=4),))
    assert mentioned("警方称川国的秘密工作员在逃", actor, keywords=()) == [("crew", "川国的秘密工作员")]
    assert mentioned("川国公布了今年的粮食产量和出口数字并称集团", actor, keywords=()) == []


def test_context_in_chinese_reaches_as_far_as_in_english():
    actor = Actor("h", "H", (), weak=("灰鹭",), context=("盗窃",), within=5)
    assert mentioned("灰鹭被控盗窃", actor, keywords=()) == [("h", "灰鹭")]
    assert mentioned("灰鹭今天上午在城北的河边筑巢并引来了许多游客盗窃", actor, keywords=()) == []


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
        pytest.param(lambda n: "Riverland agents RVL " * n, id="combinations"),
    ],
)
def test_matching_time_is_linear_in_the_length_of_a_hostile_text(text_of):
    find = matcher(HERON, WADER, RIVER_CREW).find
    assert grows_with_length_alone(lambda text: find(Text("", text)), text_of, 1_500)


@pytest.mark.parametrize(
    ("text", "rejection"),
    [
        pytest.param("Heron stands", Rejection.NO_CONTEXT, id="no-context"),
        pytest.param("Night Heron Lake", Rejection.EXCLUDED, id="excluded"),
        pytest.param("Night Haran", Rejection.EDITS, id="edits"),
        pytest.param("nhg steals", Rejection.CASE, id="case"),
        pytest.param("Night Heron of the wading crews", Rejection.YIELDS, id="yields"),
    ],
)
def test_a_rejection_has_a_code(text, rejection):
    assert rejection in {match.rejection for match in matcher().explain(Text(text)) if not match.counts}


def test_near_misses_can_be_left_out():
    assert matcher().explain(Text("Night Haran"), near_misses=False) == []
    assert [m.rejection for m in matcher().explain(Text("Heron stands"), near_misses=False)] == [Rejection.NO_CONTEXT]
