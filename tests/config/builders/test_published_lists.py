from datetime import date

import pytest

from monitor.model import SourceList

ACTOR = '[actors.a]\naliases = ["Ardea Kin"]\nlist = "sdn"\n'


def test_a_list_is_read(load_text):
    text = '[lists.sdn]\ntitle = "SDN list"\ndate = 2026-11-25\nurl = "https://x.example/sdn"\n' + ACTOR
    config = load_text(text).config
    assert config.lists == {"sdn": SourceList("sdn", "SDN list", date(2026, 11, 25), url="https://x.example/sdn")}
    assert config.actors["a"].list_id == "sdn"


def test_a_list_that_is_not_defined_is_an_error(problems_of):
    (problem,) = problems_of('[lists.sdm]\ntitle = "x"\ndate = 2026-11-25\n' + ACTOR)
    assert problem == '6:8 error: no list called "sdn"; did you mean "sdm"?'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('title = "x"', "1:8 error: [lists.sdn] has no date; write date = 2026-11-25, the date of the list"),
        ("date = 2026-11-25", '1:8 error: [lists.sdn] has no title; write title = "..."'),
        (
            'title = "x"\ndate = "2026-11-25"',
            '3:8 error: date in [lists.sdn] must be a date, not "2026-11-25"; write 2026-11-25 without quotes',
        ),
        (
            'title = "x"\ndate = 2026-11-25T00:00:00Z',
            "3:8 error: date in [lists.sdn] must be a date without a time; write 2026-11-25",
        ),
        (
            'title = "x"\ndate = 20261125x',
            None,
        ),
        ('title = "x"\ndate = true', "date in [lists.sdn] must be a date, not true; write it as 2026-11-25"),
        ('title = "x"\ndate = 2026-11-25\nurll = "y"', 'unknown setting "urll" in [lists.sdn]; did you mean "url"?'),
    ],
    ids=["no date", "no title", "text", "with a time", "broken", "other type", "unknown key"],
)
def test_a_list_with_a_mistake_is_an_error(problems_of, text, problem):
    found = problems_of(f"[lists.sdn]\n{text}\n" + ACTOR)
    assert any((problem or "error") in line for line in found), found


def test_an_actor_may_have_addresses_only(load_text):
    actor = load_text('[actors.a]\naddresses = ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"]').config.actors["a"]
    assert (actor.name, len(actor.addresses)) == ("a", 1)


def test_a_pack_may_contain_lists(load_text):
    pack = '[lists.sdn]\ntitle = "SDN list"\ndate = 2026-11-25\n' + ACTOR
    assert "sdn" in load_text('include = ["pack:p"]', files={"shipped/p.toml": pack}).config.lists
