import csv
import io
from datetime import UTC, datetime

import pytest

from monitor.csv_text import csv_text


def cell(value):
    """Return *value* as a reader of CSV gets it."""
    _, (shown,) = csv.reader(io.StringIO(csv_text([{"a": value}], ("a",)), newline=""))
    return shown


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", " @x", "＝1", "＠x", "\u00a0=1"]
)
def test_a_cell_that_looks_like_a_formula_is_guarded(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-3, "-3"),
        (["=a", "b"], "'=a b"),
        (("a", "b"), "a b"),
        ("a=b", "a=b"),
        ("\0=a", "'=a"),
        ("\v=1", "'=1"),
        ("\u202e=1", "'=1"),
        (datetime(2026, 11, 27, 9, 5, tzinfo=UTC), "2026-11-27T09:05:00.000Z"),
    ],
)
def test_other_cells(value, shown):
    assert cell(value) == shown


def test_a_missing_value_is_an_empty_cell():
    assert csv_text([{"b": 1}, {"a": None, "b": 2}], ("a", "b")) == "a,b\r\n,1\r\n,2\r\n"
