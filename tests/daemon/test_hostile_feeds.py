"""A daemon with eleven hostile feeds among good ones: they cost memory and time of their own, nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.hostile_feeds import GOOD, PEAK_MB, lived


@pytest.mark.soak
def test_eleven_hostile_feeds_use_little_memory_and_delay_no_other_feed(tmp_path: Path) -> None:
    ran = lived(tmp_path)
    assert {state for key, state in ran.states.items() if key.startswith("good")} == {"ok"}
    assert {state for key, state in ran.states.items() if key.startswith("bad")} <= {"ok", "unreadable", "empty"}
    assert len(ran.waits_s) > 3 * GOOD
    assert ran.most_mb <= PEAK_MB
