"""The package on other versions of Python, where they are installed; ``make test-wheel`` tries them in full."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PYENV = Path(os.environ.get("HOME", "/"), ".pyenv", "versions")


def interpreter(version: str) -> str | None:
    """Return the path of a Python of the version *version*, made by pyenv or on the path; None if there is none."""
    made = sorted(PYENV.glob(f"{version}.*/bin/python"))
    found = str(made[-1]) if made else shutil.which(f"python{version}")
    # what is on the path may be a placeholder of pyenv
    works = found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0
    return found if works else None


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_every_module_compiles_and_the_help_is_printed(tmp_path, version):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} on this machine")
    # SyntaxWarning: an invalid escape is one from 3.12 on
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONPYCACHEPREFIX": str(tmp_path)}
    words = [python, "-W", "error", "-m"]
    subprocess.run([*words, "compileall", "-q", str(REPOSITORY / "monitor")], check=True, env=environ)
    done = subprocess.run([*words, "monitor", "--help"], check=True, env=environ, capture_output=True, text=True)
    assert "Usage: monitor" in done.stdout
