import pytest

from monitor.config import load
from monitor.model import Severity

ACTOR = (
    '[actors.ghost]\naliases = ["Ghost", "=GST"]\nweak = ["Boo"]\ncontext = ["chain*"]\n'
    'severity = "low"\ntags = ["gang"]\nnote = "old"\n'
)
EXTENDED = (
    'include = ["a.toml"]\n[actors.ghost]\nextend = true\naliases = ["Spook", "Ghost"]\nremove = ["=GST", "Boo"]\n'
    'severity = "critical"\ntags = ["dprk"]\n'
)


def test_extending_joins_lists_and_replaces_single_values(load_text):
    ghost = load_text(EXTENDED, files={"a.toml": ACTOR}).config.actors["ghost"]
    assert ghost.aliases == ("Ghost", "Spook")
    assert (ghost.weak, ghost.context) == ((), ("chain*",))
    assert (ghost.severity, ghost.note, ghost.tags) == (Severity.CRITICAL, "old", {"gang", "dprk"})


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("aliases", 0), ("a.toml", 2, 12)),
        (("aliases", 1), ("config.toml", 4, 12)),
        (("severity",), ("config.toml", 6, 12)),
        (("note",), ("a.toml", 7, 8)),
        (("context", 0), ("a.toml", 4, 12)),
        ((), ("a.toml", 1, 9)),
    ],
    ids=str,
)
def test_merged_values_have_their_original_locations(load_text, path, place):
    found = load_text(EXTENDED, files={"a.toml": ACTOR}).config.place("actors", "ghost", *path)
    assert (found.file.name, found.line, found.column) == place


def test_a_duplicate_name_in_two_files_is_an_error(load_text, tmp_path):
    (problem,) = load_text('include = ["a.toml"]\n[actors]\nghost = ["x"]', files={"a.toml": ACTOR}).problems
    assert (problem.place.file.name, problem.place.line, problem.place.column) == ("config.toml", 3, 1)
    assert problem.message == f'"ghost" in [actors] is already defined in {tmp_path}/a.toml:1'
    assert "extend = true" in problem.hint


def test_extend_without_an_earlier_definition_is_an_error(problems_of):
    (problem,) = problems_of('[actors.ghost]\nextend = true\naliases = ["x"]')
    assert problem.startswith('2:1 error: "ghost" in [actors] has extend = true')


def test_removing_an_unknown_spelling_is_a_warning(problems_of):
    text = 'include = ["a.toml"]\n[actors.ghost]\nextend = true\nremove = ["Ghost", "Gohst"]'
    assert '4:20 warning: "Gohst" is not a spelling of [actors.ghost]; nothing to remove' in problems_of(
        text, files={"a.toml": ACTOR}
    )


def test_remove_needs_extend(problems_of):
    (problem,) = problems_of('[keywords.k]\nterms = ["x"]\nremove = ["x"]')
    assert problem.startswith("3:1 error: remove in [keywords.k] needs extend = true")


def test_an_actor_whose_spellings_are_all_removed_is_an_error(problems_of):
    text = 'include = ["a.toml"]\n[actors.ghost]\nextend = true\nremove = ["Ghost", "=GST", "Boo"]'
    assert any("[actors.ghost] has no spelling" in p for p in problems_of(text, files={"a.toml": ACTOR}))


def test_feeds_and_keywords_are_extended_too(load_text):
    files = {
        "a.toml": '[feeds.f]\nurl = "https://x.example"\ntags = ["one"]\nheaders = { A = "${A}" }\n'
        '[keywords]\nk = ["x", "y"]'
    }
    text = (
        'include = ["a.toml"]\n[feeds.f]\nextend = true\nevery = "1h"\ntags = ["two"]\nheaders = { B = "${B}" }\n'
        '[keywords.k]\nextend = true\nterms = ["z"]\nremove = ["x"]'
    )
    config = load_text(text, files=files, environ={"A": "aaaa", "B": "bbbb"}).config
    feed = config.feeds["f"]
    assert (feed.url, feed.every_s, feed.tags) == ("https://x.example", 3600, {"one", "two"})
    assert feed.headers == (("A", "aaaa"), ("B", "bbbb"))
    assert config.place("feeds", "f", "headers", "A").file.name == "a.toml"
    assert config.place("feeds", "f", "headers", "B").file.name == "config.toml"
    assert config.keywords["k"].terms == ("y", "z")


def test_extending_an_invalid_definition_is_not_an_error(problems_of):
    files = {"a.toml": "[actors]\nghost = 5"}
    (problem,) = problems_of('include = ["a.toml"]\n[actors.ghost]\nextend = true\naliases = ["x"]', files=files)
    assert "must be a list or a table" in problem


def test_removing_spellings_drops_examples_of_the_actor_in_earlier_files(tmp_path):
    (tmp_path / "pack.toml").write_text(
        '[actors]\nghost = ["Ghost", "Phantom"]\nother = ["Other"]\n'
        '[[tests]]\ntitle = "Phantom"\nexpect = { actors = ["ghost"] }\n'
        '[[tests]]\ntitle = "Other"\nexpect = { actors = ["other"] }\n'
        '[[tests]]\ntitle = "Rain"\nexpect = "nothing"\n'
    )
    path = tmp_path / "config.toml"
    path.write_text('include = ["pack.toml"]\n[actors.ghost]\nextend = true\nremove = ["Phantom"]\n')
    config = load(path, environ={}).config
    assert config is not None
    assert [test.title for test in config.tests] == ["Other", "Rain"]


COMBINED = (
    "[actors.ghost]\n"
    'combine = [{ all = [["Gotham*"], ["ghost*", "spirits"]], within = "3 words", needs = "context" }]\n'
)


def test_combinations_are_joined_like_other_lists(load_text):
    more = (
        COMBINED.replace("]\n", "]\nextend = true\n", 1)
        .replace("3 words", "2 words")
        .replace(', needs = "context"', "")
    )
    ghost = load_text('include = ["a.toml"]\n' + more, files={"a.toml": COMBINED + 'context_generic = ["eerie"]\n'})
    assert [(c.within, c.needs_context) for c in ghost.config.actors["ghost"].combine] == [(3, True), (2, False)]
    assert ghost.config.actors["ghost"].combine[0].all == (("Gotham*",), ("ghost*", "spirits"))
    assert ghost.config.actors["ghost"].context_generic == ("eerie",)


def test_a_combination_of_one_group_is_an_error_at_its_place(load_text):
    (problem,) = load_text('[actors.ghost]\ncombine = [{ all = [["Gotham*"]] }]').problems
    assert (problem.level, problem.place.line) == ("error", 2)
    assert "two groups of terms or more" in problem.message


ETHER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
BITCOIN = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
LISTED = (
    f'[lists.sdn]\ntitle = "SDN list"\ndate = 2026-10-01\nsanctions = true\n'
    f'[actors.ghost]\nlist = "sdn"\naliases = ["Ghost"]\naddresses = ["{ETHER}"]\n'
)


def test_a_later_file_replaces_the_date_of_a_list_and_edits_addresses_whatever_their_case(load_text):
    text = (
        'include = ["a.toml"]\n[lists.sdn]\nextend = true\ndate = 2026-11-01\n'
        f'[actors.ghost]\nextend = true\naddresses = ["{BITCOIN}"]\nremove = ["{ETHER.upper()}"]\n'
    )
    loaded = load_text(text, files={"a.toml": LISTED})
    assert loaded.problems == ()
    sdn = loaded.config.lists["sdn"]
    assert (sdn.title, str(sdn.date), sdn.sanctions) == ("SDN list", "2026-11-01", True)
    ghost = loaded.config.actors["ghost"]
    assert (ghost.list_id, ghost.addresses) == ("sdn", (BITCOIN,))
    assert loaded.config.place("actors", "ghost", "addresses", 0).line == 7


def test_an_address_that_both_files_have_is_kept_once(load_text):
    text = f'include = ["a.toml"]\n[actors.ghost]\nextend = true\naddresses = ["{ETHER.lower()}"]\n'
    assert load_text(text, files={"a.toml": LISTED}).config.actors["ghost"].addresses == (ETHER,)


def test_a_duplicate_list_is_an_error(problems_of):
    text = 'include = ["a.toml"]\n[lists.sdn]\ntitle = "x"\ndate = 2026-10-01\n'
    (problem,) = problems_of(text, files={"a.toml": LISTED})
    assert '"sdn" in [lists] is already defined in' in problem


def test_a_spelling_that_is_removed_and_added_again_moves_to_the_other_list(tmp_path):
    (tmp_path / "pack.toml").write_text(
        '[actors.ghost]\naliases = ["Ghost", "Phantom"]\nweak = ["Boo"]\ncontext = ["x"]\n'
    )
    path = tmp_path / "config.toml"
    path.write_text(
        'include = ["pack.toml"]\n[actors.ghost]\nextend = true\nremove = ["Phantom", "Boo"]\nweak = ["Phantom"]\n'
    )
    ghost = load(path, environ={}).partial.actors["ghost"]
    assert (ghost.aliases, ghost.weak) == (("Ghost",), ("Phantom",))
