from __future__ import annotations

import pytest
from simulated import Watch

from monitor import clock
from monitor.store import committer


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Stop the clock, and the committer's real time for gathering."""
    stopped = Watch()
    monkeypatch.setattr(clock, "now", stopped)
    monkeypatch.setattr(committer, "BATCH_S", 0.0)
    return stopped
