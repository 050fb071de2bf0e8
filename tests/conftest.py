from __future__ import annotations

import pytest
from hypothesis import settings
from support.simulated_clock import Watch

from monitor import clock
from monitor.store import committer

# no deadline for one example: a busy machine would fail tests that hold
settings.register_profile("monitor", deadline=None)
settings.load_profile("monitor")


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Stop the clock, and the committer's real time for gathering."""
    stopped = Watch()
    monkeypatch.setattr(clock, "now", stopped)
    monkeypatch.setattr(committer, "BATCH_S", 0.0)
    return stopped
