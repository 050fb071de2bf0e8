import pytest

from monitor.model import Actor, Keyword, Rule, Text
from monitor.watchlist.compile import Watchlist
from monitor.watchlist.judge import explain, judge
from monitor.watchlist.rule_wording import describe_surge
from monitor.watchlist.surge import Surge, find_surge

ACTORS = {name: Actor(name, name.title(), (name.title(),)) for name in ("heron", "tanager")}
THEFT = Keyword("theft", ("stole",))
UNUSUAL = "9 stories in 24 h, 1.0 a day in the 28 days before"


@pytest.mark.parametrize(
    ("today", "before", "days", "is_one"),
    [
        (5, 0, 28, True),
        (4, 0, 28, False),
        (5, 28, 28, False),
        (6, 28, 28, True),
        (9, 28, 6, False),
        (9, 7, 7, True),
        (30, 560, 28, False),
        (39, 560, 28, False),
        (40, 560, 28, True),
    ],
    ids=[
        "never before",
        "too few",
        "by chance",
        "more than chance",
        "short memory",
        "a week",
        "busy",
        "very busy",
        "twice",
    ],
)
def test_a_surge_is_more_than_chance_and_twice_the_baseline(today, before, days, is_one):
    assert bool(find_surge(today, before, days)) is is_one


def test_a_surge_has_today_and_the_baseline():
    assert find_surge(9, 28, 28) == Surge(9, 1.0, 28)
    assert describe_surge(Surge(9, 1.0, 28)) == UNUSUAL


def rules_of(text, *, surging=("heron",), **lines):
    rule = Rule("r", ("desk",), actors=frozenset(ACTORS), surge=True, **lines)
    watchlist = Watchlist(ACTORS, {"theft": THEFT}, {"r": rule})
    return judge(watchlist, Text(text), surge_of=lambda actor: Surge(9, 1.0, 28) if actor in surging else None).rules


def test_a_rule_with_surge_matches_during_a_surge_and_gives_it_as_reason():
    (match,) = rules_of("Heron stole it")
    assert match.why == f'"Heron" (exact); {UNUSUAL}'
    assert rules_of("Heron stole it", surging=()) == ()


def test_an_actor_without_surge_does_not_count():
    assert rules_of("Tanager stole it") == ()
    (match,) = rules_of("Tanager met Heron")
    assert match.why.startswith('"Heron"')


def test_other_conditions_must_be_met_by_the_actor_with_the_surge():
    text = "Tanager stole it. A long time after that, and far away from there, somebody saw Heron"
    assert rules_of(text, keywords=frozenset({"theft"}), within=3) == ()
    assert rules_of(text, surging=("tanager",), keywords=frozenset({"theft"}), within=3)


def test_explain_says_that_no_surge_is_known():
    rule = Rule("r", ("desk",), actors=frozenset(ACTORS), surge=True)
    (result,) = explain(Watchlist(ACTORS, {}, {"r": rule}), Text("Heron stole it")).rules
    assert [(c.key, c.met) for c in result.conditions] == [("actors", True), ("surge", False)]
    assert result.conditions[1].reason == "heron: not known to be mentioned more than usual"


def test_explain_gives_the_numbers_of_each_surge():
    rule = Rule("r", ("desk",), actors=frozenset(ACTORS), surge=True)
    watchlist = Watchlist(ACTORS, {}, {"r": rule})
    surges = {"heron": Surge(9, 1.0, 28), "tanager": Surge(7, 0.5, 20)}
    (result,) = explain(watchlist, Text("Heron met Tanager"), surge_of=surges.get).rules
    assert [(c.key, c.met, c.reason) for c in result.conditions][1:] == [
        ("surge", True, f"heron: {UNUSUAL}; tanager: 7 stories in 24 h, 0.5 a day in the 20 days before")
    ]
    (result,) = explain(watchlist, Text("A lake"), surge_of=surges.get).rules
    assert [c.key for c in result.conditions] == ["actors"]
