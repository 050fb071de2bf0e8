from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples
from support.work import grows_with_length_alone

from monitor.matching import is_within
from monitor.model import (
    Actor,
    Combination,
    Keyword,
    ListedActor,
    Rule,
    Scope,
    Severity,
    SourceList,
    Text,
    Threshold,
)
from monitor.watchlist.compile import Watchlist
from monitor.watchlist.judge import explain, find_evidence, judge, judge_evidence, story_item
from monitor.watchlist.rules import apply_rule

HERON = Actor("heron", "Night Heron", ("Night Heron", "Ardea Collective"), severity=Severity.HIGH)
MAGPIE = Actor("magpie", "Magpie", ("Magpie Crew",))
THEFT = Keyword("theft", ("drained", "stole*", "siphon*"))
MILLION = Threshold(Decimal(1_000_000), "USD", "$1M")
BOTH = {"actors": frozenset({"heron", "magpie"}), "keywords": frozenset({"theft"})}


def watchlist(*rules):
    return Watchlist({a.id: a for a in (HERON, MAGPIE)}, {"theft": THEFT}, {r.id: r for r in rules})


def rule(**lines):
    return Rule("r", ("desk",), **{**BOTH, **lines})


def matches(text, *, feed="", summary="", **lines):
    return judge(watchlist(rule(**lines)), Text(text, summary), feed=feed).rules


def why(text, **lines):
    (match,) = matches(text, **lines)
    return match.why


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Night Heron drained it", '"Night Heron" (exact) with theft: "drained", 1 word away'),
        ("Night Heron has now drained it", '"Night Heron" (exact) with theft: "drained", 3 words away'),
        ("drained by Nigth Heron", '"Nigth Heron" for Night Heron (1 edit) with theft: "drained", 2 words away'),
        ("Drained: night-heron", '"night-heron" for Night Heron (folded) with theft: "Drained", 1 word away'),
    ],
)
def test_a_match_says_why(text, sentence):
    assert why(text) == sentence


def test_the_reason_names_the_amount():
    assert why("Night Heron drained $2.5M", min_amount=(MILLION,)).endswith("away; $2.5M is at least $1M")


def test_the_reason_shows_the_most_severe_actor_then_the_nearest_keyword():
    text = "Magpie Crew siphoned. Then Night Heron drained it and stole"
    assert why(text) == '"Night Heron" (exact) with theft: "drained", 1 word away'


def test_all_conditions_of_a_rule_must_be_met():
    assert not matches("Night Heron sings")
    assert not matches("somebody drained it")
    assert matches("somebody drained it", actors=frozenset())
    assert matches("Night Heron sings", keywords=frozenset())


@pytest.mark.parametrize(
    ("within", "text", "held"),
    [
        pytest.param(2, "Night Heron quickly drained", True, id="two words"),
        pytest.param(1, "Night Heron quickly drained", False, id="one word too far"),
        pytest.param(1, "drained Night Heron", True, id="before"),
        pytest.param(Scope.SENTENCE, "They drained. Night Heron then at long last stole it", True, id="same sentence"),
        pytest.param(Scope.SENTENCE, "They drained. Night Heron sings", False, id="other sentence"),
        pytest.param(Scope.ANYWHERE, "They drained." + " x" * 500 + " Night Heron", True, id="anywhere"),
    ],
)
def test_within_limits_the_distance(within, text, held):
    assert bool(matches(text, within=within)) is held


@pytest.mark.parametrize(
    ("text", "summary", "held"),
    [
        pytest.param("Night Heron drained $1,000,000", "", True, id="exactly"),
        pytest.param("Night Heron drained $999,999", "", False, id="less"),
        pytest.param("Night Heron drained 2m USDT", "", True, id="stablecoin counts as dollars"),
        pytest.param("Night Heron drained €2m", "", False, id="another currency"),
        pytest.param("Night Heron drained $0.5-2 million", "", False, id="lower end of a range"),
        pytest.param("It cost $5m", "x " * 90 + "Night Heron drained", True, id="in the title"),
        pytest.param("News", "Night Heron drained" + " x" * 39 + " $5m", True, id="forty words away"),
        pytest.param("News", "Night Heron drained" + " x" * 40 + " $5m", False, id="forty-one words away"),
        pytest.param("News", "$5m" + " x" * 39 + " drained Night Heron", True, id="forty words before"),
        pytest.param("News", "$5m" + " x" * 40 + " drained Night Heron", False, id="forty-one words before"),
    ],
)
def test_min_amount_needs_a_large_amount_nearby(text, summary, held):
    assert bool(matches(text, summary=summary, min_amount=(MILLION,))) is held


def test_an_amount_must_be_near_a_mention_that_satisfied_the_rule():
    text = "Night Heron." + " x" * 60 + " Night Heron drained it"
    assert matches("News", summary=text + " $5m", within=3, min_amount=(MILLION,))
    assert not matches("News", summary="$5m " + text, within=3, min_amount=(MILLION,))


def test_one_of_several_amounts_is_enough():
    bitcoin = Threshold(Decimal(500), "BTC", "500 BTC")
    assert why("Night Heron drained 600 BTC", min_amount=(MILLION, bitcoin)).endswith("600 BTC is at least 500 BTC")


def test_an_unless_phrase_anywhere_prevents_a_match():
    assert not matches("Night Heron drained", summary="our Price-Forecast", unless=("price forecast",))
    assert matches("Night Heron drained", summary="our forecast", unless=("price forecast",))


def test_feeds_limit_a_rule():
    assert matches("Night Heron drained", feed="gov", feeds=frozenset({"gov"}))
    assert not matches("Night Heron drained", feed="blog", feeds=frozenset({"gov"}))
    assert not matches("Night Heron drained", feeds=frozenset({"gov"}))


@pytest.mark.parametrize(
    ("text", "lines", "severity"),
    [
        pytest.param("Night Heron drained", {"severity": Severity.LOW}, Severity.LOW, id="own line"),
        pytest.param("Magpie Crew and Night Heron drained", {}, Severity.HIGH, id="highest actor"),
        pytest.param(
            "Magpie Crew drained" + " x" * 30 + " Night Heron", {"within": 5}, Severity.MEDIUM, id="satisfied"
        ),
        pytest.param(
            "drained" + " x" * 9 + " Night Heron, Magpie Crew stole", {"within": 5}, Severity.HIGH, id="behind another"
        ),
        pytest.param("drained", {"actors": frozenset()}, Severity.MEDIUM, id="no actor"),
    ],
)
def test_severity_is_that_of_the_rule_or_its_actors(text, lines, severity):
    (match,) = matches(text, **lines)
    assert match.severity is severity


def test_every_matching_rule_applies_in_the_order_of_the_file():
    rules = Rule("z", ("a",), keywords=frozenset({"theft"})), Rule("b", ("c", "a"), actors=frozenset({"heron"}))
    judgement = judge(watchlist(*rules), Text("Night Heron drained $3"))
    assert [match.rule for match in judgement.rules] == ["z", "b"]
    assert judgement.send_to == ("a", "c")
    assert [str(amount.value) for amount in judgement.amounts] == ["3"]


@pytest.mark.parametrize(
    "text_of",
    [
        pytest.param(lambda n: "Night Heron " * n + "x " * 50 + "stole " * n, id="names far from keywords"),
        pytest.param(lambda n: "Night Heron stole $2m " * n, id="everything at once"),
    ],
)
def test_judging_takes_linear_time(text_of):
    watched = watchlist(rule(within=5, min_amount=(MILLION,), unless=("forecast",)))
    assert grows_with_length_alone(lambda text: judge(watched, Text("", text)), text_of, 1_500)


DPRK = Actor(
    "dprk",
    "DPRK",
    ("North Korean hackers", "Kim hack crew"),
    combine=(Combination((("Pyongyang",), ("hackers",)), within=4),),
)
HACKING = Keyword("hacking", ("hack*", "stole", "hackers steal"))


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        pytest.param("North Korean hackers met", False, id="in the name"),
        pytest.param("Kim hack crew met", False, id="inside the name"),
        pytest.param("North Korean hackers hacked it", True, id="in the name and beside it"),
        pytest.param("North Korean hackers steal", True, id="partly in the name"),
        pytest.param("hackers for Pyongyang met", False, id="term of a combination"),
        pytest.param("hackers stole for Pyongyang", True, id="between the terms of a combination"),
        pytest.param("Magpie Crew met North Korean hackers", True, id="in the name of an actor the rule does not name"),
    ],
)
def test_a_keyword_needs_words_of_its_own(text, matches):
    named = frozenset({"magpie"} if "Magpie" in text else {"dprk"})
    rule = Rule("r", ("desk",), actors=named, keywords=frozenset({"hacking"}))
    watched = Watchlist({"dprk": DPRK, "magpie": MAGPIE}, {"hacking": HACKING}, {"r": rule})
    assert bool(judge(watched, Text(text)).rules) is matches


WORDS = st.sampled_from(["Night Heron", "Magpie Crew", "drained", "stolen", "$5m", "it", ". It", "forecast"])


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(WORDS, max_size=20), st.sampled_from([0, 1, 2, 5, Scope.SENTENCE, Scope.ANYWHERE]))
def test_a_rule_matches_exactly_if_some_pair_is_near(parts, within):
    judgement = judge(watchlist(rule(within=within)), Text(" ".join(parts)))
    names = [m for m in judgement.mentions if m.actor]
    words = [m for m in judgement.mentions if m.keyword]
    assert bool(judgement.rules) == any(is_within(a, b, within) for a in names for b in words)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(WORDS, max_size=12))
def test_explain_and_judge_agree(parts):
    lines = {"within": 3, "min_amount": (MILLION,), "unless": ("forecast",)}
    text, list_ = Text(" ".join(parts)), watchlist(rule(**lines))
    explanation = explain(list_, text)
    assert explanation.judgement == judge(list_, text)
    assert tuple(o.match for o in explanation.rules if o.match) == explanation.judgement.rules


EARLIER = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
FIRST = rule(first_in_s=30 * 86_400.0, within=3)


def first_mention(text, *, earlier):
    """Return what rule FIRST says of *text* when the actors in *earlier* were in a story at EARLIER."""
    list_ = watchlist(FIRST)
    evidence = find_evidence(list_, Text(text), mentioned_within=lambda actor, _: EARLIER if actor in earlier else None)
    result = apply_rule(FIRST, evidence, list_.actors)
    assert judge_evidence(list_, evidence).rules == ((result.match,) if result.match else ())
    return result


@pytest.mark.parametrize(
    ("text", "earlier", "matches"),
    [
        pytest.param("Night Heron drained it", "", True, id="first mention"),
        pytest.param("Night Heron drained it", ("heron",), False, id="mentioned before"),
        pytest.param("Night Heron drained it, Magpie Crew too", ("heron",), True, id="the other is new and near"),
        pytest.param("Night Heron drained it and met with the Magpie Crew", ("heron",), False, id="new, but far"),
    ],
)
def test_only_an_actor_that_was_in_no_story_satisfies_first_in(text, earlier, matches):
    assert bool(first_mention(text, earlier=earlier).match) is matches


def test_first_in_explains_when_the_actor_was_mentioned():
    (condition,) = [
        c for c in first_mention("Night Heron drained it", earlier=("heron",)).conditions if c.key == "first_in"
    ]
    assert (condition.met, condition.reason) == (False, "heron was in a story of 2026-11-20 09:30 UTC")


def test_first_in_is_a_reason_of_the_match_and_names_the_actors_that_are_new():
    result = first_mention("Night Heron drained it, Magpie Crew too", earlier=("heron",))
    assert result.match.why.endswith("; in no story of the last 30 days")
    (condition,) = [c for c in result.conditions if c.key == "first_in"]
    assert (condition.met, condition.reason) == (True, "magpie: in no story of the last 30 days")
    assert [c.key for c in first_mention("It drained", earlier=()).conditions] == ["actors", "keywords"]


def test_first_in_asks_for_the_span_of_the_rule():
    asked = []
    list_ = watchlist(FIRST)
    find = {"mentioned_within": lambda actor, span_s: asked.append((actor, span_s))}
    judge(list_, Text("Night Heron drained it"), **find)
    explain(list_, Text("Magpie Crew drained it"), **find)
    assert set(asked) == {("heron", 30 * 86_400.0), ("magpie", 30 * 86_400.0)}


def test_of_equally_severe_actors_the_one_with_fewest_edits_is_the_reason():
    both = {"actors": frozenset({"heron"})}
    assert why("Nigth Heron drained, later on Night Heron stole", **both).startswith('"Night Heron" (exact)')
    assert why("Night Heron drained it, siphoned it", **both).endswith('theft: "drained", 1 word away')


def test_conditions_come_in_order_and_each_unless_phrase_is_looked_for():
    lines = {"feeds": frozenset({"gov"}), "min_amount": (MILLION,), "unless": ("forecast", "price")}
    (result,) = explain(watchlist(rule(**lines)), Text("Night Heron drained $5m, says a price"), feed="gov").rules
    assert [(c.key, c.met) for c in result.conditions] == [
        ("feeds", True),
        ("actors", True),
        ("keywords", True),
        ("within", True),
        ("min_amount", True),
        ("unless", False),
    ]
    assert result.conditions[-1].reason == '"price" occurs'
    assert result.match is None


def test_the_missing_amount_is_named_with_every_threshold():
    bitcoin = Threshold(Decimal(500), "BTC", "500 BTC")
    (result,) = explain(watchlist(rule(min_amount=(MILLION, bitcoin))), Text("Night Heron drained it")).rules
    (condition,) = [c for c in result.conditions if c.key == "min_amount"]
    assert condition.reason == "no amount of at least $1M or 500 BTC in the title or within 40 words"


def test_a_match_names_rule_destinations_and_the_closest_pair():
    (match,) = matches("Magpie Crew. It was Night Heron who drained it")
    assert (match.rule, match.send_to) == ("r", ("desk",))
    (result,) = explain(watchlist(rule(within=1)), Text("Night Heron" + " x" * 8 + " drained x Magpie Crew")).rules
    (condition,) = [c for c in result.conditions if c.key == "within"]
    assert condition.reason == '"Magpie Crew" (exact) with theft: "drained", 2 words away; required: within 1 word'


SDN = SourceList("sdn", "OFAC SDN list", date(2026, 11, 1), sanctions=True)
ETHER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
LISTED = Actor("listed", "Grebe Exchange", ("Grebe Exchange",), list_id="sdn", addresses=(ETHER,))


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("Grebe Exchange is back", (True, False)),
        (f"Coins of {ETHER}", (False, True)),
        (f"Grebe Exchange owns {ETHER}", (True, True)),
    ],
    ids=["name", "address", "both"],
)
def test_an_actor_of_a_published_list_is_named_with_its_list(text, by):
    actors = {"listed": LISTED, "magpie": MAGPIE}
    list_ = Watchlist(actors, {}, {}, lists={"sdn": SDN})
    found = judge(list_, Text(f"Magpie Crew: {text}"))
    assert found.lists == (ListedActor("listed", "sdn", "OFAC SDN list", date(2026, 11, 1), True, *by),)
    assert judge(Watchlist(actors, {}, {}), Text(text)).lists == ()
    assert [indicator.value for indicator in found.indicators] == ([ETHER] if by[1] else [])


def test_an_entry_becomes_what_stories_compare():
    text = Text("Night Heron drained $5m", "Coins went on.")
    found = judge(watchlist(rule()), text)
    item = story_item(text, found, at=EARLIER, outlet="The Wire", link="https://wire.example/1")
    assert (item.title, item.summary, item.at) == (text.title, text.summary, EARLIER)
    assert (item.outlet, item.link) == ("The Wire", "https://wire.example/1")
    assert (item.amounts, item.indicators) == (found.amounts, found.indicators)
    assert (item.actors, item.actor_ids) == (("Night Heron",), {"heron"})
    assert len(item.amounts) == 1
