"""What eleven hostile feeds cost a daemon and its other feeds. The rig, and the feeds, are those of the tests."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.result import Result

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from support.hostile_feeds import Ran, lived

GOAL_MB = 400.0


def measure() -> Result:
    """Return the most memory of all processes of the daemon, the peak of each one that lived at that time."""
    with tempfile.TemporaryDirectory(prefix="monitor-benchmark-") as folder:
        ran: Ran = lived(Path(folder))
    return Result(
        name="hostile",
        figure=round(ran.most_mb, 1),
        unit="MB",
        goal=GOAL_MB,
        details={
            "lag of the event loop, p99, ms (goal: 50)": round(ran.lags_s[len(ran.lags_s) * 99 // 100] * 1000, 1),
            "lag_ms_most": round(ran.lags_s[-1] * 1000, 1),
            "from poll to poll of a good feed, p99, s (3 s, a tenth of jitter, a tick)": round(
                ran.waits_s[len(ran.waits_s) * 99 // 100], 2
            ),
            "polls of good feeds": len(ran.waits_s),
        },
    )
