"""How many generated inputs a test tries: a sample by default, all of them with TESTS=thorough (make test-all)."""

from __future__ import annotations

import os

THOROUGH = os.environ.get("TESTS") == "thorough"
_SHARE = 8  # one input of so many is tried by default
_LEAST = 10


def examples(thorough: int) -> int:
    """Return how many inputs to try where a thorough run tries *thorough*."""
    return thorough if THOROUGH else min(thorough, max(thorough // _SHARE, _LEAST))
