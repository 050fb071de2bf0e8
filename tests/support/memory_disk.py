"""A file system in memory for the directories of tests: databases wait for the disk at every commit."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
NEEDED = 2_000_000_000  # bytes; a container may have 64 MB


def use_memory_for_tests() -> None:
    """Let pytest create its directories in memory, if there is enough and no other place is asked for."""
    if "PYTEST_DEBUG_TEMPROOT" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    if shutil.disk_usage(MEMORY).free >= NEEDED:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)
