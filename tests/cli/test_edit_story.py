"""An edit as a new user makes it: a name is missed, the proposal is pasted, checked and tried on past entries."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from monitor.cli.app import run

HEADLINE = "Velmarket operators move coins"


@pytest.mark.slow
def test_a_missed_name_is_explained_proposed_checked_and_backtested(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    assert run(["init", ".", "--for", "compliance"]) == 0
    before = Path("before.toml")
    before.write_text(Path("config.toml").read_text())
    capsys.readouterr()

    assert run(["explain", HEADLINE]) == 0
    said = capsys.readouterr().out
    assert "No notification: no rule matches" in said
    proposal = re.search(r"1\. the new actor \[actors\.velmarket\]: at the end, add\n((?: {7}.*\n)+)", said)
    assert proposal, said
    with Path("config.toml").open("a") as file:
        file.write("\n" + re.sub(r"(?m)^ {7}", "", proposal[1]))

    assert run(["check", "--strict"]) == 0
    assert run(["test"]) == 0
    Path("past.ndjson").write_text(
        "".join(
            json.dumps({"id": str(n), "title": title, "source": "Desk", "date": f"2026-11-2{n}T10:00:00Z"}) + "\n"
            for n, title in enumerate([HEADLINE, "Exchange lists two new pairs"])
        )
    )
    capsys.readouterr()
    assert run(["backtest", "--entries", "past.ndjson", "--against", "before.toml"]) == 0
    said = capsys.readouterr().out
    assert "actor velmarket added" in said
    assert "1 gained, 0 lost" in said
