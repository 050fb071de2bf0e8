from __future__ import annotations

from monitor.health import progress
from monitor.health.progress import Part, Progress


def test_a_stalled_part_is_reported_with_the_time(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(progress, "monotonic", lambda: now)
    watched = Progress(Part.POLLS, Part.DATABASE)
    now += 31
    watched.record(Part.DATABASE)
    assert watched.problems() == ["no polls have been started for 31 s"]


def test_a_stuck_poll_is_reported():
    watched = Progress(stuck_polls=lambda: {"wire": 1805.2})
    assert watched.problems() == ["the poll of feed wire has not ended for 1805 s"]
