"""How many generated inputs a test tries, and whether they are the same in every run.

By default a sample, with TESTS=thorough (make test-all) all of them: the same ones in every run, so that a run fails
because of a change and not by chance. With TESTS=random (make test-random) all of them, and new ones in every run.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck

_WANTED = os.environ.get("TESTS")
RANDOM = _WANTED == "random"
THOROUGH = RANDOM or _WANTED == "thorough"
SHARED_FIXTURE = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)  # health checks that do not apply then
_SHARE = 8  # one input of so many is tried by default
_LEAST = 10


def examples(thorough: int) -> int:
    """Return how many inputs to try where a thorough run tries *thorough*."""
    return thorough if THOROUGH else min(thorough, max(thorough // _SHARE, _LEAST))
