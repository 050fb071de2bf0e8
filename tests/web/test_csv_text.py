import pytest

from monitor.web.csv_text import cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", " @x", "＝1", "＠x", "\u00a0=1", "\v=1"]
)
def test_a_cell_that_looks_like_a_formula_is_guarded(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (-3, "-3"), (["=a", "b"], "'=a, b"), (("a", "b"), "a, b"), ("a=b", "a=b"), ("\0=a", "'=a")],
)
def test_other_cells_stay(value, shown):
    assert cell(value) == shown
