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
    if name != "crypto-feeds":
        found = {not test.expect.nothing for test in config.tests}
        assert found == {True, False}, "examples of what it finds, and of what it leaves"


def test_all_packs_together_are_without_a_problem(all_packs):
    assert [*lint_watchlist(all_packs)] == []


def test_the_examples_of_a_pack_hold_beside_all_other_packs(all_packs, watchlist):
    failed = [result.test.title for result in run_tests(watchlist, all_packs.tests) if not result.passed]
    assert failed == []


def test_every_name_finds_its_actor(all_packs, watchlist):
    missed = []
    for actor, alias, weak in spellings(all_packs):
        text, _ = sentence(actor, alias, weak=weak)
        if actor.id not in judge(watchlist, Text(text)).actors:
            missed.append((actor.id, alias))
    assert missed == []


def test_no_name_is_taken_for_another_actor(all_packs, watchlist):
    taken = []
    for actor, alias, weak in spellings(all_packs):
        text, spelling = sentence(actor, alias, weak=weak)
        start, end = text.index(spelling), text.index(spelling) + len(spelling)
        others = [m for m in judge(watchlist, Text(text)).mentions if m.actor != actor.id]
        taken += [(alias, m.actor, m.text) for m in others if m.start < end and start < m.end]
    assert taken == []
