"""Every construct that docs/feeds.md says is read has a test that shows it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
DOCUMENT = TESTS.parent / "docs/feeds.md"
ROW = re.compile(r"^\|(?P<construct>.+?)\|.*\|\s*(?P<test>[^|]*?)\s*\|$", re.MULTILINE)


def rows() -> list[tuple[str, str]]:
    """Return the construct and the test of each row of the tables that name tests."""
    tables = re.split(r"\n\n", DOCUMENT.read_text(encoding="utf-8"))
    named = [table for table in tables if table.startswith("|") and table.partition("\n")[0].endswith("| test |")]
    found = [row for table in named for row in ROW.finditer(table.split("\n", 2)[2])]
    return [(row["construct"].strip(), row["test"].strip("`")) for row in found]


@cache
def names_of_tests(path: Path) -> frozenset[str]:
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize(("construct", "test"), rows())
def test_the_test_of_a_construct_exists(construct: str, test: str) -> None:
    file, _, name = test.partition("::")
    path = TESTS.parent / file if file.startswith("tests/") else TESTS / "feeds" / file
    assert path.is_file(), construct
    assert name in names_of_tests(path), construct


def test_all_tables_are_found() -> None:
    assert len(rows()) > 70
