from __future__ import annotations

from hypothesis import settings

# no deadline for one example: a busy machine would fail tests that hold
settings.register_profile("monitor", deadline=None)
settings.load_profile("monitor")
