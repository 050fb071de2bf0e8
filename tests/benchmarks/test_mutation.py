"""What make mutate changes, and how it counts."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

import pytest

from benchmarks.mutation import PARTS, Mutant, Part, Score, score

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_part_names_folders_and_files_that_exist(part: Part) -> None:
    assert list((ROOT / part.tests).glob("test_*.py"))
    assert all((ROOT / part.package / file).exists() for file in part.unchanged)
    assert set((ROOT / part.package).glob("*.py")) > {ROOT / part.package / file for file in part.unchanged}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_the_settings_of_mutmut_name_what_is_changed_and_its_tests(part: Part) -> None:
    parser = ConfigParser()
    parser.read_string(part.settings())
    settings = dict(parser["mutmut"])
    assert settings["only_mutate"].split() == [f"{part.package}/*"]
    assert settings["do_not_mutate"].split() == [f"{part.package}/{file}" for file in part.unchanged]
    assert settings["pytest_add_cli_args_test_selection"] == part.tests


def test_what_times_out_is_detected_and_what_no_test_calls_survives() -> None:
    outcomes = ["killed"] * 6 + ["timeout", "survived", "no tests", "suspicious"]
    found = score([Mutant(f"m{number}", "m.py", outcome) for number, outcome in enumerate(outcomes)], "abc")
    assert (found.killed, found.timed_out, found.survived, found.percent) == (6, 1, 3, 70.0)


def test_a_part_without_mutants_detects_none() -> None:
    assert Score(0, 0, 0, "2026-11-27", "abc").percent == 0
