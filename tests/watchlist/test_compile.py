from dataclasses import replace

from monitor.config import load
from monitor.model import Actor, Keyword, Rule, Severity, Text
from monitor.watchlist.compile import Watchlist, compile_watchlist
from monitor.watchlist.judge import judge

HERON = Actor("heron", "Night Heron", ("Night Heron", "Ardea"), tags=frozenset({"b", "a"}))
THEFT = Keyword("theft", ("drained", "stolen"))
RULE = Rule("r", ("desk", "mail"), actors=frozenset({"heron"}))


def fingerprint(*actors, keywords=(THEFT,), rules=(RULE,)):
    parts = ({thing.id: thing for thing in part} for part in (actors, keywords, rules))
    return Watchlist(*parts).fingerprint


def test_the_fingerprint_does_not_depend_on_order():
    other = replace(HERON, id="other")
    turned = replace(HERON, aliases=HERON.aliases[::-1])
    assert fingerprint(HERON, other) == fingerprint(other, turned)


def test_the_fingerprint_is_the_same_in_every_run():
    assert fingerprint(HERON) == "b949239c866e5c529ae12b825bcab3d9680f4956729bf2bc1c75549a603378bd"


def test_the_fingerprint_changes_with_the_watchlist():
    same = fingerprint(HERON)
    assert fingerprint(replace(HERON, severity=Severity.HIGH)) != same
    assert fingerprint(HERON, keywords=(replace(THEFT, terms=("drained",)),)) != same
    assert fingerprint(HERON, rules=(replace(RULE, unless=("x",)),)) != same


def test_a_config_becomes_a_watchlist(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(
        '[actors]\nheron = ["Night Heron"]\n[keywords]\ntheft = ["drain*"]\n'
        '[rules.r]\nactors = ["*"]\nkeywords = ["theft"]\nsend_to = ["desk"]\n[destinations]\ndesk.url = "console://"\n'
    )
    watchlist = compile_watchlist(load(file, environ={}).config)
    assert [m.rule for m in judge(watchlist, Text("Nigth Heron drains")).rules] == ["r"]
    assert judge(watchlist, Text("Right Heron drains")).rules == ()
