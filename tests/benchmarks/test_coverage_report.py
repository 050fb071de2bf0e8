from __future__ import annotations

from benchmarks.coverage_report import report


def summary(percent: float, lines: int = 0, branches: int = 0) -> dict:
    return {"percent_covered": percent, "missing_lines": lines, "missing_branches": branches} | {
        "num_statements": 100,
        "num_branches": 40,
    }


def measured(whole: float) -> dict:
    files = {"monitor/a.py": summary(100), "monitor/b.py": summary(94.9, 4, 3), "monitor/c.py": summary(80, 20, 8)}
    return {"files": {name: {"summary": found} for name, found in files.items()}, "totals": summary(whole, 24, 11)}


def test_files_below_the_goal_are_listed_worst_first():
    text, enough = report(measured(95.0))
    assert [line.split()[-1] for line in text.splitlines()[:-1]] == ["monitor/c.py", "monitor/b.py"]
    assert "95.00 % of lines and branches; not covered: 24 of 100 lines, 11 of 40 branches" in text
    assert enough


def test_a_whole_below_the_goal_is_not_enough():
    assert not report(measured(94.99))[1]
