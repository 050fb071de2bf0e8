"""Prints which files of ``monitor/`` the tests cover too little; run it through ``make coverage``."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coverage import Coverage

WANTED = 95.0  # percent of lines and branches together, as coverage counts them


def report(measured: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the table of the files below WANTED, worst first, and whether the whole reaches it.

    Args:
        measured: The JSON report of coverage.
    """
    totals = {file: found["summary"] for file, found in measured["files"].items()}
    low = [
        (found["percent_covered"], file, found) for file, found in totals.items() if found["percent_covered"] < WANTED
    ]
    lines = [
        f"{percent:5.1f} %  {found['missing_lines']:4} lines  {found['missing_branches']:4} branches  {file}"
        for percent, file, found in sorted(low, key=lambda row: row[:2])
    ]
    whole = measured["totals"]
    lines.append(
        f"{whole['percent_covered']:5.2f} % of lines and branches; not covered:"
        f" {whole['missing_lines']} of {whole['num_statements']} lines,"
        f" {whole['missing_branches']} of {whole['num_branches']} branches (at least {WANTED:g} % wanted)"
    )
    return "\n".join(lines), whole["percent_covered"] >= WANTED


def main() -> None:
    """Read the data of the last run under coverage, print the table, and exit with 1 if it is too little."""
    data = Coverage()
    data.load()
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "coverage.json")
        data.json_report(outfile=str(written))
        text, enough = report(json.loads(written.read_text()))
    print(text)
    sys.exit(0 if enough else 1)


if __name__ == "__main__":
    main()
