from datetime import date

import pytest

from monitor.config import load
from monitor.errors import ConfigError
from monitor.watchlist.compile import compile_watchlist
from monitor.watchlist.watchlist_lint import has_valid_spellings, lint_watchlist

TODAY = date(2026, 11, 27)
ETHER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
RULE = '[rules.all]\nactors = ["*"]\nsend_to = ["desk"]\n[destinations.desk]\nurl = "console://"\n'


def loaded(tmp_path, text):
    file = tmp_path / "config.toml"
    file.write_text(text + RULE, encoding="utf-8")
    found = load(file, environ={})
    assert found.config, found.problems
    return found.config


def linted(tmp_path, text, today=TODAY):
    return [
        f"{p.place.line}:{p.place.column} {p.level}: {p.message}; {p.hint}"
        for p in lint_watchlist(loaded(tmp_path, text), today)
    ]


def listed(date_and_more):
    return (
        f'[lists.sdn]\ntitle = "SDN list"\ndate = {date_and_more}\n[actors.a]\naliases = ["Ardea Kin"]\nlist = "sdn"\n'
    )


def test_an_invalid_address_is_an_error_with_line_and_way_out(tmp_path):
    text = f'[actors.a]\naddresses = ["{ETHER}", "{ETHER.replace("Aeb6", "Aeb7")}"]\n'
    (problem,) = linted(tmp_path, text)
    assert problem.startswith("2:60 error: ")
    assert '"0x5aAeb7053F3E94C9b9A09f33669435E7Ef1BeAed" has a wrong checksum (EIP-55); copy it again' in problem


def test_an_invalid_address_keeps_the_watchlist_from_being_compiled(tmp_path):
    config = loaded(tmp_path, '[actors.a]\naliases = ["Ardea Kin"]\naddresses = ["0x12"]\n')
    assert not has_valid_spellings(config)
    with pytest.raises(ConfigError, match="2 characters after 0x"):
        compile_watchlist(config)


def test_an_address_written_twice_is_a_warning_whatever_its_case(tmp_path):
    text = f'[actors.a]\naddresses = ["{ETHER}",\n"{ETHER.lower()}"]\n'
    assert linted(tmp_path, text) == [
        f'3:1 warning: "{ETHER.lower()}" means the same as "{ETHER}" before it; delete one of the two'
    ]


def test_an_address_of_several_actors_is_warned_of_once(tmp_path):
    text = "".join(f'[actors.{name}]\naddresses = ["{ETHER}"]\n' for name in "abc")
    (problem,) = linted(tmp_path, text)
    assert problem.startswith(f'4:14 warning: "{ETHER}" is an address of 3 actors: a, b, c; each of them')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-10-27\nsanctions = true", 'the sanctions list "SDN list" is 31 days old; import'),
        ("2026-11-28", "date in [lists.sdn] is in the future: 2026-11-28; write"),
    ],
    ids=["old", "future"],
)
def test_the_date_of_a_list_is_checked(tmp_path, text, message):
    (problem,) = linted(tmp_path, listed(text))
    assert f"3:8 warning: {message}" in problem


@pytest.mark.parametrize("text", ["2026-10-28\nsanctions = true", "2020-01-01"], ids=["thirty days", "no sanctions"])
def test_other_dates_are_fine(tmp_path, text):
    assert linted(tmp_path, listed(text)) == []


def test_without_a_current_date_no_age_is_checked(tmp_path):
    assert linted(tmp_path, listed("2020-01-01\nsanctions = true"), None) == []


def test_a_rule_can_match_an_actor_that_has_only_addresses(tmp_path):
    assert linted(tmp_path, f'[actors.a]\naddresses = ["{ETHER}"]\n') == []
