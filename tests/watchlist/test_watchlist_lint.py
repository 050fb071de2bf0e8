import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import monitor
from monitor.config import load
from monitor.errors import ConfigError, Place
from monitor.model import Actor, Text
from monitor.watchlist.compile import Watchlist, compile_watchlist
from monitor.watchlist.judge import judge
from monitor.watchlist.watchlist_lint import lint_watchlist

HEAD = """\
[rules.all]
actors  = ["*"]
send_to = ["desk"]
[destinations.desk]
url = "console://"
"""


def linted(tmp_path, text, head=HEAD):
    file = tmp_path / "config.toml"
    file.write_text(head + text, encoding="utf-8")
    loaded = load(file, environ={})
    assert loaded.config, loaded.problems
    return lint_watchlist(loaded.config)


def said(problems):
    return [(p.level, p.message) for p in problems]


@pytest.mark.parametrize(
    ("text", "level", "message"),
    [
        pytest.param('[actors]\na = ["☢"]', "error", '"☢" has no letter or digit and can never match', id="symbols"),
        pytest.param('[actors]\na = ["*"]', "error", '"*" would match every word', id="bare star"),
        pytest.param(
            '[actors]\na = ["/(x/"]', "error", "/(x/ is not a valid RE2 regular expression: missing ): (x", id="regex"
        ),
        pytest.param('[actors]\na = ["Grx"]', "warning", '"Grx" is short and will match ordinary words', id="short"),
        pytest.param('[actors]\na = ["Castle"]', "warning", '"Castle" is an ordinary word', id="ordinary"),
        pytest.param('[actors]\na = ["ab*"]', "warning", '"ab*" begins many words', id="short beginning"),
        pytest.param(
            '[actors]\na = ["Ardea Kin", "ardea-kin"]', "warning",
            '"ardea-kin" means the same as "Ardea Kin" before it', id="doubled",
        ),
        pytest.param(
            '[actors.a]\naliases = ["Ardea Kin"]\nweak = ["Ardea"]', "warning",
            "the weak spellings of [actors.a] never count: it has no context", id="weak without context",
        ),
        pytest.param(
            '[actors.a]\naliases = ["Ardea Kin"]\ncombine = [{ all = [["Ardea*"], ["kin"]], needs = "context" }]',
            "warning",
            "this combination of [actors.a] never counts: the actor has no context", id="combination without context",
        ),
        pytest.param(
            '[actors.a]\ncombine = [{ all = [["Ardea*", "☢"], ["kin"]] }]', "error",
            '"☢" has no letter or digit and can never match', id="term of a combination",
        ),
    ],
)  # fmt: skip
def test_a_doubtful_spelling_is_reported(tmp_path, text, level, message):
    assert said(linted(tmp_path, text)) == [(level, message)]


def test_a_problem_has_the_location_of_the_spelling_and_a_hint(tmp_path):
    (problem,) = linted(tmp_path, '[actors]\na = ["Ardea Kin", "Grx"]')
    assert (problem.place.line, problem.place.column) == (7, 19)
    assert problem.hint == 'write "=Grx" to match only these capitals, or move it to weak and add a context'


@pytest.mark.parametrize("written", ["Kim", "kim", "Grx", "Castle", "AT&T", "O'Ne", "Dünn", " Kim ", "9x", "山"])
def test_a_proposed_spelling_matches_what_the_old_one_matched(tmp_path, written):
    (problem,) = linted(tmp_path, f"[actors]\na = [{json.dumps(written)}, 'Ardea Kin']")
    for proposed in re.findall(r'"(=[^"]+)"', problem.hint):
        watchlist = Watchlist({"a": Actor("a", "A", (proposed,))}, {}, {})
        assert judge(watchlist, Text(f"The {written.strip()} affair")).actors == ("a",)


def test_a_spelling_of_several_actors_is_reported_once(tmp_path):
    problems = linted(tmp_path, '[actors]\na = ["Ardea Kin"]\nb = ["Nycticorax", "ardea-kin"]\nc = ["Ardea Kin"]')
    assert said(problems) == [("warning", '"ardea-kin" is a spelling of 3 actors: a, b, c')]
    assert problems[0].place.line == 8


def test_names_one_edit_apart_are_reported_once(tmp_path):
    problems = linted(tmp_path, '[actors]\na = ["Ostrakon"]\nb = ["Ostracon"]')
    assert said(problems) == [("warning", '"Ostrakon" is one edit from "Ostracon" of [actors.b]')]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('[actors]\na = ["UNC7731"]\nb = ["UNC7732"]', id="numbers"),
        pytest.param('[actors]\na = ["=Castle", "GRX", "/castle/"]', id="strict spellings"),
        pytest.param('[actors.a]\nweak = ["Castle"]\ncontext = ["hack*"]\naliases = ["Ardea Kin"]', id="weak word"),
        pytest.param('[keywords]\nk = ["hack", "ban"]', id="keywords are ordinary words"),
    ],
)
def test_good_spellings_are_not_reported(tmp_path, text):
    extra = '[rules.k]\nkeywords = ["k"]\nsend_to = ["desk"]\n' if "[keywords]" in text else ""
    assert linted(tmp_path, text if "[actors" in text else f'[actors]\na = ["Ardea Kin"]\n{extra}{text}') == ()


@pytest.mark.slow  # tests/packs lints each pack alone and all together
def test_shipped_packs_have_no_warnings(tmp_path):
    for pack in sorted((Path(monitor.__file__).parent / "packs").glob("*.toml")):
        if "[actors" in pack.read_text(encoding="utf-8"):
            assert linted(tmp_path, "", head=f'include = ["pack:{pack.stem}"]\n{HEAD}') == (), pack


class InAPack:
    """Says that everything stands in a shipped pack."""

    def place(self, path):
        return Place(Path(monitor.__file__).parent / "packs" / "birds.toml", 1, 1)


def test_spellings_in_packs_get_no_warnings(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(HEAD + '[actors]\na = ["Castle", "castle", "Grx"]\nb = ["Ostrakon", "☢"]\nc = ["Ostracon"]')
    config = replace(load(file, environ={}).config, places=InAPack())
    assert [p.level for p in lint_watchlist(config)] == ["error"]


def test_within_without_both_sides_has_no_effect(tmp_path):
    head = HEAD.replace("[destinations", 'within = "3 words"\n[destinations')
    (problem,) = linted(tmp_path, '[actors]\na = ["Ardea Kin"]', head=head)
    assert problem.message == "within in [rules.all] has no effect: it limits the distance between actors and keywords"


def test_an_invalid_spelling_is_an_error_with_its_location(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(HEAD + '[actors]\na = ["/(/"]', encoding="utf-8")
    config = load(file, environ={}).config
    with pytest.raises(ConfigError, match=r"config\.toml:7:6: error: /\(/ is not a valid RE2 regular expression"):
        compile_watchlist(config)
