from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
UNIT = REPOSITORY / "systemd/monitor.service"
TOO_EXPOSED = 15  # tenths: the unit has 1.1, as README.md says

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")


@pytest.fixture
def unit(tmp_path) -> Path:
    """Return the unit with a program that is there: on this machine nothing is installed in /opt."""
    program = next(line for line in UNIT.read_text().splitlines() if line.startswith("ExecStart="))
    path = tmp_path / "monitor.service"
    path.write_text(UNIT.read_text().replace(program, "ExecStart=/bin/true"))
    return path


def analyze(*words: str | Path) -> tuple[int, str]:
    """Return exit code and output of systemd-analyze."""
    said = subprocess.run(["systemd-analyze", *map(str, words)], capture_output=True, text=True, check=False)
    return said.returncode, said.stdout + said.stderr


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_unit(unit):
    code, said = analyze("verify", "--man=no", unit)
    # other units of the machine may be complained of
    assert [line for line in said.splitlines() if "monitor.service" in line] == []
    assert code == 0, said


@needs_systemd
def test_the_unit_exposes_little(unit):
    code, said = analyze("security", "--offline=true", f"--threshold={TOO_EXPOSED}", "--no-pager", unit)
    assert code == 0, said.splitlines()[-1]


def test_the_unit_that_init_writes_is_the_one_that_is_shipped():
    starter = REPOSITORY / "monitor/cli/starters/monitor.service"
    assert UNIT.samefile(starter)
    assert not starter.is_symlink()  # a wheel would hold a link to nowhere
