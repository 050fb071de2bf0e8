from __future__ import annotations

from pathlib import Path

import pytest
from support.documentation import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Sandbox:
    """Return a folder with a configuration and a database with three hits; it is the current one."""
    return Sandbox.create(tmp_path, monkeypatch, capsys)
