"""The JSON Schema in taplo, which Even Better TOML uses too: https://taplo.tamasfe.dev."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from monitor.config import json_schema

TAPLO = os.environ.get("TAPLO") or shutil.which("taplo")
ROOT = Path(__file__).resolve().parents[3]
GOOD = [
    ROOT / "config.example.toml",
    *sorted((ROOT / "monitor").glob("packs/*.toml")),
    *sorted((ROOT / "monitor/cli/starters").glob("*.toml")),
]
MISTAKES = {
    '[feeds]\nwire = 3\n': ("2:8", "is not of type"),
    '[feeds.wire]\nurl = "https://wire.example/"\nevery = "5 minutes"\n': ("3:9", "does not match"),
    '[actors.heron]\naliases = "Heron"\n': ("2:11", 'is not of type "array"'),
    '[actors.heron]\naliases = ["Heron"]\nfuzzy = 99\n': ("3:9", "greater than the maximum"),
    '[actors.heron]\naliases = ["Heron"]\nalias = []\n': ("1:1", "'alias' was unexpected"),
    '[rules.any]\nactors = ["*"]\nseverity = "High"\nsend_to = ["desk"]\n': ("3:12", "is not one of"),
    '[[tests]]\ntitle = "x"\nexpect = { actors = "heron" }\n': ("3:21", 'is not of type "array"'),
}  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not TAPLO, reason="taplo is not installed: npm install -g @taplo/cli, or set TAPLO to its path"),
]


@pytest.fixture(scope="module")
def schema(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("schema") / "config.schema.json"
    file.write_text(json.dumps(json_schema()))
    return file


def lint(schema: Path, files: list[Path]) -> list[tuple[str, str, str]]:
    """Return file, place and message of each error of taplo, which takes seconds to start."""
    words = [str(TAPLO), "lint", "--colors", "never", "--schema", schema.as_uri(), *map(str, files)]
    said = subprocess.run(words, capture_output=True, text=True, check=False, cwd=schema.parent)
    found = re.findall(r"^error: (.*)\n.*?([^/]+):(\d+:\d+)$", said.stdout + said.stderr, re.MULTILINE)
    assert bool(found) is bool(said.returncode), said.stderr
    return [(file, place, message) for message, file, place in found]


def test_taplo_accepts_what_monitor_accepts(schema):
    assert lint(schema, GOOD) == []


def test_taplo_names_each_mistake_at_its_place(schema, tmp_path):
    files = [tmp_path / f"{number}.toml" for number in range(len(MISTAKES))]
    for file, text in zip(files, MISTAKES, strict=True):
        file.write_text(text)
    found = lint(schema, files)
    for file, (place, message) in zip(files, MISTAKES.values(), strict=True):
        own = [(at, said) for name, at, said in found if name == file.name]
        assert any(at == place and message in said for at, said in own), own
        assert len({said for _, said in own}) == 1
