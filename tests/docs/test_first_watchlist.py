"""Who follows the guide from an empty folder, step by step, sees what it shows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from support.documentation import GUIDE, Sandbox, blocks, shown_in, turns
from support.documented_commands import lines_of


def with_tables(text: str, tables: str) -> str:
    """Return a configuration with *tables*: one that it has already is replaced, each other is appended."""
    for table in re.split(r"\n(?=\[)", tables):
        header = table.splitlines()[0]
        if not header.startswith("[[") and header in text:
            text = re.sub(rf"(?ms)^{re.escape(header)}$.*?(?=^$)", lambda _, t=table: t, text)
        else:
            text += f"\n{table}"
    tomllib.loads(text)
    return text


def test_every_step_of_the_guide_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SLACK_URL", "slack://aaaaaaaaa/bbbbbbbbb/cccccccccccccccccccccccc/#channel")
    for name in ("MONITOR_CONFIG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    folder, config = Sandbox(tmp_path, capsys), tmp_path / "config.toml"
    for block in blocks(GUIDE):
        if block.language == "toml":
            config.write_text(with_tables(config.read_text(), block.text))
            checked = folder.run("check")
            assert (checked.code, checked.out) == (0, ""), block.id
        for command, expected in turns(block.text) if block.language == "console" else []:
            (line,) = lines_of(command)
            result = folder.run(*line.words[1:])
            assert result.code == 0, f"{command}\n{result.err}"
            assert shown_in(expected, f"{result.out}\n{result.err}"), f"{block.id}: $ {command}\n{result}"
