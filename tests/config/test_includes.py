import pytest

from monitor.config.includes import PACKS

ACTOR = '[actors.ghost]\naliases = ["Ghost", "=GST"]\nweak = ["Boo"]\nseverity = "low"\ntags = ["gang"]\n'


def test_a_pack_is_included_by_its_name(load_text, tmp_path):
    config = load_text('include = ["pack:gangs"]', files={"shipped/gangs.toml": ACTOR}).config
    assert list(config.actors) == ["ghost"]
    assert config.watched.files == (tmp_path / "config.toml", tmp_path / "shipped/gangs.toml")


def test_an_unknown_pack_is_reported_with_the_available_ones(problems_of):
    files = {"shipped/gangs.toml": ACTOR, "shipped/feeds.toml": ""}
    assert problems_of('include = ["pack:gnags", "pack:zzz"]', files=files) == [
        '1:12 error: no pack called "gnags"; did you mean "gangs"?',
        '1:26 error: no pack called "zzz"; available packs: feeds, gangs',
    ]


def test_shipped_packs_are_inside_the_package():
    assert (PACKS.parent / "errors.py").exists()


def test_paths_and_patterns_are_relative_to_their_file(load_text):
    files = {
        "sub/a.toml": 'include = ["deep/*.toml", "b.toml"]',
        "sub/b.toml": '[keywords]\nb = ["b"]',
        "sub/deep/c.toml": '[keywords]\nc = ["c"]',
        "sub/deep/d.toml": '[keywords]\nd = ["d"]',
    }
    assert list(load_text('include = ["sub/a.toml"]', files=files).config.keywords) == ["c", "d", "b"]


def test_a_pattern_without_matches_is_a_warning(load_text):
    loaded = load_text('include = ["packs/*.toml"]')
    assert loaded.config is not None
    assert [p.level for p in loaded.problems] == ["warning"]


def test_a_missing_include_is_an_error(problems_of):
    (problem,) = problems_of('include = ["gone.toml"]')
    assert problem.startswith("1:12 error: ")
    assert "gone.toml cannot be included: no such file or directory" in problem


def test_files_that_include_each_other_are_an_error(problems_of):
    files = {"a.toml": 'include = ["b.toml"]', "b.toml": 'include = ["config.toml"]'}
    (problem,) = problems_of('include = ["a.toml"]', files=files)
    assert "files include each other: config.toml -> a.toml -> b.toml -> config.toml" in problem


def test_a_circular_link_is_a_problem(problems_of, tmp_path):
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    assert len(problems_of('include = ["loop.toml"]')) == 1


def test_a_file_included_twice_is_read_once(load_text):
    files = {"a.toml": 'include = ["c.toml"]', "b.toml": 'include = ["c.toml"]', "c.toml": '[keywords]\nc = ["c"]'}
    assert load_text('include = ["a.toml", "b.toml"]', files=files).config is not None


def test_problems_are_sorted_by_file_and_line(load_text):
    files = {"a.toml": "x = 1\n", "b.toml": "y = 1\n[actors]\nz = 1"}
    found = load_text('include = ["b.toml", "a.toml"]\nw = 1', files=files).problems
    assert [(p.place.file.name, p.place.line) for p in found] == [
        ("config.toml", 2),
        ("b.toml", 1),
        ("b.toml", 3),
        ("a.toml", 1),
    ]


@pytest.mark.parametrize("section", ["rules.r", "destinations.d", "alerts", "http", "storage"])
def test_settings_and_rules_are_errors_in_an_included_file(problems_of, section):
    (problem,) = problems_of('include = ["a.toml"]', files={"a.toml": f"\n[{section}]\n"})
    assert problem.startswith(f"2:2 error: [{section.split('.')[0]}] is not allowed in an included file")


def test_examples_of_included_files_are_loaded(load_text):
    files = {"a.toml": ACTOR + '[[tests]]\ntitle = "t"\nexpect = { actors = ["ghost"] }'}
    config = load_text('include = ["a.toml"]', files=files).config
    place = config.place("tests", config.tests[0].number)
    assert (place.file.name, place.line) == ("a.toml", 6)


def test_names_are_not_reported_as_unknown_if_a_file_is_missing(problems_of):
    text = (
        'include = ["gone.toml"]\n[rules.r]\nactors = ["ghost", "tag:gang"]\nsend_to = ["dsk"]\n'
        '[destinations.desk]\nurl = "console://"'
    )
    first, second = problems_of(text)
    assert "cannot be included" in first
    assert second.endswith('no destination called "dsk"; did you mean "desk"?')
