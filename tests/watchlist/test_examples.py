from pathlib import Path

from monitor.config import ExampleTest, Expectation
from monitor.errors import Place
from monitor.model import Actor, Keyword, Rule, Severity
from monitor.watchlist.compile import Watchlist
from monitor.watchlist.examples import run_tests

WATCHLIST = Watchlist(
    {"heron": Actor("heron", "Night Heron", ("Night Heron",))},
    {"theft": Keyword("theft", ("drained",))},
    {"r": Rule("r", ("desk",), actors=frozenset({"heron"}), feeds=frozenset({"wire"}))},
)


def differences(title, feed="", **expect):
    test = ExampleTest(title, Expectation(**expect), Place(Path("config.toml"), 1, 1), feed=feed)
    (result,) = run_tests(WATCHLIST, [test])
    assert result.passed is not bool(result.differences)
    return [(d.key, d.expected, d.found) for d in result.differences]


def test_a_met_expectation_has_no_differences():
    expect = {"actors": frozenset({"heron"}), "rules": frozenset({"r"}), "severity": Severity.MEDIUM}
    assert differences("Night Heron", feed="wire", **expect) == []


def test_each_difference_shows_expected_and_found():
    expect = {"actors": frozenset(), "keywords": frozenset({"theft"}), "severity": Severity.HIGH}
    assert differences("Night Heron", **expect) == [
        ("actors", "nothing", "heron"),
        ("keywords", "theft", "nothing"),
        ("severity", "high", "nothing"),
    ]


def test_keys_that_are_not_given_are_not_checked():
    assert differences("Night Heron drained") == []


def test_nothing_means_no_actor_and_no_rule():
    assert differences("The lake was drained", nothing=True) == []
    assert differences("Night Heron", feed="wire", nothing=True) == [
        ("actors", "nothing", "heron"),
        ("rules", "nothing", "r"),
    ]


def test_a_wrong_severity_is_shown_with_the_found_one_and_an_explanation():
    test = ExampleTest(
        "News", Expectation(severity=Severity.HIGH), 1, summary="Night Heron", content="It drained", feed="wire"
    )
    (result,) = run_tests(WATCHLIST, [test])
    assert [(d.key, d.expected, d.found) for d in result.differences] == [("severity", "high", "medium")]
    assert result.test is test
    assert result.explanation.judgement.keywords == ("theft",)
    assert [match.rule for match in result.explanation.judgement.rules] == ["r"]


def test_a_passed_example_has_no_explanation_and_several_names_are_sorted():
    passed = ExampleTest("Night Heron", Expectation(actors=frozenset({"heron"})), 1)
    failed = ExampleTest("Night Heron", Expectation(actors=frozenset({"b", "a"})), 1)
    results = run_tests(WATCHLIST, [passed, failed])
    assert [(r.passed, r.explanation is None) for r in results] == [(True, True), (False, False)]
    assert results[1].differences[0].expected == "a, b"


def test_examples_of_several_entries_are_left_to_the_pipeline():
    assert run_tests(WATCHLIST, [ExampleTest("", Expectation(), 1, items=(object(),))]) == ()
