from pathlib import Path

import pytest

from monitor import packs
from monitor.config import load
from monitor.matching import parse_alias
from monitor.model import Text
from monitor.watchlist import compile_watchlist, judge, lint_watchlist, run_tests

NAMES = sorted(file.stem for file in Path(packs.__file__).parent.glob("*.toml"))


def loaded(folder, *names):
    """Return the configuration that includes these packs and holds nothing else, and its problems."""
    file = folder / "config.toml"
    file.write_text(f"include = {[f'pack:{name}' for name in names]}\n", "utf-8")
    found = load(file, environ={})
    return found.config, [*found.problems, *lint_watchlist(found.config)]


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    config, _ = loaded(tmp_path_factory.mktemp("all"), *NAMES)
    return config


@pytest.fixture(scope="module")
def watchlist(everything):
    return compile_watchlist(everything)


def sentence(actor, alias, *, weak):
    """Return a sentence that names *alias*, beside a word of the actor's context where it is weak."""
    spelling = parse_alias(alias).core or alias
    near = next(word.rstrip("*") for word in actor.context if not word.startswith("=")) if weak else "Again"
    return f"{near}: the report of Monday names {spelling} as well", spelling


def spellings(config):
    for actor in config.actors.values():
        yield from ((actor, alias, False) for alias in actor.aliases)
        yield from ((actor, alias, True) for alias in actor.weak)


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_alone_is_a_configuration_without_a_problem_whose_examples_hold(tmp_path, name):
    config, problems = loaded(tmp_path, name)
    assert problems == []
    failed = [result.test.title for result in run_tests(compile_watchlist(config), config.tests) if not result.passed]
    assert failed == []


def test_all_packs_together_are_without_a_problem(tmp_path):
    _, problems = loaded(tmp_path, *NAMES)
    assert problems == []


def test_the_examples_of_a_pack_hold_beside_all_other_packs(everything, watchlist):
    failed = [result.test.title for result in run_tests(watchlist, everything.tests) if not result.passed]
    assert failed == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "crypto-feeds"])
def test_a_pack_has_examples_of_what_it_finds_and_of_what_it_leaves(tmp_path, name):
    config, _ = loaded(tmp_path, name)
    nothing = [test for test in config.tests if test.expect.nothing]
    assert nothing
    assert len(nothing) < len(config.tests)


def test_every_name_finds_its_actor(everything, watchlist):
    missed = []
    for actor, alias, weak in spellings(everything):
        text, _ = sentence(actor, alias, weak=weak)
        if actor.id not in judge(watchlist, Text(text)).actors:
            missed.append((actor.id, alias))
    assert missed == []


def test_no_name_is_taken_for_another_actor(everything, watchlist):
    taken = []
    for actor, alias, weak in spellings(everything):
        text, spelling = sentence(actor, alias, weak=weak)
        start, end = text.index(spelling), text.index(spelling) + len(spelling)
        others = [m for m in judge(watchlist, Text(text)).mentions if m.actor != actor.id]
        taken += [(alias, m.actor, m.text) for m in others if m.start < end and start < m.end]
    assert taken == []
