from __future__ import annotations

from monitor.health import progress
from monitor.health.progress import Part, Progress


def test_a_part_that_finishes_nothing_is_named_with_the_time(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(progress, "monotonic", lambda: now)
    watched = Progress(Part.POLLS, Part.DATABASE)
    now += 31
    watched.record(Part.DATABASE)
    assert watched.problems() == ["no round of polls has been started for 31 s"]


def test_a_poll_that_never_ends_is_named():
    watched = Progress(stuck_polls=lambda: {"wire": 1805.2})
    assert watched.problems() == ["the poll of feed wire has not ended for 1805 s"]
