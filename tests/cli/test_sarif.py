from __future__ import annotations

import json
from pathlib import Path

from monitor.cli.sarif import sarif_log
from monitor.errors import Place, Problem


def test_check_writes_sarif_that_points_at_each_problem(terminal, monkeypatch):
    monkeypatch.chdir(terminal.config.parent)
    terminal.configure(terminal.config_text('[alerts]\ntimezone = "Europe/Berln"\n'))
    typed = terminal.type("check", "--format", "sarif")
    assert typed.code == 1
    log = json.loads(typed.out)
    (run,) = log["runs"]
    assert (log["version"], run["tool"]["driver"]["name"]) == ("2.1.0", "monitor check")
    result = next(r for r in run["results"] if r["level"] == "error")
    assert result["message"]["text"].endswith('did you mean "Europe/Berlin"?')
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "config.toml"},
        "region": {"startLine": 30, "startColumn": 12, "endLine": 30, "endColumn": 26},
    }


def test_a_file_elsewhere_has_an_absolute_uri():
    problem = Problem("warning", Place(Path("/etc/mon itor/a.toml"), 3, 1), "odd")
    (result,) = sarif_log([problem])["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "file:///etc/mon%20itor/a.toml"
    assert (result["level"], location["region"]["endColumn"]) == ("warning", 2)


def test_a_log_without_problems_has_empty_results():
    assert sarif_log([])["runs"][0]["results"] == []
