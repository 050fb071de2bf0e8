from decimal import Decimal

import pytest

from monitor.model import Actor, Keyword, Rule, Text, Threshold
from monitor.watchlist.compile import Watchlist
from monitor.watchlist.judge import explain

WATCHLIST = Watchlist(
    {"heron": Actor("heron", "Night Heron", ("Night Heron",), weak=("Heron",), context=("theft",))},
    {"theft": Keyword("theft", ("drained",))},
    {
        "r": Rule(
            "r",
            ("desk",),
            actors=frozenset({"heron"}),
            keywords=frozenset({"theft"}),
            within=3,
            min_amount=(Threshold(Decimal(1_000_000), "USD", "$1M"),),
            unless=("forecast",),
            feeds=frozenset({"wire"}),
        )
    },
)


def lines(text, feed="wire"):
    (result,) = explain(WATCHLIST, Text(text), feed=feed).rules
    return {condition.key: (condition.met, condition.reason) for condition in result.conditions}


@pytest.mark.parametrize(
    ("text", "line", "held", "said"),
    [
        ("Night Heron", "actors", True, '"Night Heron" (exact)'),
        ("drained", "actors", False, "none of heron is mentioned"),
        ("drained", "keywords", True, 'theft: "drained"'),
        ("Night Heron", "keywords", False, "none of theft is mentioned"),
        ("Night Heron $5m", "min_amount", False, "no amount of at least $1M in the title or within 40 words"),
        ("Night Heron drained $5m", "min_amount", True, "$5m is at least $1M"),
        ("a forecast", "unless", False, '"forecast" occurs'),
        ("a bird", "unless", True, "none of its phrases occurs"),
        ("a bird", "feeds", True, 'the feed "wire" is one of wire'),
        (
            "Night Heron a b c d drained", "within", False,
            '"Night Heron" (exact) with theft: "drained", 5 words away; required: within 3 words',
        ),
    ],
)  # fmt: skip
def test_every_condition_says_whether_it_is_met(text, line, held, said):
    assert lines(text)[line] == (held, said)


def test_another_feed_is_named_in_the_reason():
    assert lines("x", feed="blog")["feeds"] == (False, 'the feed "blog" is not one of wire')
    assert lines("x", feed="")["feeds"] == (False, "a text without a feed is not one of wire")


def test_rejected_matches_and_destinations_are_explained():
    explanation = explain(WATCHLIST, Text("Heron; Night Heron drained $5m"), feed="wire")
    assert explanation.send_to == ("desk",)
    assert [m.rejected_because for m in explanation.matches if not m.counts] == [
        "weak alias: no context word within 15 words",
        'part of the match "Night Heron"',
    ]


def test_a_keyword_inside_the_name_of_an_actor_is_explained():
    actors = {"dprk": Actor("dprk", "DPRK", ("North Korean hackers",))}
    rule = Rule("r", ("desk",), actors=frozenset(actors), keywords=frozenset({"theft"}))
    watchlist = Watchlist(actors, {"theft": Keyword("theft", ("hack*",))}, {"r": rule})
    (result,) = explain(watchlist, Text("North Korean hackers met")).rules
    assert [(c.key, c.met) for c in result.conditions] == [("actors", True), ("keywords", False)]
    assert result.conditions[1].reason == (
        'theft: "hackers" is part of "North Korean hackers"; it must occur outside the name'
    )
