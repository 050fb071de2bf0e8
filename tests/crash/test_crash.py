"""The real process, killed at every named point and at random moments; `make crash` does it 1,300 times."""

from __future__ import annotations

import random

import pytest
from support.crash_rig import Rig

from monitor.failpoints import POINTS

RANDOM_KILLS = 10


@pytest.mark.slow(minutes=2)
def test_whatever_the_moment_of_the_kill_nothing_is_lost_and_a_repeat_is_marked(tmp_path):
    dice = random.Random(3)
    kills = dice.sample([*POINTS, *[""] * RANDOM_KILLS], len(POINTS) + RANDOM_KILLS)
    with Rig(tmp_path, host="127.5.0.1", seed=3) as rig:
        for point in kills:
            rig.crash_at(point) if point else rig.crash_at_random()
        verdict = rig.settle()
    assert rig.problems == []
    assert verdict.lost == verdict.unexplained == 0
    assert {crash.point for crash in rig.crashes} == {*POINTS, ""}
